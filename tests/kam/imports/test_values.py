"""Cells as people and programs write them."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kam.imports.values import clean_code, clean_text, date_order, parse_date, parse_flag, parse_number, parse_rate

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        ("-0.5", "-0.5"),
        ("1,234.56", "1234.56"),
        ("¥1,234", "1234"),
        ("１２.５", "12.5"),
        ("(7.10)", "-7.10"),
        ("7.10-", "-7.10"),
        ("−3", "-3"),
        ("1.234,56", "1234.56"),
        ("12,5", "12.5"),
        ("1 234", "1234"),
        ("1e3", "1000"),
        ("60.70400000000001", "60.7040"),
        ("0.00005", "0.0000"),
        ("0.00015", "0.0002"),
    ],
)
def test_number(text, number):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1e308", "1e999", "1,2,3", "12-3", "1_000", "9" * 40])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match=r"not_a_number|number_too_large"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2009-12-01 07:45", date(2009, 12, 1)),
        ("2017/04/27", date(2017, 4, 27)),
        ("2017/4/7 0:00", date(2017, 4, 7)),
        ("2017年4月27日", date(2017, 4, 27)),
        ("20170427", date(2017, 4, 27)),
        ("27.04.2017", date(2017, 4, 27)),
        ("27-Apr-2017", date(2017, 4, 27)),
        ("Apr 27, 2017", date(2017, 4, 27)),
        ("4/27/2017 3:05 PM", date(2017, 4, 27)),
        ("42852", date(2017, 4, 27)),
        ("42852.5", date(2017, 4, 27)),
        ("2017-04-27T20:00:00Z", date(2017, 4, 28)),
        ("2017-04-27 20:00:00+08:00", date(2017, 4, 27)),
    ],
)
def test_date(text, day):
    assert parse_date(text, "", SHANGHAI) == day


@pytest.mark.parametrize("text", ["2017-02-30", "13/13/2017", "0", "123456", "soon", "31/04/2017", "9999-12-31"])
def test_what_is_no_date(text):
    with pytest.raises(ValueError, match="not_a_date"):
        parse_date(text, "dmy", SHANGHAI)


def test_order_of_day_and_month_follows_the_file():
    assert date_order(["03/04/2025", "25/04/2025"]) == "dmy"
    assert date_order(["03/04/2025", "04/25/2025"]) == "mdy"
    assert date_order(["03/04/2025", "2025-04-25"]) == ""
    assert parse_date("03/04/2025", "dmy", SHANGHAI) == date(2025, 4, 3)


def test_shares_and_flags():
    assert [parse_rate(text) for text in ("0.4", "40%", "40％", "0")] == [
        Decimal(x) for x in ("0.4", "0.4", "0.4", "0")
    ]
    assert [parse_flag(text) for text in ("是", "Yes", "1", "否", "no")] == [True, True, True, False, False]
    for parse, text in ((parse_rate, "40"), (parse_rate, "-0.1"), (parse_flag, "perhaps")):
        with pytest.raises(ValueError, match="not_a_"):
            parse(text)


def test_codes_lose_the_decimals_of_tables_and_texts_their_odd_spaces():
    assert clean_code("13085.0") == "13085"
    assert clean_code("1.05") == "1.05"
    assert clean_text(" a\u3000b\n") == "a b"
    for text in ("a\x00b", "a\ud800b"):
        with pytest.raises(ValueError, match="unreadable_character"):
            clean_text(text)
