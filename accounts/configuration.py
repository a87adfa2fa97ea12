"""The service levels of the tiers as versioned configuration: what each tier is promised.

The versions are the dated truth, see `core.versions.in_force_on`; the columns of `Tier` hold what is in force now.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from accounts.services.tier import AMOUNTS, FIRST_TIERS, SERVICE_FIELDS, write_service_levels
from core.condition_check import is_number
from core.problems import Problem
from core.versions import Document, Kind, register_kind

SERVICE_LEVELS = "service_levels"
MAXIMUM = 32_767
NEEDED = frozenset({"points_multiplier"})
MAXIMA = {"points_multiplier": 100, "gift_budget_amount": 10**9}


def level_of(tier: str, values: dict) -> Document:
    """One member of the document: the tier's code and all its promises, None for no promise."""
    return {"tier": tier, **{field: values.get(field) for field in SERVICE_FIELDS}}


FIRST_SERVICE_LEVELS: Document = {
    "levels": [level_of(tier["code"], {"points_multiplier": 1} | tier) for tier in FIRST_TIERS]
}


def problems_of_service_levels(document: Any) -> list[Problem]:
    """The faults of service levels: tiers unknown, missing or repeated, promises missing or out of range."""
    levels = document.get("levels") if isinstance(document, dict) else None
    if not isinstance(levels, list) or not all(isinstance(level, dict) for level in levels):
        return [Problem("missing", ("levels",), "levels")]
    problems = [Problem("unknown_field", (field,), str(field)) for field in sorted(set(document) - {"levels"})]
    problems += _tiers([str(level.get("tier")) for level in levels])
    for level in levels:
        problems += _level(level, ("levels", str(level.get("tier"))))
    return problems


def _tiers(named: list[str]) -> Iterator[Problem]:
    known = list(Tier.objects.values_list("code", flat=True))
    yield from (Problem("unknown_tier", ("levels",), tier[:60]) for tier in named if tier not in known)
    yield from (Problem("missing", ("levels",), tier) for tier in known if tier not in named)
    yield from (Problem("twice", ("levels",), tier) for tier in known if named.count(tier) > 1)


def _level(level: Document, path: tuple) -> Iterator[Problem]:
    fields = {"tier", *SERVICE_FIELDS}
    yield from (Problem("missing", (*path, field), field) for field in sorted(fields - set(level)))
    yield from (Problem("unknown_field", (*path, str(field)), str(field)) for field in sorted(set(level) - fields))
    for field in SERVICE_FIELDS:
        if field in level and not _is_promise(field, level[field]):
            yield Problem("out_of_range", (*path, field), label((field,)))


def _is_promise(field: str, value: Any) -> bool:
    """Whole days and hours from 1; amounts from 0 and the multiplier above it; None where nothing is promised."""
    if value is None:
        return field not in NEEDED
    if not is_number(value) or value > MAXIMA.get(field, MAXIMUM):
        return False
    if field in AMOUNTS:
        return value > 0 or (value == 0 and field not in NEEDED)
    return isinstance(value, int) and value >= 1


def label(path: tuple) -> str:
    """The words for one place of the document: "A · visit every (days)"."""
    words = [Tier._meta.get_field(part).verbose_name if part in SERVICE_FIELDS else part for part in path]
    return " · ".join(str(word) for word in words if word != "levels")


register_kind(
    Kind(
        SERVICE_LEVELS,
        _("Service levels"),
        problems_of_service_levels,
        seeds={"default": FIRST_SERVICE_LEVELS},
        labels=label,
        put_into_force=write_service_levels,
    )
)
