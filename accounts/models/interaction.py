import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Direction, InteractionKind, InteractionState, Mood, TaskKind, TaskState
from accounts.models.account import Account, AccountChildQuerySet
from accounts.models.contact import Contact
from core.periods import business_date


class InteractionQuerySet(AccountChildQuerySet):
    def done(self):
        return self.filter(state=InteractionState.DONE)

    def planned(self):
        return self.filter(state=InteractionState.PLANNED)


class Interaction(models.Model):
    """A visit, call, message or meeting with a customer, planned or done."""

    uuid = models.UUIDField(default=uuid.uuid4)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="interactions", verbose_name=_("account")
    )
    kind = models.CharField(_("type"), max_length=16, choices=InteractionKind, default=InteractionKind.VISIT)
    state = models.CharField(_("state"), max_length=10, choices=InteractionState, default=InteractionState.DONE)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction, default=Direction.OUT)
    happened_at = models.DateTimeField(_("when"))
    happened_on = models.DateField(_("day"), db_index=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="interactions", verbose_name=_("owner")
    )
    colleagues = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="attended_interactions", verbose_name=_("colleagues")
    )
    contacts = models.ManyToManyField(Contact, blank=True, related_name="interactions", verbose_name=_("people met"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    result = models.TextField(_("result"), blank=True)
    mood = models.CharField(_("mood"), max_length=8, choices=Mood, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_on = models.DateField(_("next step on"), null=True, blank=True)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = InteractionQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [models.UniqueConstraint(fields=["created_by", "uuid"], name="interaction_uuid_once_per_user")]
        indexes = [models.Index(fields=["account", "state", "happened_on"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.account}"


class TaskQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Tasks of visible accounts, and one's own tasks without an account."""
        if user.is_authenticated and user.is_active and user.sees_everything:
            return self
        return self.filter(
            models.Q(account__in=Account.objects.visible_to(user)) | models.Q(account__isnull=True, assignee=user)
        )

    def open(self):
        return self.filter(state=TaskState.OPEN)


class Task(models.Model):
    """Something a colleague has to do by a day, or a promise of either side."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=TaskKind, default=TaskKind.TASK)
    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("note"), blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("assignee")
    )
    due_on = models.DateField(_("due on"), db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=TaskState, default=TaskState.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)
    interaction = models.ForeignKey(Interaction, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks")
    source_key = models.CharField(max_length=100, null=True, blank=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [models.Index(fields=["assignee", "state", "due_on"])]

    def __str__(self) -> str:
        return self.title

    @property
    def days_late(self) -> int:
        """Days since the task was due; negative before."""
        return (business_date() - self.due_on).days
