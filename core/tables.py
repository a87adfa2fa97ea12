"""Tables declared once: the columns serve the page, the order of rows, the phone's cards and the export alike.

class AccountTable(Table):
    columns = (
        Column("name", _("Account"), href=lambda row: reverse("account_page", args=[row.pk]), ordering="name"),
        Column("tier", _("Tier"), kind="tier", value="standing.tier.name", ordering="standing__tier"),
        Column("score", _("Score"), kind="number", value="standing.value_score", ordering="standing__value_score"),
        Column("credit_limit", _("Credit limit"), kind="amount", value="credit_limit_amount", is_sensitive=True),
    )
    default_ordering = "name"
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.db.models import F, QuerySet
from django.template.loader import get_template
from django.utils.html import format_html

from core import formats
from core.access import SENSITIVE_ROW, may_everywhere

RIGHT_ALIGNED = {"number", "points", "score", "money", "owed", "amount", "percent", "days"}
FORMATS: dict[str, Callable[[Any], str]] = {
    "number": formats.number,
    "points": formats.change,
    "score": formats.score,
    "money": formats.money,
    "owed": formats.owed,
    "amount": formats.amount,
    "percent": formats.percent,
    "days": formats.days,
    "date": formats.day,
    "datetime": formats.moment,
    "bool": formats.yes_no,
}
SHAPES = {"badge", "tier"}
PHONE_PLACES = {"tier": "side", "badge": "side"}


@dataclass(frozen=True)
class Column:
    """One column: where its value comes from, how it reads, sorts, links, folds on the phone and leaves the house.

    ``kind``: text, number, points (with their sign), score, money (short), owed (money, nothing at zero),
    amount (exact), percent (0–1), days, date, datetime, bool, badge, tier.
    ``value``: a dotted path from the row (default: the key) or a function of the row.
    ``ordering``: model field or annotation to sort by; '' = not sortable.
    ``tone``: the badge's colour from the row: ok, warn, bad, info, none; '' = the usual state, plain, not on the phone.
    ``phone``: title, side (right of the title), meta (second line), '' (left out); by default from kind and place.
    ``template``: a cell template that gets ``row``, ``value``, ``text`` and ``href``.
    ``is_sensitive``: left out for who may not read such fields; ``may_read``: a further rule (user, row) for one cell.
    ``export``: function of the row where the exported value differs from ``value``.
    ``is_extra``: offered in the choice of columns, but not in the table until somebody chooses it.
    """

    key: str
    label: str
    kind: str = "text"
    value: str | Callable[[Any], Any] = ""
    href: Callable[[Any], str] | None = None
    ordering: str = ""
    tone: Callable[[Any], str] | None = None
    template: str = ""
    phone: str | None = None
    is_sensitive: bool = False
    may_read: Callable[[Any, Any], bool] | None = None
    export: Callable[[Any], Any] | None = None
    is_extra: bool = False

    def value_of(self, row) -> Any:
        """The raw value; a choice field gives its label; None where a relation on the path is empty."""
        if callable(self.value):
            return self.value(row)
        return follow(row, self.value or self.key)

    def export_value(self, row) -> Any:
        return self.export(row) if self.export else self.value_of(row)

    @property
    def is_figure(self) -> bool:
        return self.kind in RIGHT_ALIGNED


def split_keys(text: str) -> tuple[str, ...]:
    """The keys in "name,tier", each once.

    >>> split_keys("name,tier,,name")
    ('name', 'tier')
    """
    return tuple(dict.fromkeys(key for key in text.split(",") if key))


def follow(row, path: str) -> Any:
    """The value at a dotted path; None when something on the way is missing."""
    *parents, name = path.split(".")
    for parent in parents:
        try:
            row = getattr(row, parent)
        except ObjectDoesNotExist:
            return None
        if row is None:
            return None
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else getattr(row, name)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``shape`` is '' for plain text, else link, badge, tier or html; ``attrs`` are those of its ``<td>``."""

    text: str
    shape: str
    attrs: str
    href: str = ""
    tone: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    record: Any
    cells: list[Cell]


@dataclass(frozen=True)
class Head:
    label: str
    is_figure: bool
    url: str = ""
    direction: str = ""


class Table:
    """A table for one reader. Subclasses declare ``columns`` and ``default_ordering``, a column key ("-" for down)."""

    columns: tuple[Column, ...] = ()
    default_ordering: str = ""

    def __init__(self, user, ordering: str = ""):
        self.user = user
        self.ordering = ordering or self.default_ordering
        self.chosen: tuple[str, ...] = ()

    @cached_property
    def offered(self) -> dict[str, Column]:
        """The columns this reader may see at all, by key."""
        may_read_sensitive = may_everywhere(self.user, SENSITIVE_ROW)
        return {column.key: column for column in self.columns if may_read_sensitive or not column.is_sensitive}

    @cached_property
    def fixed(self) -> tuple[str, ...]:
        """The columns that lead the table whatever is chosen: the record's name, and what stands before it."""
        keys = list(self.offered)
        title = next((key for key in keys if self.offered[key].phone == "title"), keys[0] if keys else "")
        return tuple(keys[: keys.index(title) + 1]) if keys else ()

    def has_columns(self, text: str) -> bool:
        """Whether each key of ``text`` ("name,tier") is a column offered to this reader."""
        return all(key in self.offered for key in split_keys(text))

    def choose(self, text: str) -> None:
        """Show the columns of ``text`` in its order. BadRequest for one that is not offered."""
        if not self.has_columns(text):
            raise BadRequest("Unknown column.")
        self.chosen = split_keys(text)

    def prefer(self, keys: Iterable[str]) -> None:
        """Show the columns of ``keys`` that are offered, in their order; the usual ones when none is."""
        self.chosen = tuple(key for key in keys if key in self.offered)

    @cached_property
    def visible_columns(self) -> list[Column]:
        """The columns of this table, in their order: the chosen ones, else all that are offered."""
        if not self.chosen:
            return [column for column in self.offered.values() if not column.is_extra]
        return [self.offered[key] for key in dict.fromkeys((*self.fixed, *self.chosen))]

    def choices(self) -> list[tuple[Column, bool]]:
        """Every column that may be chosen or left out, the ones in the table first, and whether it is there."""
        shown = [column for column in self.visible_columns if column.key not in self.fixed]
        hidden = [column for column in self.offered.values() if column not in self.visible_columns]
        return [*((column, True) for column in shown), *((column, False) for column in hidden)]

    @cached_property
    def sortable(self) -> dict[str, str]:
        """Column key → field, the whole list of what may be sorted by."""
        return {column.key: column.ordering for column in self.offered.values() if column.ordering}

    def can_order(self, ordering: str) -> bool:
        return not ordering or ordering.removeprefix("-") in self.sortable

    def order(self, queryset: QuerySet) -> QuerySet:
        """``queryset`` in the wished order, empty values last, ties by key. BadRequest for an unknown column."""
        if not self.ordering:
            return queryset
        if not self.can_order(self.ordering):
            raise BadRequest("Unknown ordering.")
        key = self.ordering.removeprefix("-")
        field = F(self.sortable[key])
        is_down = self.ordering.startswith("-")
        first = field.desc(nulls_last=True) if is_down else field.asc(nulls_last=True)
        return queryset.order_by(first, "-pk" if is_down else "pk")

    def heads(self, url_of: Callable[[str], str]) -> list[Head]:
        """The head cells; ``url_of`` gives the address of the page sorted by its argument."""
        return [self.head(column, url_of) for column in self.visible_columns]

    def head(self, column: Column, url_of: Callable[[str], str]) -> Head:
        if column.key not in self.sortable:
            return Head(column.label, column.is_figure)
        direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.ordering, "")
        falls_first = column.is_figure and not direction
        target = f"-{column.key}" if falls_first or direction == "ascending" else column.key
        return Head(column.label, column.is_figure, url_of(target), direction)

    def may_read(self, column: Column, row) -> bool:
        return column.may_read is None or column.may_read(self.user, row)

    def rows(self, records: Iterable) -> list[Row]:
        """The rows of one page, ready to be written."""
        plan = [
            (column, *self.attrs(column, place), get_template(column.template) if column.template else None)
            for column, place in zip(self.visible_columns, self.places, strict=True)
        ]
        return [Row(record, [self.cell(*parts, record) for parts in plan]) for record in records]

    @cached_property
    def places(self) -> list[str]:
        """Where each column stands on the phone's card: first is the title, up to three plain ones the second line."""
        places, metas = [], 0
        for index, column in enumerate(self.visible_columns):
            place = column.phone
            if place is None:
                place = "title" if index == 0 else PHONE_PLACES.get(column.kind) or ("meta" if metas < 3 else "")
            metas += place == "meta"
            places.append(place)
        return places

    def attrs(self, column: Column, place: str) -> tuple[str, str]:
        """Class and label for the phone's card, the same for all cells of a column: with a value, and without one."""
        css = " ".join(filter(None, ["num" if column.is_figure else "", f"is-{place}" if place else "is-out"]))
        form = 'class="{}" data-label="{}"'
        return format_html(form, css, column.label), format_html(form, f"{css} is-empty", column.label)

    def cell(self, column: Column, attrs: str, empty_attrs: str, template, record) -> Cell:
        value = column.value_of(record) if self.may_read(column, record) else None
        text = self.text(column, value)
        is_empty = text == formats.NOTHING
        href = column.href(record) if column.href and not is_empty else ""
        if template:
            html = template.render({"row": record, "value": value, "text": text, "href": href})
            return Cell(text, "html", attrs, html=html)
        tone = column.tone(record) if column.tone else ""
        is_usual = column.kind == "badge" and not tone
        shape = column.kind if column.kind in SHAPES and not is_empty and not is_usual else "link" if href else ""
        return Cell(text, shape, empty_attrs if is_empty or is_usual else attrs, href, tone)

    def text(self, column: Column, value) -> str:
        if value is None or value == "":
            return formats.NOTHING
        form = FORMATS.get(column.kind)
        return form(value) if form else str(value)

    def export_rows(self, records: Iterable) -> Iterator[list]:
        """The same columns as on the screen, as plain values."""
        for record in records:
            yield [
                column.export_value(record) if self.may_read(column, record) else None
                for column in self.visible_columns
            ]
