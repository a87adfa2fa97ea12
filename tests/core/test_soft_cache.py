"""A Redis that is away is a cache miss, not an error."""

import pytest

from core.soft_cache import SoftRedisCache


@pytest.fixture
def away(monkeypatch) -> SoftRedisCache:
    monkeypatch.setattr(SoftRedisCache, "away_until", 0.0)
    return SoftRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})


def test_reads_find_nothing_and_writes_are_forgotten(away):
    assert away.get("key", "otherwise") == "otherwise"
    assert away.get_many(["key"]) == {}
    assert away.set("key", 1) is None
    assert away.set_many({"key": 1}) == ["key"]
    assert away.add("key", 1) is True
    assert away.incr("key", 3) == 3
    assert away.get_or_set("key", lambda: 7) == 7
    assert "key" not in away
    assert not away.touch("key")
    assert not away.delete("key")
    away.delete_many(["key"])
    away.clear()


def test_cache_that_is_away_is_logged_once_and_left_alone_for_a_while(away, caplog):
    for _number in range(5):
        away.get("key")
    assert [record.levelname for record in caplog.records if "cache_away" in record.getMessage()] == ["WARNING"]
