"""Saved views of lists, and how a colleague likes each list: which view first, which columns."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.audit import record
from users.choices import Sharing
from users.models import SavedView, User
from users.permissions import can_change_view, can_share_views
from users.services.errors import TooManyViewsError, ViewNameTakenError

VIEWS_PER_LIST = 20


@transaction.atomic
def create_view(*, by: User, list_key: str, name: str, query: str, sharing: str = Sharing.MINE) -> SavedView:
    """Keep ``query`` of a list under a name.

    Raises PermissionDenied when ``by`` may not share, ViewNameTakenError, TooManyViewsError.
    """
    _check_sharing(by, sharing)
    if SavedView.objects.kept().filter(owner=by, list_key=list_key).count() >= VIEWS_PER_LIST:
        raise TooManyViewsError
    return _saved(SavedView(owner=by, list_key=list_key, name=name, query=query, sharing=sharing), by)


@transaction.atomic
def update_view(*, view: SavedView, by: User, **values) -> SavedView:
    """Change name, sharing or query of a view. Raises PermissionDenied and ViewNameTakenError."""
    if not can_change_view(by, view):
        raise PermissionDenied
    if values.get("sharing", view.sharing) != view.sharing:
        _check_sharing(by, values["sharing"])
    for field, value in values.items():
        setattr(view, field, value)
    return _saved(view, by)


@transaction.atomic
def delete_view(*, view: SavedView, by: User) -> None:
    """Take a view away from everybody who saw it; `restore_view` undoes it. Raises PermissionDenied."""
    if not can_change_view(by, view):
        raise PermissionDenied
    SavedView.objects.filter(pk=view.pk, deleted_at=None).update(deleted_at=timezone.now())
    record(by, "view.deleted", view, name=view.name, list=view.list_key)


@transaction.atomic
def restore_view(*, view: SavedView, by: User) -> None:
    """Bring a deleted view back. Raises PermissionDenied, and ViewNameTakenError when a new one has its name."""
    if not can_change_view(by, view):
        raise PermissionDenied
    view.deleted_at = None
    _saved(view, by)


@transaction.atomic
def set_default_view(*, user: User, list_key: str, view: SavedView | None) -> None:
    """Open a list with ``view`` from now on, or with all rows. Views of others count too, while they are shared."""
    _set(user, list_key, "default", view.pk if view else None)


@transaction.atomic
def set_columns(*, user: User, list_key: str, columns: Iterable[str]) -> None:
    """Show a list with ``columns`` in their order from now on; none at all means the usual ones."""
    _set(user, list_key, "columns", list(columns))


def _set(user: User, list_key: str, name: str, value) -> None:
    stored = User.objects.select_for_update().get(pk=user.pk)
    settings = stored.list_settings.get(list_key, {}) | {name: value}
    stored.list_settings[list_key] = {key: kept for key, kept in settings.items() if kept}
    stored.save(update_fields=["list_settings"])
    user.list_settings = stored.list_settings


def _check_sharing(by: User, sharing: str) -> None:
    if sharing != Sharing.MINE and not can_share_views(by):
        raise PermissionDenied


def _saved(view: SavedView, by: User) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ViewNameTakenError from error
    if view.sharing != Sharing.MINE:
        record(by, "view.shared", view, name=view.name, list=view.list_key, sharing=str(view.sharing))
    return view
