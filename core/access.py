"""Who may do what, read from the one table in ``permissions.yml``.

A view names its row (``@permission("account.update")`` or the attribute ``permission_key``); a role whose every column
of that row is ``x`` is refused here with 403. A role with a ``-`` goes on to the record, which then answers 404 like a
missing one. What depends on the account is decided where accounts are known, in ``accounts.permissions``, from the same
table. Nothing else in the product decides about rights.
"""

from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path

import yaml
from django.core.exceptions import PermissionDenied

ACTORS_OF_ROLE = {
    "rep": ("OWN", "HELP", "TEAM", "OTH"),
    "service": ("HELP", "OTH"),
    "manager": ("MGR", "REG", "MOTH"),
    "executive": ("EX",),
    "admin": ("AD",),
}
PUBLIC = "public"
SENSITIVE_ROW = "sensitive_fields.read"


@cache
def table() -> dict[str, dict[str, str]]:
    """Row name → actor → code, as written in ``permissions.yml``."""
    content = yaml.safe_load((Path(__file__).parent / "permissions.yml").read_text(encoding="utf8"))
    columns = content.pop("columns")
    return {row: dict(zip(columns, map(str, codes), strict=True)) for row, codes in content.items()}


def code(row: str, actor: str) -> str:
    """The code of one cell. Raises KeyError for a row or actor that the table does not have."""
    return table()[row][actor]


def role_may(user, row: str) -> bool:
    """Whether any column of the user's role allows the row: what menus and pages without a record go by."""
    if not user.is_authenticated:
        return False
    return any(code(row, actor) not in ("x", "-") for actor in ACTORS_OF_ROLE[user.role])


_judges: dict[str, Callable] = {}


def judge_everywhere(row: str, judge: Callable) -> None:
    """Let ``judge(user)`` say whether a user whose role allows ``row`` may do so on every record they see.

    Told by the app that knows the records: the floor cannot look at accounts.
    """
    _judges[row] = judge


def may_everywhere(user, row: str) -> bool:
    """Whether the row holds for ``user`` on each record they see: what a column, filter or order of a list goes by."""
    return role_may(user, row) and (row not in _judges or _judges[row](user))


def refused_everywhere(user, row: str) -> bool:
    """Whether the row says ``x`` in every column of the user's role, so that no record needs to be looked at."""
    return all(code(row, actor) == "x" for actor in ACTORS_OF_ROLE[user.role])


def check_row(user, row: str) -> None:
    """Raise PermissionDenied for a visitor without a sign-in, and for a role that the row refuses everywhere."""
    if not user.is_authenticated or refused_everywhere(user, row):
        raise PermissionDenied


def permission(row: str, *, parameters: tuple[str, ...] = ()):
    """Declare a function view's row of the table, and refuse roles that the row refuses everywhere.

    ``parameters`` are the names that its address may hold; `core.strict_requests` refuses others.
    """
    table()[row]

    def decorate(view):
        @wraps(view)
        def wrapped(request, *args, **kwargs):
            check_row(request.user, row)
            return view(request, *args, **kwargs)

        wrapped.permission_key = row
        wrapped.parameters = parameters
        return wrapped

    return decorate


def public(view):
    """Declare that a view answers everybody, signed in or not (sign-in pages, health)."""
    view.permission_key = PUBLIC
    view.login_required = False
    return view


class PermissionRequiredMixin:
    """For class-based views: ``permission_key`` names the row; pass it to ``as_view`` or set it on the class."""

    permission_key: str = ""

    def dispatch(self, request, *args, **kwargs):
        check_row(request.user, self.permission_key)
        return super().dispatch(request, *args, **kwargs)
