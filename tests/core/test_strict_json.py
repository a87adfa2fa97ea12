import pytest

from core.strict_json import MAX_DEPTH, StrictJSONError, parse_json

REFUSED = {
    "NaN": b'{"amount": NaN}',
    "infinity": b"[-Infinity]",
    "float overflow": b"[1e400]",
    "money beyond any field": b'{"amount": 1e308}',
    "65 bit integer": b"[36893488147419103232]",
    "5000 digits": b"1" * 5000,
    "NUL": rb'{"name": "a\u0000b"}',
    "NUL in a key": rb'{"a\u0000": 1}',
    "lone surrogate": rb'["\ud83d"]',
    "deep list": b"[" * 10_000 + b"]" * 10_000,
    "deep object": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "just too deep": b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2),
    "not utf-8": b'{"name": "\xff"}',
    "cut off": b'{"name": ',
    "empty": b"",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_parse_json_refuses(body):
    with pytest.raises(StrictJSONError):
        parse_json(body)


def test_parse_json_takes_what_fields_can_hold():
    body = '{"name": "九川 😀", "amount": 12.5, "count": 9223372036854775807, "list": [null, true]}'
    assert parse_json(body.encode()) == {
        "name": "九川 😀",
        "amount": 12.5,
        "count": 2**63 - 1,
        "list": [None, True],
    }
