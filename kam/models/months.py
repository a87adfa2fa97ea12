from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.choices import WorkState


class MonthBuildQuerySet(models.QuerySet):
    def unfinished(self):
        return self.filter(state__in=WorkState.unfinished())


class MonthBuild(models.Model):
    """The making of one month end's sheets that no night kept, in the background: how far it is and who works on it."""

    day = models.DateField(_("month end"), unique=True)
    state = models.CharField(_("state"), max_length=10, choices=WorkState, default=WorkState.WAITING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    configuration = models.JSONField(default=dict)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    row_count = models.PositiveIntegerField(default=0)
    is_cancel_requested = models.BooleanField(default=False)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = MonthBuildQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        verbose_name = _("missing month")
        verbose_name_plural = _("missing months")
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(state="running"), name="month_build_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_state_display()}"
