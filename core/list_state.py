"""What a list shows: the query of its address, a saved view that the address names, or the reader's own default.

``?view=7`` opens the saved view 7, ``?view=all`` none of them. Every further click spells the query out and says which
view it started from (``?base=7&status=active``), so that a changed view can be told from the saved one. Who keeps the
views says so with `keep_views`: the floor knows no people.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import QueryDict

ALL = "all"
PLACE = ("view", "base", "page")


@dataclass(frozen=True)
class KeptView:
    """A saved view as the list sees it; ``query`` is its address without the question mark."""

    pk: int
    name: str
    query: str
    is_own: bool
    is_shared: bool
    author: str


@dataclass(frozen=True)
class Kept:
    """What is kept about one list for one reader: views, which of them opens first, and the own choice of columns."""

    views: tuple[KeptView, ...] = ()
    default: int | None = None
    columns: tuple[str, ...] = ()
    may_share: bool = False

    def view(self, pk: int | None) -> KeptView | None:
        return next((view for view in self.views if view.pk == pk), None)


_keepers: list[Callable] = []


def keep_views(keeper: Callable) -> None:
    """Let ``keeper(user, list_key)`` say what is kept about a list. Told by the app that knows people."""
    _keepers[:] = [keeper]


def kept_for(user, list_key: str) -> Kept:
    return _keepers[0](user, list_key) if _keepers else Kept()


def key_in(query: QueryDict, name: str) -> int | None:
    """The key of a view in the address; None when it is not there. BadRequest for what is no key."""
    text = query.get(name, "")
    if text in ("", ALL):
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("Unknown view.")
    return int(text)


class ListState:
    """The query in force (``query``), the view it belongs to, and whether it still is that view."""

    def __init__(self, address: QueryDict, kept: Kept):
        self.kept = kept
        wanted, based = key_in(address, "view"), key_in(address, "base")
        spelled = [name for name in address if name not in PLACE]
        is_bare = not spelled and based is None and address.get("view") != ALL
        self.is_opened = is_bare and (wanted or kept.default) is not None
        self.view = kept.view((wanted or kept.default) if is_bare else based or wanted)
        self.is_gone = self.view is None and bool(wanted)
        self.query = address.copy()
        if self.is_opened and self.view:
            self.query = QueryDict(self.view.query, mutable=True)
            self.query.update({"page": address["page"]} if "page" in address else {})
        for name in ("view", "base"):
            self.query.pop(name, None)
        self.broken: tuple[str, ...] = ()

    def repair(self, broken: tuple[str, ...]) -> None:
        """Leave out the parameters of an opened view that the list does not know for this reader."""
        self.broken = broken
        for name in broken:
            self.query.pop(name, None)

    @property
    def is_changed(self) -> bool:
        """Whether the list shows something else than the view it started from."""
        return (
            bool(self.view) and not self.is_opened and comparable(self.query) != comparable(QueryDict(self.view.query))
        )

    def address(self, query: QueryDict) -> str:
        """The address of ``query`` on this list, with the view it started from."""
        query = query.copy()
        if self.view:
            query["base"] = str(self.view.pk)
        elif not query and self.kept.default:
            query["view"] = ALL
        return f"?{query.urlencode()}"


def comparable(query: QueryDict) -> dict[str, list[str]]:
    return {name: values for name, values in query.lists() if name not in PLACE and any(values)}
