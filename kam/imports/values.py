"""Text of a cell → value. No Django; each parser raises ValueError with the key of a reason."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.money import parse_amount

EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_DAYS = (10_000, 80_000)  # 1927 to 2119
FIRST_YEAR, LAST_YEAR = 1900, 2200
PLAIN_NUMBER = re.compile(r"[+\-−]?\d+(\.\d+)?([eE][+\-]?\d{1,3})?")
THOUSANDS = re.compile(r"[+\-]?\d{1,3}(,\d{3})+(\.\d+)?")
DECIMAL_COMMA = re.compile(r"[+\-]?\d{1,3}((\.\d{3})+|\d*),\d{1,4}")
MONEY_SIGNS = re.compile(r"[\s¥￥$€£元]|CNY|RMB|USD|EUR|GBP", re.IGNORECASE)
BRACKETED = re.compile(r"\((.+)\)")
WHOLE_FLOAT = re.compile(r"\d+\.0")

ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
OTHER = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})\.?[-, ]+(\d{4})")
NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
CLOCK = re.compile(r"([T ]+|[T ]*(上午|下午|晚上)[T ]*)\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp][Mm])?")
ZONED = re.compile(r".*\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})")
TIME_OF_DAY = re.compile(
    r"(?P<zh>上午|下午|晚上)?[T ]*(?P<hour>\d{1,2}):(?P<minute>\d{2})(:(?P<second>\d{2})(\.\d+)?)?"
    r"\s*(?P<mark>[AaPp][Mm])?$"
)
SERIAL = re.compile(r"\d{5}\.\d+")
MONTH_AND_DAY = re.compile(r"-{0,2}(\d{1,2})[-/.月](\d{1,2})日?")
NOON, DAY_SECONDS = 12, 86_400
MONTHS = {
    name: n
    for n, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}

TRUE = {"1", "y", "yes", "true", "t", "x", "是", "真", "退货", "退", "return", "returned", "√"}
FALSE = {"", "0", "n", "no", "false", "f", "否", "假", "-", "销售", "sale", "×"}
EMPTY = {"null", "none", "nan", "n/a", "#n/a", "nil", "\\n"}


def clean_text(text: str) -> str:
    """Trimmed text. Raises ValueError on characters that no database keeps."""
    text = text.strip()
    if not text.isprintable():
        text = "".join(" " if character in "\t\r\n\u3000\xa0\u2028" else character for character in text)
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            raise ValueError("unreadable_character")
    return text


def clean_code(text: str) -> str:
    """A number or code that identifies something; the ``.0`` that tables put behind whole numbers is cut off."""
    text = clean_text(text)
    return text[:-2] if text.endswith(".0") and WHOLE_FLOAT.fullmatch(text) else text


def parse_number(text: str) -> Decimal:
    """A number with signs of currency, thousands or a decimal comma, to four places, never through float."""
    if PLAIN_NUMBER.fullmatch(text):
        return _amount(text)
    text = MONEY_SIGNS.sub("", unicodedata.normalize("NFKC", text)).replace("−", "-")
    if match := BRACKETED.fullmatch(text):
        text = f"-{match[1]}"
    if text.endswith("-"):
        text = f"-{text[:-1]}"
    if THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif DECIMAL_COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    if not PLAIN_NUMBER.fullmatch(text):
        raise ValueError("not_a_number")
    return _amount(text)


def _amount(text: str) -> Decimal:
    try:
        return parse_amount(text)
    except ValueError as error:
        raise ValueError("number_too_large") from error


def parse_rate(text: str) -> Decimal:
    """A share: ``0.4`` or ``40%``."""
    share = parse_number(text[:-1]) / 100 if text.endswith(("%", "％")) else parse_number(text)
    if not 0 <= share <= 1:
        raise ValueError("not_a_share")
    return share


def parse_flag(text: str) -> bool:
    folded = text.casefold()
    if folded in TRUE:
        return True
    if folded in FALSE:
        return False
    raise ValueError("not_a_flag")


@lru_cache(maxsize=20_000)
def parse_date(text: str, order: str, zone: ZoneInfo) -> date:
    """The business date in ``text``; a time without zone is business time, one with a zone is brought into it.

    ``order`` (dmy or mdy) decides what 03/04/2025 means, without it strokes mean mdy and dots dmy; dates that begin
    with the year need no help.
    """
    if ZONED.fullmatch(text):
        return _zoned(text, zone)
    day = CLOCK.sub("", text).strip()
    parts = _parts(day, order)
    if parts is None:
        return _serial(day)
    try:
        found = date(*parts)
    except ValueError as error:
        raise ValueError("not_a_date") from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError("not_a_date")
    return found


def parse_moment(text: str, order: str, zone: ZoneInfo) -> datetime | date:
    """The moment in ``text``, read as `parse_date` reads its day; a plain day when the text names no time."""
    if ZONED.fullmatch(text):
        return _instant(text)
    if SERIAL.fullmatch(text):
        return _serial_moment(text, zone)
    day = parse_date(text, order, zone)
    match = TIME_OF_DAY.search(text)
    return datetime.combine(day, _time(match), zone) if match else day


def _time(match: re.Match) -> time:
    hour, mark = int(match["hour"]), (match["mark"] or match["zh"] or "").casefold()
    if mark in ("pm", "下午", "晚上") and hour < NOON:
        hour += NOON
    elif mark in ("am", "上午") and hour == NOON:
        hour = 0
    try:
        return time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError as error:
        raise ValueError("not_a_date") from error


def _serial_moment(text: str, zone: ZoneInfo) -> datetime:
    seconds = round((Decimal(text) % 1) * DAY_SECONDS)
    return datetime.combine(_serial(text), time(), zone) + timedelta(seconds=seconds)


def parse_birthday(text: str, order: str, zone: ZoneInfo) -> str:
    """A birthday as ``1980-03-15``, or ``03-15`` when the text names no year."""
    if match := MONTH_AND_DAY.fullmatch(text):
        month, day = int(match[1]), int(match[2])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            raise ValueError("not_a_date")
        return f"{month:02d}-{day:02d}"
    return parse_date(text, order, zone).isoformat()


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
    except ValueError as error:
        raise ValueError("not_a_date") from error


def _zoned(text: str, zone: ZoneInfo) -> date:
    try:
        return _instant(text).astimezone(zone).date()
    except OverflowError as error:
        raise ValueError("not_a_date") from error


def _parts(text: str, order: str) -> tuple[int, int, int] | None:
    if (match := ISO.fullmatch(text)) or (match := COMPACT.fullmatch(text)):
        return int(match[1]), int(match[2]), int(match[3])
    if match := OTHER.fullmatch(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        year += 2000 if year < 100 else 0
        is_month_first = order == "mdy" or (not order and "/" in text)
        return (year, first, second) if is_month_first else (year, second, first)
    if match := NAMED.fullmatch(text):
        return int(match[3]), MONTHS.get(match[2][:3].lower(), 0), int(match[1])
    if match := NAMED_FIRST.fullmatch(text):
        return int(match[3]), MONTHS.get(match[1][:3].lower(), 0), int(match[2])
    return None


def _serial(text: str) -> date:
    """The day a spreadsheet counts from the end of 1899."""
    if not re.fullmatch(r"\d{5}(\.\d+)?", text) or not EXCEL_DAYS[0] <= float(text) <= EXCEL_DAYS[1]:
        raise ValueError("not_a_date")
    return EXCEL_EPOCH + timedelta(days=int(float(text)))


def date_order(texts: list[str]) -> str:
    """``dmy``, ``mdy`` or '' when nothing in ``texts`` tells: a first part above 12 is a day, a second one too."""
    pairs = [(int(match[1]), int(match[2])) for text in texts if (match := OTHER.match(text))]
    if any(first > 12 for first, _second in pairs):
        return "dmy"
    return "mdy" if any(second > 12 for _first, second in pairs) else ""


def is_empty(text: str) -> bool:
    return not text or text.casefold() in EMPTY
