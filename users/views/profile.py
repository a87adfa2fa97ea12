"""A colleague's own page: name, language, clock, appearance, API tokens."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from core.access import permission
from core.forms import check_posted_names
from users.forms import PreferencesForm, ProfileForm, TokenForm
from users.services.people import update_profile
from users.services.tokens import create_token, revoke_tokens


@permission("profile.own")
def profile(request):
    form = ProfileForm(request.POST or None, instance=request.user)
    check_posted_names(request, form)
    if request.method == "POST" and form.is_valid():
        user = update_profile(user=request.user, **form.cleaned_data)
        with override(user.language):
            messages.success(request, _("Your profile is saved."))
        return redirect("users:profile")
    if form.errors:
        request.user.refresh_from_db()
    return render(request, "users/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@permission("profile.own")
def preferences(request):
    """Takes the theme or the language that a switch in the frame sends."""
    form = PreferencesForm(request.POST)
    check_posted_names(request, form)
    if not form.is_valid():
        return HttpResponse(status=400)
    chosen = {name: value for name, value in form.cleaned_data.items() if name in request.POST}
    update_profile(user=request.user, **chosen)
    return HttpResponse(status=204)


@permission("token.own")
def token_list(request):
    """The plain token is in this one answer and nowhere else."""
    form = TokenForm(request.POST or None)
    check_posted_names(request, form)
    plain = ""
    if request.method == "POST" and form.is_valid():
        plain = create_token(user=request.user, by=request.user, **form.cleaned_data)
        form = TokenForm()
    context = {"form": form, "plain": plain, "tokens": request.user.auth_token_set.all()}
    return render(request, "users/token_list.html", context, status=422 if form.errors else 200)


@require_POST
@permission("token.own")
def token_revoke(request, key):
    if revoke_tokens(user=request.user, by=request.user, key=key):
        messages.success(request, _("The token is revoked."))
    return redirect("users:token_list")
