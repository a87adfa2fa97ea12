"""A fingerprint of everything the business keeps, to prove that something changed nothing.

Left out: the rows that describe runs, the audit trail, the sums of orders by month (which are proven elsewhere), and
every column ending in ``_at`` or naming a sign-in, because they tell when and how often, not what.
"""

import hashlib

from django.apps import apps
from django.db import models

OWN_APPS = ("core", "users", "accounts", "sales", "segmentation", "churn", "loyalty", "kam")
DERIVED_MODELS = {"sales.AccountMonth", "sales.ChangedMonth"}
LEFT_OUT_MODELS = {"kam.Run", "kam.RunStep", "kam.RunShard", "kam.RunError", "kam.Sweep", "core.AuditEntry"}
LEFT_OUT_COLUMNS = {"last_login"}


def business_models() -> list[type[models.Model]]:
    return [model for app in OWN_APPS for model in apps.get_app_config(app).get_models() if is_business(model)]


def is_business(model) -> bool:
    return model._meta.label not in LEFT_OUT_MODELS | DERIVED_MODELS and not model._meta.proxy


def business_columns(model) -> list[str]:
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if not name.endswith("_at") and name not in LEFT_OUT_COLUMNS]


def table_digest(model, left_out: frozenset[str] = frozenset()) -> str:
    """The hash of one table, rows in the order of their keys; ``left_out`` names columns to ignore."""
    columns = [name for name in business_columns(model) if name not in left_out]
    digest = hashlib.sha256()
    for row in model._base_manager.order_by("pk").values_list(*columns).iterator(chunk_size=2000):
        digest.update(repr(tuple(map(plain, row))).encode())
    return digest.hexdigest()


def plain(value):
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else value


def database_digest() -> dict[str, str]:
    """Table → hash, so that a difference names the table."""
    return {model._meta.label: table_digest(model) for model in business_models()}
