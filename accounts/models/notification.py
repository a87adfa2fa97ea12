from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import NotificationKind
from accounts.models.account import Account


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What ``user`` was told, but for accounts they no longer see: access is asked anew each time."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = self.filter(user=user)
        if user.sees_everything:
            return mine
        return mine.filter(Q(account__isnull=True) | Q(account__in=Account.objects.visible_to(user)))

    def unread(self):
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """One thing a colleague was told about, once: what happened, at which account, and where to look."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=20, choices=NotificationKind)
    key = models.CharField(max_length=120, editable=False)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("account")
    )
    text = models.CharField(_("text"), max_length=300, blank=True)
    url = models.CharField(max_length=300)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-created_at"]),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.user}"


class NotificationMute(models.Model):
    """A kind of notification that a colleague has switched off."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_mutes")
    kind = models.CharField(_("kind"), max_length=20, choices=NotificationKind)

    class Meta:
        verbose_name = _("switched-off notification")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notification_mute_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()}"
