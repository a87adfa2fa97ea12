"""A cache that may be away: pages do without it, and what is counted in it (throttles) counts nothing meanwhile."""

import time

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)

AWAY_SECONDS = 5
"""A cache that did not answer is not asked again for so long, so that a page waits for it once."""


class SoftRedisCache(RedisCache):
    """Redis as a cache whose loss nobody notices but the log: reads find nothing, writes are forgotten."""

    away_until = 0.0

    def _ask(self, question, otherwise):
        if time.monotonic() < SoftRedisCache.away_until:
            return otherwise
        try:
            return question()
        except (RedisError, OSError) as error:
            SoftRedisCache.away_until = time.monotonic() + AWAY_SECONDS
            logger.warning("cache_away", error=type(error).__name__)
            return otherwise

    def get(self, key, default=None, version=None):
        return self._ask(lambda: super(SoftRedisCache, self).get(key, default, version), default)

    def set(self, *args, **kwargs):
        return self._ask(lambda: super(SoftRedisCache, self).set(*args, **kwargs), None)

    def add(self, *args, **kwargs):
        return self._ask(lambda: super(SoftRedisCache, self).add(*args, **kwargs), True)

    def touch(self, *args, **kwargs):
        return self._ask(lambda: super(SoftRedisCache, self).touch(*args, **kwargs), False)

    def delete(self, *args, **kwargs):
        return self._ask(lambda: super(SoftRedisCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args, **kwargs):
        return self._ask(lambda: super(SoftRedisCache, self).get_many(*args, **kwargs), {})

    def set_many(self, data, *args, **kwargs):
        return self._ask(lambda: super(SoftRedisCache, self).set_many(data, *args, **kwargs), list(data))

    def delete_many(self, *args, **kwargs):
        return self._ask(lambda: super(SoftRedisCache, self).delete_many(*args, **kwargs), None)

    def has_key(self, *args, **kwargs):
        return self._ask(lambda: super(SoftRedisCache, self).has_key(*args, **kwargs), False)

    def incr(self, key, delta=1, version=None):
        return self._ask(lambda: super(SoftRedisCache, self).incr(key, delta, version), delta)

    def clear(self):
        return self._ask(lambda: super(SoftRedisCache, self).clear(), False)
