import pytest

from accounts.mobile import mobile_number


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("", "", ""),
        ("138 0013 8000", "", "+8613800138000"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+44 20 7946 0958", "CN", "+442079460958"),
        ("(0)7400-123456", "GB", "+447400123456"),
    ],
)
def test_mobile_number_becomes_e164(text, country, expected):
    assert mobile_number(text, country) == expected


@pytest.mark.parametrize("text", ["abc", "12", "+"])
def test_mobile_number_refuses_what_is_none(text):
    with pytest.raises(ValueError):
        mobile_number(text)
