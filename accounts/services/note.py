"""Comments and files beside the records of an account."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import filetype
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import NotificationKind
from accounts.constants import ATTACHMENT_BYTES, ATTACHMENTS_PER_RECORD
from accounts.models import Account, Attachment, Comment, CommentText
from accounts.permissions import (
    can_add_attachment,
    can_change_comment,
    can_comment,
    can_delete_attachment,
    can_delete_comment,
)
from accounts.selectors import mentioned_in
from accounts.services.errors import AccountsError
from accounts.services.notification import notify
from core.audit import record as audit

LONGEST_COMMENT = 4000
TOLD = 200
HEAD = 8192
TEXT_TYPES = {".txt": "text/plain", ".csv": "text/csv", ".md": "text/plain", ".log": "text/plain"}
TAKEN = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
    "application/zip": (".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"),
    "application/msword": (".doc",),
    "application/vnd.ms-excel": (".xls",),
    "application/vnd.ms-powerpoint": (".ppt",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "audio/x-wav": (".wav",),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
}
"""What is taken, by content, and the endings it may have. Archives are kept closed: nothing here unpacks them."""


@dataclass(frozen=True)
class Place:
    """The record beside which something is put: its account, kind, number and the address of its page."""

    account: Account
    kind: str
    record_id: int
    url: str
    title: str = ""


@transaction.atomic
def add_comment(*, place: Place, by, body: str) -> Comment:
    """Say ``body`` about a record; colleagues whom it names with @ and who see the account are told.

    Raises PermissionDenied, AccountsError for an empty or too long text.
    """
    if not can_comment(by, place.account):
        raise PermissionDenied
    comment = Comment.objects.create(
        account=place.account, kind=place.kind, record_id=place.record_id, body=clean_body(body), created_by=by
    )
    _set_mentions(comment)
    return comment


@transaction.atomic
def edit_comment(*, comment: Comment, by, body: str) -> Comment:
    """Change the own comment within a day; what it said before is kept. Raises PermissionDenied, AccountsError."""
    if comment.deleted_at or not can_change_comment(by, comment):
        raise PermissionDenied
    text = clean_body(body)
    if text != comment.body:
        CommentText.objects.create(comment=comment, body=comment.body)
        comment.body, comment.edited_at = text, timezone.now()
        comment.save(update_fields=["body", "edited_at"])
        _set_mentions(comment)
    return comment


@transaction.atomic
def delete_comment(*, comment: Comment, by) -> None:
    """Take a comment away; `restore_comment` undoes it. Raises PermissionDenied."""
    if not can_delete_comment(by, comment):
        raise PermissionDenied
    Comment.objects.filter(pk=comment.pk, deleted_at=None).update(deleted_at=timezone.now())
    audit(by, "comment.deleted", comment, account=comment.account_id)


@transaction.atomic
def restore_comment(*, comment: Comment, by) -> None:
    """Bring a comment back. Raises PermissionDenied."""
    if not can_delete_comment(by, comment):
        raise PermissionDenied
    Comment.objects.filter(pk=comment.pk).update(deleted_at=None)


def clean_body(body: str) -> str:
    """The text as kept: without NUL, trimmed. Raises AccountsError when nothing is left or it is too long."""
    text = body.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise AccountsError(_("Write something first."), "body")
    if len(text) > LONGEST_COMMENT:
        raise AccountsError(_("A comment has at most 4,000 characters."), "body")
    return text


def _set_mentions(comment: Comment) -> None:
    """Remember whom the comment calls, and tell each of them once."""
    people = mentioned_in(comment.account, comment.body)
    comment.mentions.set(people)
    notify(
        kind=NotificationKind.MENTIONED,
        users=people,
        key=f"comment:{comment.pk}",
        url=reverse("comment_open", args=[comment.pk]),
        account=comment.account,
        text=comment.body[:TOLD],
        by=comment.created_by,
    )


@transaction.atomic
def add_attachment(*, place: Place, by, upload: UploadedFile) -> Attachment:
    """Keep a file beside a record, under a random name, with the type that its content has.

    Raises PermissionDenied, AccountsError for a file that is too large, empty or of a type that is not taken, and when
    the record has as many files as fit.
    """
    if not can_add_attachment(by, place.account):
        raise PermissionDenied
    name = clean_name(upload.name or "")
    content_type = checked_type(upload, name)
    kept = Attachment.objects.kept().about(place.kind, place.record_id)
    if kept.count() >= ATTACHMENTS_PER_RECORD:
        raise AccountsError(_("There are as many files here as fit. Delete one first."), "file")
    attachment = Attachment.objects.create(
        account=place.account,
        kind=place.kind,
        record_id=place.record_id,
        created_by=by,
        file=upload,
        name=name,
        content_type=content_type,
        size=upload.size,
        content_hash=digest_of(upload),
    )
    audit(by, "attachment.added", attachment, account=place.account.pk, name=name, size=upload.size)
    return attachment


@transaction.atomic
def delete_attachment(*, attachment: Attachment, by) -> None:
    """Take a file away; `restore_attachment` undoes it. Raises PermissionDenied."""
    if not can_delete_attachment(by, attachment.account):
        raise PermissionDenied
    Attachment.objects.filter(pk=attachment.pk, deleted_at=None).update(deleted_at=timezone.now())
    audit(by, "attachment.deleted", attachment, account=attachment.account_id, name=attachment.name)


@transaction.atomic
def restore_attachment(*, attachment: Attachment, by) -> None:
    """Bring a file back. Raises PermissionDenied."""
    if not can_delete_attachment(by, attachment.account):
        raise PermissionDenied
    Attachment.objects.filter(pk=attachment.pk).update(deleted_at=None)


def clean_name(name: str) -> str:
    """The name as shown and offered for saving: no path, no control characters, its ending kept.

    >>> clean_name("..\\\\a/b\\x00 c.PDF")
    'b c.PDF'
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C").strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:130]}.{ending[:12]}" if dot and stem else name[:130] or "file"


def checked_type(upload: UploadedFile, name: str) -> str:
    """The type that the content has. Raises AccountsError when it is not taken or does not fit the name's ending."""
    if not upload.size:
        raise AccountsError(_("The file is empty."), "file")
    if upload.size > ATTACHMENT_BYTES:
        raise AccountsError(_("The file is too large; 25 MB fit."), "file")
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    ending = f".{name.rpartition('.')[2].lower()}"
    found = filetype.guess_mime(head)
    if found in TAKEN and ending in TAKEN[found]:
        return found
    if found is None and ending in TEXT_TYPES and is_text(head):
        return TEXT_TYPES[ending]
    raise AccountsError(
        _("This kind of file is not taken: pictures, PDF, office files, text, sound and ZIP are, with a fitting name."),
        "file",
    )


def is_text(head: bytes) -> bool:
    """Whether the beginning of a file is text in a usual encoding, and no markup that a browser would run."""
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return not re.match(rb"\s*(\xef\xbb\xbf)?\s*<(!doctype|html|svg|\?xml|script)", head, re.IGNORECASE)


def digest_of(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
