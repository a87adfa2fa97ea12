import pytest

from core.templatetags import kam


@pytest.mark.parametrize(
    ("name", "expected"),
    [("周雯", "周"), ("Marco Bellini", "MB"), ("Ann Mary Lee", "AL"), ("Cher", "C"), ("", "?")],
)
def test_initials_of_a_name(name, expected):
    assert kam.initials(name) == expected


def test_icon_points_into_the_sprite():
    assert 'href="/static/img/icons.svg#i-bell"' in kam.icon("bell", "k-i-14")
