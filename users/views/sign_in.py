"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView

from core.address import client_address
from core.audit import record
from users.forms import SignInForm
from users.services.passwords import note_failed_sign_in, note_sign_in


class SignInView(LoginView):
    """``next`` leads to our own host only; a locked account gets the lockout page instead of this answer."""

    template_name = "users/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    parameters = ("next",)

    def form_valid(self, form):
        response = super().form_valid(form)
        note_sign_in(user=form.get_user(), address=client_address(self.request))
        return response

    def form_invalid(self, form):
        # a form without a name or a password is no try, and nobody has counted it
        if not getattr(self.request, "axes_locked_out", True):
            note_failed_sign_in(username=form.data.get("username", ""), address=client_address(self.request))
        return super().form_invalid(form)


class SignOutView(LogoutView):
    """Ends this session; POST only."""

    def post(self, request, *args, **kwargs):
        record(request.user, "user.signed_out", request.user)
        return super().post(request, *args, **kwargs)
