from datetime import date

import pytest

from accounts.lunar import is_birthday, lunar_text, next_birthday


@pytest.mark.parametrize(
    ("day", "language", "text"),
    [
        (date(2026, 5, 12), "zh-hans", "三月廿六"),
        (date(2026, 5, 12), "en", "3/26"),
        (date(2027, 2, 6), "zh-hans", "正月初一"),
        (date(2025, 8, 1), "zh-hans", "闰六月初八"),
        (date(2025, 8, 1), "en", "leap 6/8"),
    ],
)
def test_lunar_text_names_the_day(day, language, text):
    assert lunar_text(day, language) == text


@pytest.mark.parametrize(
    ("birthday", "after", "expected"),
    [
        ((5, 14, False), date(2026, 5, 14), date(2026, 5, 14)),
        ((5, 14, False), date(2026, 5, 15), date(2027, 5, 14)),
        ((2, 29, False), date(2026, 3, 1), date(2027, 2, 28)),
        ((2, 29, False), date(2027, 3, 1), date(2028, 2, 29)),
        ((3, 28, True), date(2026, 5, 12), date(2026, 5, 14)),
        ((12, 30, True), date(2025, 1, 1), date(2025, 1, 28)),
        ((1, 1, True), date(2026, 12, 31), date(2027, 2, 6)),
    ],
)
def test_next_birthday_is_the_first_from_a_day_on(birthday, after, expected):
    assert next_birthday(*birthday, after) == expected


@pytest.mark.parametrize(
    ("birthday", "exists"),
    [
        ((None, None, None, False), True),
        ((2, 29, None, False), True),
        ((2, 29, 1999, False), False),
        ((2, 30, None, True), True),
        ((13, 1, None, True), False),
        ((4, None, None, False), False),
        ((None, None, 1999, False), False),
    ],
)
def test_birthday_exists(birthday, exists):
    assert is_birthday(*birthday) is exists
