"""A request that its sender may repeat is done once: the key its sender made guards the first answer."""

import hashlib
import json
from collections.abc import Callable

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from core.models import IdempotencyKey


class KeyReusedError(Exception):
    """The same key came again with another content."""


def content_hash(content: dict) -> str:
    """A digest of ``content`` that is the same for equal content in any order of keys."""
    text = json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def once(*, user, key: str, content: dict, act: Callable[[], int]) -> tuple[int, bool]:
    """The primary key that ``act`` returned the first time, and whether it ran just now.

    Raises KeyReusedError when ``user`` sent ``key`` before with another content. A key whose ``act`` failed is free.
    """
    digest = content_hash(content)
    try:
        with transaction.atomic():
            kept = IdempotencyKey.objects.create(user=user, key=key, request_hash=digest)
    except IntegrityError:
        kept = IdempotencyKey.objects.get(user=user, key=key)
        if kept.request_hash != digest:
            raise KeyReusedError(key) from None
        return kept.response, False
    kept.response = act()
    kept.save(update_fields=["response"])
    return kept.response, True
