from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.choices import RunTrigger, WorkState


class RunQuerySet(models.QuerySet):
    def active(self):
        """The run that is waiting or at work; the database allows one."""
        return self.filter(state__in=WorkState.unfinished())

    def nights(self):
        """Runs of the present, without those that only look back."""
        return self.filter(is_historic=False)


class Run(models.Model):
    """One nightly run for one business date: the truth about the work, whatever the broker does."""

    as_of = models.DateField(_("as of"))
    trigger = models.CharField(_("started by"), max_length=10, choices=RunTrigger, default=RunTrigger.SCHEDULE)
    state = models.CharField(_("state"), max_length=10, choices=WorkState, default=WorkState.WAITING)
    is_historic = models.BooleanField(_("historic"), default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    configuration = models.JSONField(default=dict)
    is_current_configuration = models.BooleanField(default=False)
    account_ids = models.JSONField(null=True)
    shard_size = models.PositiveIntegerField(default=25_000)
    shard_count = models.PositiveIntegerField(default=0)
    account_count = models.PositiveIntegerField(default=0)
    error_count = models.PositiveIntegerField(default=0)
    is_cancel_requested = models.BooleanField(default=False)
    driven_until = models.DateTimeField(null=True)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("nightly run")
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=["waiting", "running"]), name="run_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.as_of} #{self.pk}"

    @property
    def is_active(self) -> bool:
        return self.state in WorkState.unfinished()


class RunStep(models.Model):
    """One step of a run: facts, RFM, score, tier, standing, alerts, tasks."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=WorkState, default=WorkState.WAITING)
    row_count = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="run_step_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.name}"


class RunShard(models.Model):
    """One shard of a step: who works on it until when, and how often it was tried."""

    step = models.ForeignKey(RunStep, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=WorkState, default=WorkState.WAITING)
    queued_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    failure_count = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    row_count = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["step", "number"], name="run_shard_once")]

    def __str__(self) -> str:
        return f"{self.step} {self.number}"


class RunError(models.Model):
    """One account whose data stopped a step; the others went on."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="errors")
    step_name = models.CharField(max_length=20)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    message = models.TextField()
    happened_at = models.DateTimeField(default=timezone.now)
    is_resolved = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.run} {self.account_id}"


class Sweep(models.Model):
    """When a worker last looked for lost work: the sign that schedule, broker and worker are all alive."""

    name = models.CharField(primary_key=True, max_length=20)
    swept_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} {self.swept_at}"
