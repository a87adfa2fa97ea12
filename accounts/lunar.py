"""Days of the Chinese lunar calendar, beside the solar ones (source of the conversion: borax, 1900–2100)."""

from datetime import date

from borax.calendars.lunardate import LunarDate

LEAP_YEAR = 2000
LUNAR_MONTH_DAYS = 30


def lunar_date(day: date) -> LunarDate:
    """The lunar date of a solar ``day``. Raises InvalidLunarDateError outside 1900–2100."""
    return LunarDate.from_solar(day)


def lunar_text(day: date, language: str) -> str:
    """``day`` in the lunar calendar, without its year: 三月廿六 in Chinese, 3/26 elsewhere.

    >>> lunar_text(date(2026, 5, 12), "zh-hans"), lunar_text(date(2026, 5, 12), "en")
    ('三月廿六', '3/26')
    """
    lunar = lunar_date(day)
    if language.startswith("zh"):
        return f"{lunar.cn_month}月{lunar.cn_day}" if not lunar.leap else f"闰{lunar.cn_month}月{lunar.cn_day}"
    return f"{'leap ' if lunar.leap else ''}{lunar.month}/{lunar.day}"


def is_birthday(month: int | None, day: int | None, year: int | None, is_lunar: bool) -> bool:
    """Whether month and day (both or neither), with or without the year, name a day that exists."""
    if month is None and day is None:
        return year is None
    if month is None or day is None:
        return False
    if is_lunar:
        return 1 <= month <= 12 and 1 <= day <= LUNAR_MONTH_DAYS
    return _exists(year or LEAP_YEAR, month, day)


def next_birthday(month: int, day: int, is_lunar: bool, after: date) -> date:
    """The first solar day from ``after`` on that is the birthday; 30 of a short lunar month is its 29th,
    29 February of a common year is the 28th."""
    for year in (after.year - 1, after.year, after.year + 1):
        birthday = _lunar_day(year, month, day) if is_lunar else _solar_day(year, month, day)
        if birthday >= after:
            return birthday
    raise ValueError((month, day))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _solar_day(year: int, month: int, day: int) -> date:
    return date(year, month, day if _exists(year, month, day) else 28)


def _lunar_day(year: int, month: int, day: int) -> date:
    try:
        return LunarDate(year, month, day).to_solar_date()
    except ValueError:
        return LunarDate(year, month, day - 1).to_solar_date()
