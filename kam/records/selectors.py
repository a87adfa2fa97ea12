"""What stands beside a record: comments with whom they call, and files."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Attachment, Comment
from accounts.permissions import (
    can_add_attachment,
    can_change_comment,
    can_comment,
    can_delete_attachment,
    can_delete_comment,
)
from accounts.selectors import mentions_in
from accounts.services.note import Place

PICTURE_BYTES = 5 * 1024 * 1024
"""The largest picture that is shown small beside its name; larger ones are only loaded on demand (unit: bytes)."""


@dataclass(frozen=True)
class Said:
    """A comment as its reader sees it: the text in parts, each with whether it calls somebody."""

    comment: Comment
    parts: list[tuple[str, bool]]
    can_change: bool
    can_delete: bool


def comments(user) -> QuerySet[Comment]:
    """A row is a comment on a visible account, with author and account."""
    return Comment.objects.visible_to(user).kept().select_related("created_by", "account__team")


def attachments(user) -> QuerySet[Attachment]:
    """A row is a file of a visible account, with who added it."""
    return Attachment.objects.visible_to(user).kept().select_related("created_by", "account__team")


def parts_of(comment: Comment) -> list[tuple[str, bool]]:
    """The text in pieces; those that call a colleague by name are marked."""
    pieces, at = [], 0
    for _user, start, end in mentions_in(list(comment.mentions.all()), comment.body):
        pieces += [(comment.body[at:start], False), (comment.body[start:end], True)]
        at = end
    return [piece for piece in (*pieces, (comment.body[at:], False)) if piece[0]]


def notes_context(user, place: Place) -> dict:
    """Comments and files beside a record, with what ``user`` may do about them."""
    said = comments(user).about(place.kind, place.record_id).prefetch_related("mentions", "former_texts")
    files = list(attachments(user).about(place.kind, place.record_id))
    return {
        "place": place,
        "said": [
            Said(comment, parts_of(comment), can_change_comment(user, comment), can_delete_comment(user, comment))
            for comment in said
        ],
        "files": files,
        "pictures": [file for file in files if file.is_picture and file.size <= PICTURE_BYTES],
        "can_comment": can_comment(user, place.account),
        "can_add": can_add_attachment(user, place.account),
        "can_delete_files": can_delete_attachment(user, place.account),
    }
