"""The fields a file can fill, one table per kind: their names in files, what they hold, how a cell becomes a value."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from kam.imports.countries import country_code
from kam.imports.values import clean_code, clean_text, parse_date, parse_flag, parse_number, parse_rate


@dataclass(frozen=True)
class Field:
    """One field: ``key`` is the canonical header, ``aliases`` are what other systems call it."""

    key: str
    label: str
    type: str  # code, name, text, number, quantity, rate, date, flag, country, currency, choice
    aliases: str = ""
    max_length: int = 0
    is_required: bool = False
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> list[str]:
        """The canonical header first, then the aliases."""
        return [self.key, *self.aliases.split()]


@dataclass(frozen=True)
class ParseOptions:
    """What a cell alone does not say."""

    zone: ZoneInfo
    date_order: str = ""


def parser_of(field: Field, options: ParseOptions) -> Callable[[str], object]:
    """The function from the text of a cell to a value; it raises ValueError with the key of a reason."""
    if field.type == "date":
        return partial(parse_date, order=options.date_order, zone=options.zone)
    if field.type == "choice":
        return partial(_choice, field=field)
    if field.type in PARSERS:
        return PARSERS[field.type]
    clean = clean_code if field.type == "code" else clean_text
    return partial(_text, clean=clean, max_length=field.max_length)


def _text(text: str, *, clean: Callable[[str], str], max_length: int) -> str:
    cleaned = clean(text)
    if max_length and len(cleaned) > max_length:
        raise ValueError("too_long")
    return cleaned


def _choice(text: str, *, field: Field) -> str:
    folded = text.strip().casefold()
    for value, label in field.choices:
        if folded in (value.casefold(), str(label).casefold()):
            return value
    raise ValueError("not_a_choice")


CURRENCY = re.compile(r"[A-Z]{3}")


def _currency(text: str) -> str:
    code = CURRENCY_NAMES.get(text.strip(), text.strip().upper())
    if not CURRENCY.fullmatch(code):
        raise ValueError("not_a_currency")
    return code


CURRENCY_NAMES = {"人民币": "CNY", "RMB": "CNY", "￥": "CNY", "¥": "CNY", "美元": "USD", "$": "USD", "欧元": "EUR",
                  "€": "EUR", "英镑": "GBP", "£": "GBP", "港币": "HKD", "港元": "HKD", "日元": "JPY"}  # fmt: skip
PARSERS: dict[str, Callable[[str], object]] = {
    "number": parse_number,
    "quantity": parse_number,
    "rate": parse_rate,
    "flag": parse_flag,
    "country": country_code,
    "currency": _currency,
}
