"""A row of text → values by field, with what is wrong in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core.exports import unshield
from kam.imports.fields import Field, ParseOptions, parser_of
from kam.imports.values import is_empty


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
        self.columns: list[tuple[str, int, bool, Callable[[str], object]]] = [
            (field.key, mapping[field.key], field.type in ("code", "name", "text"), parser_of(field, options))
            for field in fields
            if field.key in mapping
        ]

    def parse(self, number: int, cells: list[str]) -> Row:
        row = Row(number, {})
        if len(cells) > self.width and any(cells[self.width :]):
            row.reject("", "too_many_cells")
        for key, index, is_text, parse in self.columns:
            text = cells[index].strip() if index < len(cells) else ""
            row.values[key] = (
                None if is_empty(text) else self._value(row, key, unshield(text) if is_text else text, parse)
            )
        return row

    @staticmethod
    def _value(row: Row, key: str, text: str, parse: Callable[[str], object]):
        try:
            return parse(text)
        except ValueError as error:
            reason = error.args[0]
            if reason == "unknown_country":
                row.warnings.append((reason, text))
            else:
                row.reject(key, reason)
            return None
