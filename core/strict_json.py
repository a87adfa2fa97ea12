"""JSON from outside, taken only when databases and calculations can hold every value in it."""

import json
import math

MAX_DEPTH = 50
MAX_INTEGER = 2**63 - 1
MAX_NUMBER = 1e30


class StrictJSONError(ValueError):
    """The body is not JSON, or holds a value that no field of ours could keep."""


def parse_json(body: bytes) -> object:
    """The value that ``body`` spells. Raises StrictJSONError, never anything else, for what is not acceptable."""
    try:
        value = json.loads(
            body.decode("utf-8"), parse_constant=refuse_constant, parse_int=bounded_integer, parse_float=bounded_float
        )
    except RecursionError as error:
        raise StrictJSONError("Nested too deeply.") from error
    except ValueError as error:
        raise StrictJSONError(str(error) if isinstance(error, StrictJSONError) else "Not valid JSON.") from error
    check_value(value)
    return value


def refuse_constant(name: str) -> None:
    raise StrictJSONError(f"{name} is not a number.")


def bounded_integer(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > MAX_INTEGER:
        raise StrictJSONError("Integer out of range.")
    return int(text)


def bounded_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or abs(number) > MAX_NUMBER:
        raise StrictJSONError("Number out of range.")
    return number


def check_value(value: object, depth: int = 0) -> None:
    """Raise StrictJSONError for nesting beyond MAX_DEPTH and for text with NUL or half of a surrogate pair."""
    if depth > MAX_DEPTH:
        raise StrictJSONError("Nested too deeply.")
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, list):
        for item in value:
            check_value(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            check_text(key)
            check_value(item, depth + 1)


def check_text(text: str) -> None:
    if "\x00" in text:
        raise StrictJSONError("Text with a NUL character.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise StrictJSONError("Text with half of a surrogate pair.")
