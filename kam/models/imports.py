from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.choices import ImportKind, ImportState
from users.choices import Role
from users.models import Team, User

UNDO_DAYS = 7
UNFINISHED = (ImportState.CHECKING, ImportState.WAITING, ImportState.RUNNING)


def imports_folder() -> Path:
    """Where the files of all imports lie, a folder for each."""
    return Path(settings.MEDIA_ROOT) / "imports"


class ImportJobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own imports; a manager's also those of the branch of teams below; all for an administrator."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.role == Role.ADMIN:
            return self
        if user.role == Role.MANAGER and user.team_id:
            branch = User.objects.filter(team__in=Team.objects.under(user.team))
            return self.filter(Q(user=user) | Q(user__in=branch))
        return self.filter(user=user)

    def unfinished(self):
        return self.filter(state__in=UNFINISHED)


class ImportJob(models.Model):
    """One file on its way into the data: who brought it, how it is read, how far it is, what came of it."""

    kind = models.CharField(_("kind"), max_length=20, choices=ImportKind)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.MAPPING)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="imports", verbose_name=_("user")
    )
    upload_key = models.UUIDField(null=True, editable=False)
    file_name = models.CharField(_("file"), max_length=200)
    folder = models.CharField(max_length=64, unique=True, editable=False)
    size_bytes = models.PositiveBigIntegerField(default=0)
    source_hash = models.CharField(_("fingerprint (SHA-256)"), max_length=64, blank=True, db_default="")
    layout = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    read_count = models.PositiveIntegerField(_("lines read"), default=0)
    accepted_count = models.PositiveIntegerField(_("lines accepted"), default=0)
    rejected_count = models.PositiveIntegerField(_("lines rejected"), default=0)
    warning_count = models.PositiveIntegerField(_("warnings"), default=0)
    object_count = models.PositiveIntegerField(default=0)
    written_count = models.PositiveIntegerField(default=0)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    cursor = models.JSONField(null=True)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    is_cancel_requested = models.BooleanField(default=False)
    is_undo = models.BooleanField(default=False, db_default=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken back by")
    )
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(state="running"), name="import_one_writes_at_a_time"),
            models.UniqueConstraint(fields=["user", "upload_key"], name="import_upload_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"

    @property
    def path(self) -> Path:
        """The folder of this import's files; nothing but its random name leads there."""
        return imports_folder() / self.folder

    @property
    def source(self) -> Path:
        return self.path / "source"

    @property
    def is_finished(self) -> bool:
        return self.state not in (ImportState.MAPPING, ImportState.CHECKED, *UNFINISHED)

    @property
    def is_at_work(self) -> bool:
        return self.state in UNFINISHED

    @property
    def state_text(self) -> str:
        return str(_("Being taken back") if self.is_undo and self.is_at_work else self.get_state_display())

    @property
    def undo_until(self) -> datetime | None:
        """The moment until which the import can be taken back; None when it did not end well or is taken back."""
        if self.state != ImportState.DONE or self.finished_at is None:
            return None
        return self.finished_at + timedelta(days=UNDO_DAYS)

    @property
    def can_be_undone(self) -> bool:
        """Whether there is something to take back, and still time for it."""
        return self.undo_until is not None and timezone.now() < self.undo_until and self.batches.exists()


class ImportBatch(models.Model):
    """What one committed batch of an import changed, so that the import can be cancelled, and taken back for a week."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    undo = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="import_batch_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.number}"


class ImportMapping(models.Model):
    """The columns that somebody chose for files with these headers: proposed again for the next such file."""

    kind = models.CharField(max_length=20, choices=ImportKind)
    shape = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "shape", "user"], name="import_mapping_once_per_user"),
            models.UniqueConstraint(
                fields=["kind", "shape"], condition=Q(user__isnull=True), name="import_mapping_once_without_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.shape[:8]}"
