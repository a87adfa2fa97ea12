from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from core import formats


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        ("640000", "¥640 k", "64 万"),
        ("4200000", "¥4.20 M", "420 万"),
        ("48600000", "¥48.6 M", "4,860 万"),
        ("999", "¥999", "¥999"),
        ("8640", "¥8.64 k", "¥8,640"),
        ("15000", "¥15.0 k", "1.5 万"),
        ("123456789", "¥123 M", "1.2 亿"),
        ("-186000", "−¥186 k", "−19 万"),
        ("0", "¥0", "¥0"),
        (None, "–", "–"),
    ],
)
def test_money_reads_in_the_units_of_the_language(value, english, chinese):
    assert formats.money(value) == english
    with translation.override("zh-hans"):
        assert formats.money(value) == chinese


@pytest.mark.parametrize(
    ("value", "expected"), [("8348208.574", "¥8,348,208.57"), ("0.125", "¥0.12"), ("-3", "−¥3.00"), (None, "–")]
)
def test_amount_has_two_places_rounded_half_even(value, expected):
    assert formats.amount(value) == expected


def test_currency_without_a_sign_shows_its_code():
    assert formats.amount(5, "CHF") == "CHF 5.00"


@pytest.mark.parametrize(("value", "expected"), [(1234567, "1,234,567"), ("81.50", "81.5"), (2.333, "2.33"), (0, "0")])
def test_number_keeps_at_most_two_places(value, expected):
    assert formats.number(value) == expected


def test_percent_takes_a_share():
    assert formats.percent("0.823") == "82 %"
    assert formats.percent("-0.385", 1) == "−38.5 %"


def test_day_names_the_year_only_when_it_is_another():
    this_year = timezone.now().year
    assert formats.day(date(this_year, 5, 12)) == "12 May"
    assert formats.day(date(2010, 12, 9)) == "9 Dec 2010"
    with translation.override("zh-hans"):
        assert formats.day(date(this_year, 5, 12)) == "5月12日"
        assert formats.day(date(2010, 12, 9)) == "2010年12月9日"


def test_moment_is_on_the_readers_clock():
    with timezone.override("Asia/Shanghai"):
        assert formats.moment(datetime(2010, 12, 9, 20, 30, tzinfo=UTC)) == "10 Dec 2010 04:30"


def test_days_count_one_and_many():
    assert formats.days(1) == "1 day"
    assert formats.days(32) == "32 days"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("No order for 1,130 days; usually every 17.6.", "No order for <b>1,130</b> days; usually every <b>17.6</b>."),
        ("Orders −38 % & <b>", "Orders <b>−38 %</b> &amp; &lt;b&gt;"),
        ("A'B", "A&#x27;B"),
        ("", ""),
    ],
)
def test_figures_of_a_sentence_stand_out(text, html):
    assert formats.strong_figures(text) == html


def test_strong_figures_keep_sign_and_unit_together():
    text = formats.strong_figures("Orders came to ¥448 k, a year ago to −¥1.2 M (−33 %); 64 万 in 90 days.")
    assert text == (
        "Orders came to <b>¥448 k</b>, a year ago to <b>−¥1.2 M</b> (<b>−33 %</b>); <b>64 万</b> in <b>90</b> days."
    )
