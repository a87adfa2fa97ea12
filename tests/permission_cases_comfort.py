"""How the routes of saved views are called in the walk over the table of rights."""

from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Attachment, Comment
from tests.permission_checks import OPEN, PEOPLE, REFUSED, Case
from users.models import SavedView

LIST_KEY = "accounts:account"


def comfort_records(actors) -> dict:
    """What the stage holds of these kinds."""
    beside = {"account": actors.account, "kind": "account", "record_id": actors.account.pk}
    file = ContentFile(b"text", name="a.txt")
    return {
        "comment": Comment.objects.create(**beside, created_by=actors.OWN, body="Said"),
        "attachment": Attachment.objects.create(
            **beside, created_by=actors.OWN, file=file, name="a.txt", content_type="text/plain", size=4
        ),
        "view": SavedView.objects.create(owner=actors.MGR, list_key=LIST_KEY, name="Ours", sharing="everybody"),
    }


def view_key(stage: SimpleNamespace) -> dict:
    return {"pk": stage.view.pk}


# a shared view is everybody's to open, and its author's and the administrators' to change
STRANGERS = dict.fromkeys(set(PEOPLE) - {"MGR", "AD"}, REFUSED)

VIEW_CASES = {
    "users:view_create": Case(
        gets=False, posts=lambda stage: {"list_key": LIST_KEY, "name": "Mine", "query": "status=active"}
    ),
    "users:list_columns": Case(
        gets=False, posts=lambda stage: {"list_key": LIST_KEY, "query": "status=active", "column": ["code"]}
    ),
    "users:view_edit": Case(
        keys=view_key,
        posts=lambda stage: {"name": "Ours", "sharing": "team"},
        names_account=False,
        expect=STRANGERS,
    ),
    "users:view_update": Case(
        keys=view_key, gets=False, posts=lambda stage: {"query": ""}, names_account=False, expect=STRANGERS
    ),
    "users:view_delete": Case(keys=view_key, gets=False, posts=lambda stage: {}, names_account=False, expect=STRANGERS),
    "users:view_restore": Case(
        keys=view_key, gets=False, posts=lambda stage: {}, names_account=False, expect=STRANGERS
    ),
    "users:view_default": Case(keys=view_key, gets=False, posts=lambda stage: {}, names_account=False),
    "api_saved_view-detail": Case(keys=view_key, names_account=False),
}


def record_key(stage: SimpleNamespace) -> dict:
    return {"kind": "account", "pk": stage.account.pk}


def comment_key(stage: SimpleNamespace) -> dict:
    return {"pk": stage.comment.pk}


def file_key(stage: SimpleNamespace) -> dict:
    return {"pk": stage.attachment.pk}


def place_of_account(stage: SimpleNamespace) -> dict:
    return {"kind": "account", "record_id": stage.account.pk}


# a comment is its author's to change, and an administrator's to take away; others see it
NOT_THE_AUTHOR = dict.fromkeys(("HELP", "MGR", "REG", "EX"), REFUSED)

NOTE_CASES = {
    "record_notes": Case(keys=record_key),
    "comment_add": Case(keys=record_key, gets=False, posts=lambda stage: {"body": "New"}),
    "record_history": Case(keys=record_key),
    "comment_people": Case(keys=record_key),
    "comment_open": Case(keys=comment_key),
    "comment_edit": Case(
        keys=comment_key, posts=lambda stage: {"body": "Else"}, expect=NOT_THE_AUTHOR | {"AD": REFUSED}
    ),
    "comment_delete": Case(keys=comment_key, gets=False, posts=lambda stage: {}, expect=NOT_THE_AUTHOR),
    "comment_restore": Case(keys=comment_key, gets=False, posts=lambda stage: {}, expect=NOT_THE_AUTHOR),
    "record_files": Case(
        keys=record_key, gets=False, posts=lambda stage: {"file": SimpleUploadedFile("a.txt", b"text")}
    ),
    "file_download": Case(keys=file_key),
    "file_picture": Case(keys=file_key),
    "file_delete": Case(keys=file_key, gets=False, posts=lambda stage: {}),
    "file_restore": Case(keys=file_key, gets=False, posts=lambda stage: {}),
    "api_comment-list": Case(payloads={"post": lambda stage: {"body": "New"}}, may_fail=True),
    "api_comment-detail": Case(keys=comment_key, expect_post=NOT_THE_AUTHOR),
    "api_attachment-list": Case(payloads={"post": place_of_account}, may_fail=True),
    "api_attachment-detail": Case(keys=file_key),
    "api_attachment-content": Case(keys=file_key),
}

# a token is read before it is judged, and who may not act at all can have none: a wrong one says nothing
UNDO_CASES = {
    name: Case(
        keys=lambda stage: {"token": "none"},
        gets=False,
        posts=lambda stage: {},
        may_fail=True,
        names_account=False,
        expect=dict.fromkeys(("OWN", "HELP"), OPEN),
    )
    for name in (
        "accounts:account_transfer_undo",
        "accounts:account_team_undo",
        "accounts:contact_move_undo",
        "accounts:interaction_day_undo",
        "accounts:task_day_undo",
    )
}

COMFORT_CASES = {**UNDO_CASES, **NOTE_CASES, **VIEW_CASES}
