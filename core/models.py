from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FactSheet(models.Model):
    """One part of the sheet of one shard of accounts for one date. Never rewritten: what differs is a new revision."""

    class Part(models.TextChoices):
        FACTS = "facts", _("facts")
        RFM = "rfm", "RFM"
        SCORE = "score", _("value score")
        TIER = "tier", _("tier")

    as_of = models.DateField()
    part = models.CharField(max_length=10, choices=Part, default=Part.FACTS)
    shard_size = models.PositiveIntegerField()
    shard = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)
    content = models.BinaryField()
    content_hash = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    is_reconstructed = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["as_of", "part", "shard_size", "shard", "revision"], name="fact_sheet_once")
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.part} {self.shard}"


class ConfigurationVersion(models.Model):
    """One version of one configuration document: draft, published or archived."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=60, default="default")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    document = models.JSONField()
    document_hash = models.CharField(max_length=64)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "number"], name="configuration_number_once"),
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state="published"), name="configuration_one_published"
            ),
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(state="draft"), name="configuration_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} v{self.number}"


class AuditEntry(models.Model):
    """Who did what with which data, and when: exports, views of personal data, sign-ins, changes of rights."""

    happened_at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "happened_at"], name="audit_of_subject")]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M} {self.action} {self.subject}"


class IdempotencyKey(models.Model):
    """The first answer to a request that may be repeated, under the key its sender made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    response = models.JSONField(null=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
