"""A row of text → values by field, with what is wrong in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from core.exports import unshield
from kam.imports.fields import Field, ParseOptions, parser_of
from kam.imports.values import is_empty

NOTHING = (None, "")
ONLY_WARNED = {"unknown_country"}


@dataclass(slots=True)
class Row:
    """The values of one row by field key (None for an empty cell), its problems and its warnings."""

    number: int
    values: dict[str, object]
    problems: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def reject(self, column: str, reason: str) -> None:
        self.problems.append((column, reason))


class RowParser:
    """Parses the mapped columns of every row. ``mapping`` is field key → column index."""

    def __init__(self, fields: tuple[Field, ...], mapping: dict[str, int], options: ParseOptions, width: int):
        self.width = width
        self.columns: list[tuple[str, int, Callable[[str], tuple]]] = [
            (field.key, mapping[field.key], cell_reader(field, parser_of(field, options)))
            for field in fields
            if field.key in mapping
        ]

    def parse(self, number: int, cells: list[str]) -> Row:
        row = Row(number, {})
        if len(cells) > self.width and any(cells[self.width :]):
            row.reject("", "too_many_cells")
        for key, index, read in self.columns:
            row.values[key], reason = read(cells[index]) if index < len(cells) else NOTHING
            if reason in ONLY_WARNED:
                row.warnings.append((reason, cells[index].strip()))
            elif reason:
                row.reject(key, reason)
        return row


def cell_reader(field: Field, parse: Callable[[str], object]) -> Callable[[str], tuple]:
    """The function from the text of a cell to its value and what is wrong; cells repeat, so it remembers them."""
    is_text = field.type in ("code", "name", "text", "email")

    @lru_cache(maxsize=50_000)
    def read(cell: str) -> tuple[object, str]:
        text = cell.strip()
        if is_empty(text):
            return NOTHING
        try:
            return parse(unshield(text) if is_text else text), ""
        except ValueError as error:
            return None, error.args[0]

    return read
