import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import RecordKind
from accounts.models.account import Account, AccountChildQuerySet


class RecordNoteQuerySet(AccountChildQuerySet):
    def kept(self):
        return self.filter(deleted_at=None)

    def about(self, kind: str, record_id: int):
        return self.filter(kind=kind, record_id=record_id)


class RecordNote(models.Model):
    """What colleagues put beside a record of an account; whoever sees the account sees it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("account"))
    kind = models.CharField(max_length=12, choices=RecordKind)
    record_id = models.BigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    objects = RecordNoteQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["kind", "record_id"], name="%(class)s_about"),
            models.Index(fields=["account", "created_at"], name="%(class)s_of"),
        ]


class Comment(RecordNote):
    """What a colleague says about a record; it may call others by name."""

    body = models.TextField(_("comment"), max_length=4000)
    edited_at = models.DateTimeField(null=True)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta(RecordNote.Meta):
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self) -> str:
        return self.body[:60]


class CommentText(models.Model):
    """What a comment said before it was edited."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="former_texts")
    body = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("former text")

    def __str__(self) -> str:
        return self.body[:60]


def stored_name(attachment: "Attachment", name: str) -> str:
    """A random place that tells nothing about the file; what it is called stays in the row."""
    return f"attachments/{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


class Attachment(RecordNote):
    """A file beside a record: a contract, a photo of a rack, a protocol."""

    file = models.FileField(upload_to=stored_name, max_length=200)
    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)

    class Meta(RecordNote.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.content_type in ("image/jpeg", "image/png", "image/webp", "image/gif")

    @property
    def extension(self) -> str:
        return PurePath(self.name).suffix.lower()
