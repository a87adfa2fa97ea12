"""Value score, tier limits and RFM as versioned configuration: their check and their first versions."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from core import facts
from core.condition_check import is_number
from core.problems import Problem
from core.scores import LINEAR, METHODS
from core.versions import Document, Kind, register_kind
from segmentation.rfm import HIGH_RULES

VALUE_SCORE, TIERS, RFM, LIFETIME_VALUE = "value_score", "tiers", "rfm", "lifetime_value"
RFM_CLASSES = 5

FIRST_VALUE_SCORE: Document = {
    "components": [
        {"fact": "revenue_365d", "weight": 40, "method": "percentile"},
        {"fact": "orders_365d", "weight": 15, "method": "percentile"},
        {"fact": "days_since_last_order", "weight": 15, "method": "linear", "zero_at": 365, "full_at": 0},
        {"fact": "revenue_growth_365d", "weight": 15, "method": "linear", "zero_at": -0.5, "full_at": 0.5},
        {"fact": "payment_days_late_avg_365d", "weight": 15, "method": "linear", "zero_at": 60, "full_at": 0},
    ]
}
FIRST_TIERS: Document = {
    "limits": [{"tier": "A", "minimum": 80}, {"tier": "B", "minimum": 60}, {"tier": "C", "minimum": 40}],
    "otherwise": "D",
    "minimum_confidence": 0.4,
}
FIRST_RFM: Document = {
    "quantiles": [0.2, 0.4, 0.6, 0.8],
    "minimum_population": 20,
    "high_from": 4,
    "high_rule": "score",
}
FIRST_LIFETIME_VALUE: Document = {
    "yearly_discount_rate": 0.1,
    "silence_days": 180,
    "minimum_repeat_accounts": 30,
}
LONGEST_SILENCE_DAYS = 1095
WORDS = {
    "components": _("Weights"),
    "weight": _("weight"),
    "method": _("method"),
    "zero_at": _("0 points at"),
    "full_at": _("100 points at"),
    "limits": _("Limits"),
    "minimum": _("from"),
    "otherwise": _("Below all limits"),
    "minimum_confidence": _("Least confidence"),
    "quantiles": _("Quantiles"),
    "minimum_population": _("Smallest population"),
    "high_from": _("High from class"),
    "high_rule": _("What counts as high"),
    "yearly_discount_rate": _("Discount a year"),
    "silence_days": _("Silence looked ahead (days)"),
    "minimum_repeat_accounts": _("Fewest accounts that ordered again"),
}


def problems_of_value_score(document: Any) -> list[Problem]:
    """The faults of a value score, in reading order; empty when it can be computed tonight."""
    problems = _fields(document, {"components"})
    if problems:
        return problems
    components = document["components"]
    if not _is_list_of_objects(components):
        return [Problem("empty", ("components",))]
    for position, component in enumerate(components):
        problems += _component(component, ("components", position))
    problems += _twice([component.get("fact") for component in components], ("components",))
    weights = [component.get("weight") for component in components]
    if all(map(is_number, weights)) and round(sum(weights), 9) != 100:
        problems.append(Problem("wrong_sum", ("components",), f"{sum(weights):g}"))
    return problems


def _component(component: Document, path: tuple) -> Iterator[Problem]:
    ends = {"zero_at", "full_at"} if component.get("method") == LINEAR else set()
    if problems := _fields(component, {"fact", "weight", "method"} | ends, path):
        yield from problems
        return
    yield from _fact(component["fact"], (*path, "fact"))
    if component["method"] not in METHODS:
        yield Problem("out_of_range", (*path, "method"), str(component["method"]))
    numbers = [field for field in ("weight", *sorted(ends)) if not is_number(component[field])]
    yield from (Problem("not_a_number", (*path, field), str(component[field])[:60]) for field in numbers)
    if numbers:
        return
    if not 0 < component["weight"] <= 100:
        yield Problem("out_of_range", (*path, "weight"), str(component["weight"]))
    if ends and component["zero_at"] == component["full_at"]:
        yield Problem("out_of_range", (*path, "full_at"), str(component["full_at"]))


def _fact(key: Any, path: tuple) -> Iterator[Problem]:
    """A score is shown to everybody on the account, so it may not rest on what reps may not read."""
    fact = facts.offered().get(str(key))
    if fact is None:
        yield Problem("unknown_fact", path, str(key)[:60])
    elif fact.is_sensitive:
        yield Problem("sensitive_fact", path, fact.key)
    elif not fact.is_numeric:
        yield Problem("not_a_number", path, fact.key)


def problems_of_tiers(document: Any) -> list[Problem]:
    """The faults of tier limits: unknown or repeated tiers, limits that do not fall, numbers out of range."""
    problems = _fields(document, {"limits", "otherwise", "minimum_confidence"})
    if problems:
        return problems
    if not _is_list_of_objects(document["limits"]):
        return [Problem("empty", ("limits",))]
    for position, limit in enumerate(document["limits"]):
        problems += _fields(limit, {"tier", "minimum"}, ("limits", position))
    if problems:
        return problems
    return [*_tiers(document), *_minimums(document["limits"]), *_confidence(document["minimum_confidence"])]


def _tiers(document: Document) -> Iterator[Problem]:
    known = set(Tier.objects.values_list("code", flat=True))
    named = [(("limits", position, "tier"), limit["tier"]) for position, limit in enumerate(document["limits"])]
    named.append((("otherwise",), document["otherwise"]))
    yield from (Problem("unknown_tier", path, str(tier)[:60]) for path, tier in named if tier not in known)
    yield from _twice([tier for _path, tier in named], ("limits",))


def _minimums(limits: list[Document]) -> Iterator[Problem]:
    before = None
    for position, limit in enumerate(limits):
        path, minimum = ("limits", position, "minimum"), limit["minimum"]
        if not is_number(minimum):
            yield Problem("not_a_number", path, str(minimum)[:60])
            return
        if not 0 <= minimum <= 100:
            yield Problem("out_of_range", path, f"{minimum:g}")
        if before is not None and minimum >= before:
            yield Problem("not_falling", path, f"{minimum:g}")
        before = minimum


def _confidence(value: Any) -> Iterator[Problem]:
    if not is_number(value) or not 0 <= value <= 1:
        yield Problem("out_of_range", ("minimum_confidence",), str(value)[:60])


def problems_of_rfm(document: Any) -> list[Problem]:
    """The faults of the RFM document: four rising quantiles between 0 and 1, a population, what counts as high."""
    checks: dict[str, Callable[[Any], bool]] = {
        "quantiles": _are_quantiles,
        "minimum_population": lambda value: _is_whole(value) and value >= 1,
        "high_from": lambda value: _is_whole(value) and 2 <= value <= RFM_CLASSES,
        "high_rule": lambda value: value in HIGH_RULES,
    }
    return _checked(document, checks)


def problems_of_lifetime_value(document: Any) -> list[Problem]:
    """The faults of the lifetime value document: a discount of 0 to 100 %, whole days and accounts."""
    checks: dict[str, Callable[[Any], bool]] = {
        "yearly_discount_rate": lambda value: is_number(value) and 0 <= value <= 1,
        "silence_days": lambda value: _is_whole(value) and 1 <= value <= LONGEST_SILENCE_DAYS,
        "minimum_repeat_accounts": lambda value: _is_whole(value) and value >= 1,
    }
    return _checked(document, checks)


def _checked(document: Any, checks: dict[str, Callable[[Any], bool]]) -> list[Problem]:
    """The faults of a flat document: fields that are missing or unknown, else values that fail their check."""
    problems = _fields(document, set(checks))
    if problems:
        return problems
    wrong = [field for field, is_right in checks.items() if not is_right(document[field])]
    return [Problem("out_of_range", (field,), str(document[field])[:60]) for field in wrong]


def _are_quantiles(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != RFM_CLASSES - 1 or not all(map(is_number, value)):
        return False
    return value[0] > 0 and value[-1] < 1 and all(low < high for low, high in pairwise(value))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _fields(document: Any, needed: set[str], path: tuple = ()) -> list[Problem]:
    present = set(document) if isinstance(document, dict) else set()
    missing = [Problem("missing", (*path, field), field) for field in sorted(needed - present)]
    return missing + [Problem("unknown_field", (*path, str(field)), str(field)) for field in sorted(present - needed)]


def _twice(values: list, path: tuple) -> list[Problem]:
    names = list(map(str, values))
    return [Problem("twice", path, name) for name in sorted({name for name in names if names.count(name) > 1})]


def label(path: tuple) -> str:
    """The words for one place of a document: "Weights · Revenue in 365 days · weight"."""
    known = facts.known()
    words = [WORDS.get(part) or (known[part].label if part in known else part) for part in path]
    return " · ".join(map(str, words))


register_kind(
    Kind(VALUE_SCORE, _("Value score"), problems_of_value_score, seeds={"default": FIRST_VALUE_SCORE}, labels=label)
)
register_kind(Kind(TIERS, _("Tier limits"), problems_of_tiers, seeds={"default": FIRST_TIERS}, labels=label))
register_kind(Kind(RFM, "RFM", problems_of_rfm, seeds={"default": FIRST_RFM}, labels=label))
register_kind(
    Kind(
        LIFETIME_VALUE,
        _("Lifetime value"),
        problems_of_lifetime_value,
        seeds={"default": FIRST_LIFETIME_VALUE},
        labels=label,
    )
)
