"""The fields a file can fill, one table per kind: their names in files, what they hold, how a cell becomes a value."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation

from core.search import fold
from kam.imports.countries import country_code
from kam.imports.values import (
    clean_code,
    clean_text,
    parse_birthday,
    parse_date,
    parse_flag,
    parse_moment,
    parse_number,
    parse_rate,
)


@dataclass(frozen=True)
class Field:
    """One field: ``key`` is the canonical header, ``aliases`` are what other systems call it."""

    key: str
    label: str
    type: str  # code, name, text, email, number, quantity, rate, date, moment, birthday, flag, country, currency,
    # or choice
    aliases: str = ""
    max_length: int = 0
    is_required: bool = False
    choices: tuple[tuple[str | int, str], ...] | list[tuple[str | int, str]] = ()
    words: tuple[tuple[str, str], ...] = ()  # what other systems write for a choice

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
    if field.type in DATED:
        return partial(DATED[field.type], order=options.date_order, zone=options.zone)
    if field.type == "choice":
        return partial(_choice, meanings=meanings_of(field))
    if field.type in PARSERS:
        return PARSERS[field.type]
    clean = clean_code if field.type == "code" else clean_text
    return partial(_text, clean=clean, max_length=field.max_length)


def _text(text: str, *, clean: Callable[[str], str], max_length: int) -> str:
    cleaned = clean(text)
    if max_length and len(cleaned) > max_length:
        raise ValueError("too_long")
    return cleaned


def meanings_of(field: Field) -> dict[str, str | int]:
    """Folded text → value: the value itself, its label in both languages, the words of other systems."""
    meanings = {fold(word): value for word, value in field.words}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            meanings |= {fold(str(label)): value for value, label in field.choices}
    return meanings | {fold(str(value)): value for value, _label in field.choices}


def _choice(text: str, *, meanings: dict[str, str | int]) -> str | int:
    try:
        return meanings[fold(text)]
    except KeyError:
        raise ValueError("not_a_choice") from None


def _email(text: str) -> str:
    address = clean_text(text).removeprefix("mailto:")
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValueError("not_an_email") from error
    return address


CURRENCY = re.compile(r"[A-Z]{3}")


def _currency(text: str) -> str:
    code = CURRENCY_NAMES.get(text.strip(), text.strip().upper())
    if not CURRENCY.fullmatch(code):
        raise ValueError("not_a_currency")
    return code


CURRENCY_NAMES = {"人民币": "CNY", "RMB": "CNY", "￥": "CNY", "¥": "CNY", "美元": "USD", "$": "USD", "欧元": "EUR",
                  "€": "EUR", "英镑": "GBP", "£": "GBP", "港币": "HKD", "港元": "HKD", "日元": "JPY"}  # fmt: skip
DATED: dict[str, Callable[..., object]] = {"date": parse_date, "moment": parse_moment, "birthday": parse_birthday}
PARSERS: dict[str, Callable[[str], object]] = {
    "email": _email,
    "number": parse_number,
    "quantity": parse_number,
    "rate": parse_rate,
    "flag": parse_flag,
    "country": country_code,
    "currency": _currency,
}
