"""How figures, money and days read on the screen, in the language of the page."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext

from core.periods import business_date

NOTHING = "–"
FIGURE = re.compile(r"([−-]?(?:(?:HK|NT)?[¥$€£₹₩])?\d(?:[\d,.]*\d)?(?: (?:[kMB]\b|[万亿%]))?)")
MINUS = "−"
SIGNS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "INR": "₹", "KRW": "₩"}
ENGLISH_STEPS = ((Decimal(10) ** 9, " B"), (Decimal(10) ** 6, " M"), (Decimal(10) ** 3, " k"))
CHINESE_STEPS = ((Decimal(10) ** 8, " 亿"), (Decimal(10) ** 4, " 万"))
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def is_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def currency_sign(currency: str = "") -> str:
    """The sign before an amount; a currency without one shows its code and a space."""
    code = currency or settings.BASE_CURRENCY
    return SIGNS.get(code, f"{code} ")


def signed(value, text: str) -> str:
    """``text`` of the absolute value with a true minus in front when ``value`` is negative."""
    return MINUS + text if value < 0 else text


def three_figures(value: Decimal) -> str:
    """Three significant figures: 4.20, 48.6, 640."""
    places = 2 if value < Decimal("9.995") else 1 if value < Decimal("99.95") else 0
    return f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,}"


def short_chinese(value: Decimal, sign: str) -> str:
    """64 万, 1.24 亿; a figure below 1 万 is written out. The home currency needs no sign beside 万."""
    for step, unit in CHINESE_STEPS:
        if value >= step:
            scaled = value / step
            places = 1 if scaled < 10 and scaled != scaled.to_integral_value() else 0
            figure = f"{scaled.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,}"
            return ("" if settings.BASE_CURRENCY == "CNY" and sign == "¥" else sign) + figure + unit
    return f"{sign}{value.quantize(Decimal(1), rounding=ROUND_HALF_UP):,}"


def short_english(value: Decimal, sign: str) -> str:
    """¥640 k, ¥4.20 M; a figure below a thousand is written out."""
    for step, unit in ENGLISH_STEPS:
        if value >= step:
            return f"{sign}{three_figures(value / step)}{unit}"
    return f"{sign}{value.quantize(Decimal(1), rounding=ROUND_HALF_UP):,}"


def money(value, currency: str = "") -> str:
    """An amount for reading at a glance: ¥640 k in English, 64 万 in Chinese."""
    if value is None or value == "":
        return NOTHING
    value = Decimal(str(value))
    short = short_chinese if is_chinese() else short_english
    return signed(value, short(abs(value), currency_sign(currency)))


def amount(value, currency: str = "") -> str:
    """An exact amount with two places: ¥1,234.50."""
    if value is None or value == "":
        return NOTHING
    value = Decimal(str(value))
    cents = abs(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
    return signed(value, f"{currency_sign(currency)}{cents:,}")


def number(value, places: int | None = None) -> str:
    """A figure with thousands separators; without ``places`` it keeps the places it has, at most two."""
    if value is None or value == "":
        return NOTHING
    value = Decimal(str(value))
    if places is None:
        places = min(2, max(0, -value.normalize().as_tuple().exponent))
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    return signed(rounded, f"{abs(rounded):,}")


def change(value) -> str:
    """A figure that came or went, with its sign; nothing where nothing moved."""
    if not value:
        return NOTHING
    return f"+{number(value)}" if value > 0 else number(value)


def score(value) -> str:
    """Points of a hundred, whole: what is between two points decides nothing."""
    return number(value, 0)


def owed(value) -> str:
    """Short money; nothing where nothing is owed, so that debts stand out."""
    return money(value) if value else NOTHING


def percent(value, places: int = 0) -> str:
    """A share between 0 and 1 as per cent: 82 %."""
    if value is None or value == "":
        return NOTHING
    return f"{number(Decimal(str(value)) * 100, places)} %"


def day(value: date | datetime | None) -> str:
    """12 May or 5月12日; the year stands there only when it is not the running one."""
    if not value:
        return NOTHING
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    is_this_year = value.year == business_date().year
    if is_chinese():
        return f"{value.month}月{value.day}日" if is_this_year else f"{value.year}年{value.month}月{value.day}日"
    text = f"{value.day} {MONTHS[value.month - 1]}"
    return text if is_this_year else f"{text} {value.year}"


def moment(value: datetime | None) -> str:
    """A day with its time, on the reader's clock."""
    if not value:
        return NOTHING
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {date_format(local, 'H:i')}"


def listed(things) -> str:
    """Names one after the other, with the mark of the language between them."""
    return ("、" if is_chinese() else ", ").join(map(str, things))


def strong_figures(text: str) -> str:
    """A sentence as HTML in which the figures stand out."""
    parts = (format_html("<b>{}</b>" if at % 2 else "{}", part) for at, part in enumerate(FIGURE.split(text)))
    return format_html_join("", "{}", ((part,) for part in parts))


def days(value) -> str:
    """A span: 1 day, 32 days."""
    if value is None or value == "":
        return NOTHING
    whole = int(value)
    return ngettext("%(count)s day", "%(count)s days", whole) % {"count": number(whole)}


def yes_no(value: bool | None) -> str:
    if value is None:
        return NOTHING
    return gettext("Yes") if value else gettext("No")
