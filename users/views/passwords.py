"""Changing a password, and setting one by a mailed link."""

from django.contrib import messages
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from core.access import permission, public
from core.address import client_address
from users.forms import NewPasswordForm, PasswordChangeForm, PasswordResetRequestForm
from users.services.errors import TooManyRequestsError
from users.services.passwords import change_password, request_password_reset, set_password_by_link


@sensitive_post_parameters()
@permission("profile.own")
def password_change(request):
    form = PasswordChangeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        change_password(request=request, user=request.user, password=form.cleaned_data["new_password"])
        messages.success(request, _("Your password is changed. Other devices are signed out."))
        return redirect("users:profile")
    return render(request, "users/password_change.html", {"form": form}, status=422 if form.errors else 200)


@public
def password_reset(request):
    form = PasswordResetRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request_password_reset(email=form.cleaned_data["email"], address=client_address(request))
        except TooManyRequestsError as error:
            form.add_error(None, str(error))
            return render(request, "users/password_reset.html", {"form": form}, status=429)
        return redirect("users:password_reset_sent")
    return render(request, "users/password_reset.html", {"form": form}, status=422 if form.errors else 200)


@public
def password_reset_sent(request):
    return render(request, "users/password_reset_sent.html")


class PasswordSetView(PasswordResetConfirmView):
    """The page behind the mailed link; the token leaves the address before anything is shown."""

    template_name = "users/password_set.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("users:login")

    def form_valid(self, form):
        set_password_by_link(user=self.user, password=form.cleaned_data["new_password"])
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return redirect(self.success_url)
