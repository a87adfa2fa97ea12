"""A request that its sender may repeat is done once: the key its sender made guards the first answer."""

import hashlib
import json
from collections.abc import Callable
from typing import TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import QueryDict

from core.models import IdempotencyKey

Made = TypeVar("Made", bound=Model)
MARK = "once"
"""The hidden field of a form that makes a record: new with every page, the same when a form is sent twice."""


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


def form_key(sent: QueryDict) -> str:
    """The key of a form as it was sent, the same only for the same content; empty for a form without a mark."""
    if not sent.get(MARK):
        return ""
    return f"form {content_hash({name: values for name, values in sent.lists() if name != 'csrfmiddlewaretoken'})}"


def made_before(*, user, sent: QueryDict, model: type[Made]) -> Made | None:
    """The record that this very form made when it was sent before, if it was."""
    key = form_key(sent)
    kept = IdempotencyKey.objects.filter(user=user, key=key, response__isnull=False).first() if key else None
    return model._base_manager.filter(pk=kept.response).first() if kept else None


def make_once(*, user, sent: QueryDict, model: type[Made], act: Callable[[], Made]) -> Made:
    """What ``act`` makes, or what it made when the same form was sent before, a moment ago by a second click."""
    key = form_key(sent)
    if not key:
        return act()
    pk, _is_new = once(user=user, key=key, content={}, act=lambda: act().pk)
    return model._base_manager.get(pk=pk)
