"""Mails to colleagues, in the language of the colleague, with links from the configured address of the installation."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from users.models import User


def password_link(user: User) -> str:
    """The address where ``user`` may set a password: once, within the hour, until password or e-mail change."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("users:password_set", kwargs={"uidb64": uid, "token": default_token_generator.make_token(user)})
    return settings.BASE_URL.rstrip("/") + path


def mail_password_link(*, user_id: int, reason: str) -> None:
    """Mail the link to an active user (0 is nobody). ``reason`` is reset or invitation and chooses the text."""
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is None:
        return
    with translation.override(user.language):
        subject = _("Welcome to KAM: choose your password") if reason == "invitation" else _("Reset your KAM password")
        context = {"user": user, "link": password_link(user), "minutes": settings.PASSWORD_RESET_TIMEOUT // 60}
        body = render_to_string(f"users/mails/{reason}.txt", context)
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])
