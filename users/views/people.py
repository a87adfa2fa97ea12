"""Pages on which an administrator looks after colleagues."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from core.access import permission
from core.forms import check_posted_names
from core.views import announce
from users.forms import NewUserForm, UserForm
from users.selectors import past_of, people
from users.services.errors import PeopleError
from users.services.people import create_user, deactivate_user, reactivate_user, update_user
from users.services.tokens import revoke_tokens
from users.tasks import send_password_link


@sensitive_post_parameters()
@permission("user.manage")
def user_create(request):
    form = NewUserForm(request.POST or None)
    check_posted_names(request, form)
    if request.method == "POST" and form.is_valid():
        user = create_user(by=request.user, **form.cleaned_data)
        messages.success(request, created_text(user, has_password=bool(form.cleaned_data["password"])))
        return redirect("users:user_edit", user.pk)
    return render(request, "users/user_form.html", {"form": form}, status=422 if form.errors else 200)


def created_text(user, *, has_password: bool) -> str:
    if has_password:
        return _("%(name)s can sign in now.") % {"name": user}
    return _("A link to choose a password is on its way to %(email)s.") % {"email": user.email}


@permission("user.manage")
def user_edit(request, pk):
    person = get_object_or_404(people(), pk=pk)
    form = UserForm(request.POST or None, instance=get_object_or_404(people(), pk=pk))
    check_posted_names(request, form)
    if request.method == "POST" and form.is_valid() and save_user(request, person, form):
        return redirect("users:user_list")
    context = {"form": form, "person": person, "past": past_of(person)}
    return render(request, "users/user_form.html", context, status=422 if form.errors else 200)


def save_user(request, person, form) -> bool:
    """Whether the service took the change; a refusal becomes an error of the form."""
    try:
        update_user(user=person, by=request.user, **form.cleaned_data)
    except PeopleError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("%(name)s is saved.") % {"name": person})
    if person.account_count and "team" in form.changed_data:
        messages.info(request, _("The accounts stay with the old team until you move them."))
    return True


@require_POST
@permission("user.manage")
def user_deactivate(request, pk):
    person = get_object_or_404(people(), pk=pk)
    try:
        deactivate_user(user=person, by=request.user)
    except PeopleError as error:
        messages.error(request, str(error))
        return redirect("users:user_edit", pk)
    text = _("%(name)s is deactivated and signed out everywhere.") % {"name": person}
    announce(request, text, undo_url=reverse("users:user_reactivate", args=[pk]))
    if person.account_count:
        messages.warning(request, left_accounts_text(person.account_count))
    return redirect("users:user_edit", pk)


def left_accounts_text(count: int) -> str:
    return ngettext(
        "%(count)s account still belongs to this user. Give it to somebody else.",
        "%(count)s accounts still belong to this user. Give them to somebody else.",
        count,
    ) % {"count": count}


@require_POST
@permission("user.manage")
def user_reactivate(request, pk):
    person = reactivate_user(user=get_object_or_404(people(), pk=pk), by=request.user)
    text = _("%(name)s can sign in again.") % {"name": person}
    announce(request, text, undo_url=reverse("users:user_deactivate", args=[pk]))
    return redirect("users:user_edit", pk)


@require_POST
@permission("user.manage")
def user_invite(request, pk):
    """Mail the link to choose a password once more."""
    person = get_object_or_404(people(), pk=pk, is_active=True)
    send_password_link.delay(person.pk, "invitation")
    messages.success(request, created_text(person, has_password=False))
    return redirect("users:user_edit", pk)


@require_POST
@permission("user.manage")
def user_revoke_tokens(request, pk):
    person = get_object_or_404(people(), pk=pk)
    count = revoke_tokens(user=person, by=request.user)
    text = ngettext("%(count)s token revoked.", "%(count)s tokens revoked.", count)
    messages.success(request, text % {"count": count})
    return redirect("users:user_edit", pk)
