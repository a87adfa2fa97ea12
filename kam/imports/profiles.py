"""What the values of a column look like."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from kam.imports.countries import country_code
from kam.imports.values import is_empty, parse_date, parse_flag, parse_number, parse_rate

UTC = ZoneInfo("UTC")
CODE = re.compile(r"[\w./#:\- ]{1,60}")
WORD = re.compile(r"[A-Za-z0-9_.\-/#]{1,40}")
CURRENCY = re.compile(r"[A-Z]{3}|人民币|美元|欧元|英镑|港币|日元")
EMPTY_FIT = 0.6


def _succeeds(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


@dataclass
class Profile:
    """Shares, from 0 to 1, of the filled cells of one column that can be read in some way."""

    values: list[str]

    @cached_property
    def filled(self) -> list[str]:
        return [value.strip() for value in self.values if not is_empty(value.strip())]

    def share(self, test: Callable[[str], bool]) -> float:
        return sum(map(test, self.filled)) / len(self.filled) if self.filled else 0.0

    @cached_property
    def dates(self) -> float:
        return self.share(lambda text: _succeeds(lambda value: parse_date(value, "", UTC), day_first(text)))

    @cached_property
    def numbers(self) -> float:
        return self.share(lambda text: _succeeds(parse_number, text))

    @cached_property
    def integers(self) -> float:
        return self.share(lambda text: _succeeds(parse_number, text) and parse_number(text) % 1 == 0)

    @property
    def fractions(self) -> float:
        return self.numbers - self.integers

    @cached_property
    def lettered(self) -> float:
        return self.share(lambda text: sum(character.isalpha() for character in text) * 2 >= len(text))

    @cached_property
    def codes(self) -> float:
        return self.share(lambda text: any(c.isdigit() for c in text) and bool(CODE.fullmatch(text)))

    @cached_property
    def distinct(self) -> int:
        return len(set(self.filled))

    def floats(self) -> list[float | None]:
        return [float(parse_number(v.strip())) if _succeeds(parse_number, v.strip()) else None for v in self.values]

    def fit(self, kind: str) -> float:
        """How well the values serve a field of this type; a column without values could serve any."""
        return FITS.get(kind, _fit_text)(self) if self.filled else EMPTY_FIT


def day_first(text: str) -> str:
    """Some reading of 23/04/2025: the profile only asks whether it is a date at all."""
    match = re.match(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2,4}.*)", text)
    return f"{match[3]}/{match[1]}/{match[4]}" if match and int(match[1]) > 12 else text


def _fit_code(column: Profile) -> float:
    """Codes have digits or are one plain word; they are no dates and no amounts with decimals."""
    is_date = column.dates > 0.8 and column.integers < 0.5
    words = column.share(lambda text: bool(WORD.fullmatch(text))) * 0.75
    return max(column.codes, words) * (0.2 if is_date or column.fractions > 0.2 else 1.0)


def _fit_name(column: Profile) -> float:
    return column.lettered * (0.7 if column.codes > 0.9 else 1.0)


def _fit_text(column: Profile) -> float:
    return 0.4 if column.dates > 0.8 and column.integers < 0.5 else 1.0


def _fit_quantity(column: Profile) -> float:
    return column.numbers * (1.0 if column.integers > 0.5 else 0.6)


FITS: dict[str, Callable[[Profile], float]] = {
    "code": _fit_code,
    "name": _fit_name,
    "number": lambda column: column.numbers,
    "quantity": _fit_quantity,
    "date": lambda column: column.dates,
    "moment": lambda column: column.dates,
    "email": lambda column: column.share(lambda text: "@" in text),
    "rate": lambda column: column.share(lambda text: _succeeds(parse_rate, text)),
    "flag": lambda column: column.share(lambda text: _succeeds(parse_flag, text)),
    "country": lambda column: column.share(lambda text: _succeeds(country_code, text)),
    "currency": lambda column: column.share(lambda text: bool(CURRENCY.fullmatch(text.upper()))),
}


def profile(values: list[str]) -> Profile:
    return Profile(values)


def is_running_number(column: Profile) -> bool:
    """Whether the column only counts the rows."""
    try:
        numbers = [int(value) for value in column.filled]
    except ValueError:
        return False
    return len(numbers) > 2 and all(after - before == 1 for before, after in pairwise(numbers))


def agreement(keys: list[str], values: list[str]) -> float:
    """Share of the rows whose key always comes with one and the same value."""
    seen: dict[str, set[str]] = defaultdict(set)
    for key, value in zip(keys, values, strict=True):
        seen[key].add(value)
    return sum(len(seen[key]) == 1 for key in keys) / len(keys) if keys else 0.0
