"""The points rules as versioned configuration: their check, their first version, and the periods they hold for."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.configuration import SERVICE_LEVELS
from core import versions
from core.condition_check import is_number
from core.models import ConfigurationVersion
from core.periods import month_end_after
from core.problems import Problem
from core.versions import Document, Kind, register_kind
from loyalty.earning import EarningRule
from loyalty.services.orders import RulePeriod

POINTS_RULES = "points_rules"
LARGEST_AMOUNT = 10**9
LONGEST_MONTHS = 120
FIRST_POINTS_RULES: Document = {
    "starts_on": None,
    "amount_per_point": 100,
    "minimum_amount": 0,
    "waits_for_payment": True,
    "valid_months": 24,
    "own_limit_points": 1000,
    "value_per_point": 1,
}
LATER_FIELDS = {"value_per_point"}
"""What documents of the first releases do not say; they mean the value of the first rules."""
WORDS = {
    "starts_on": _("Starts on"),
    "amount_per_point": _("Amount for one point"),
    "minimum_amount": _("Smallest order"),
    "waits_for_payment": _("Points wait for the payment"),
    "valid_months": _("Points last (months)"),
    "own_limit_points": _("Owners approve their own requests up to (points)"),
    "value_per_point": _("What one point is worth"),
}


def problems_of_points_rules(document: Any) -> list[Problem]:
    """The faults of points rules, in reading order; empty when they can be used tonight."""
    present = set(document) if isinstance(document, dict) else set()
    needed = set(FIRST_POINTS_RULES)
    problems = [Problem("missing", (field,), field) for field in sorted(needed - LATER_FIELDS - present)]
    problems += [Problem("unknown_field", (str(field),), str(field)) for field in sorted(present - needed, key=str)]
    return problems or list(_values(document))


def _values(document: Document) -> Iterator[Problem]:
    for field, is_right in RIGHT.items():
        if field in document and not is_right(document[field]):
            yield Problem("out_of_range", (field,), str(WORDS[field]))


def _is_day(value: Any) -> bool:
    if not isinstance(value, str):
        return value is None
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


RIGHT: dict[str, Callable[[Any], bool]] = {
    "starts_on": _is_day,
    "amount_per_point": lambda value: is_number(value) and 0.01 <= value <= LARGEST_AMOUNT,
    "minimum_amount": lambda value: is_number(value) and 0 <= value <= LARGEST_AMOUNT,
    "waits_for_payment": lambda value: isinstance(value, bool),
    "valid_months": lambda value: value is None or _is_whole(1, LONGEST_MONTHS)(value),
    "own_limit_points": _is_whole(0, LARGEST_AMOUNT),
    "value_per_point": lambda value: is_number(value) and 0 <= value <= LARGEST_AMOUNT,
}


def own_limit_points() -> int:
    """Up to how many points a request may be approved by who made it, or by the owner of the account."""
    return versions.published(POINTS_RULES).document["own_limit_points"]


def own_limit_in_query() -> Subquery:
    """The same limit, read by the query that compares with it."""
    in_force = ConfigurationVersion.objects.filter(kind=POINTS_RULES, key="default", state=versions.State.PUBLISHED)
    limit = Cast(KeyTextTransform("own_limit_points", "document"), BigIntegerField())
    return Subquery(in_force.annotate(limit=limit).values("limit")[:1])


def value_per_point() -> Decimal:
    """What a point that is outstanding is worth, in the base currency."""
    return value_of(versions.published(POINTS_RULES).document)


def value_of(document: Document) -> Decimal:
    return Decimal(str(document.get("value_per_point", FIRST_POINTS_RULES["value_per_point"])))


def rule_periods(number: int | None = None) -> list[RulePeriod]:
    """The points rules with the multipliers, since ever, by the day from which they hold.

    ``number``: the version of the rules that a run keeps to; later ones are left out. A sale keeps the rule and
    the multipliers of its own day, whatever is published later.
    """
    rules = versions.spans(POINTS_RULES, up_to=number)
    levels = versions.spans(SERVICE_LEVELS)
    days = sorted({day for day, _version in (*rules, *levels) if day is not None})
    return [period(day, _holds(rules, day), _holds(levels, day).document) for day in (None, *days)]


def _holds(spans: list[tuple[date | None, ConfigurationVersion]], day: date | None) -> ConfigurationVersion:
    begun = [version for since, version in spans if since is None or (day is not None and since <= day)]
    return begun[-1]


def period(valid_from: date | None, version: ConfigurationVersion, levels: Document) -> RulePeriod:
    """What ``version`` of the points rules says with the multipliers of ``levels``, from ``valid_from`` on."""
    return RulePeriod(valid_from, earning_rule(version.number, version.document, levels), lasting(version.document))


def earning_rule(number: int, document: Document, levels: Document) -> EarningRule:
    starts_on = document["starts_on"]
    multipliers = ((level["tier"], Decimal(str(level["points_multiplier"]))) for level in levels["levels"])
    return EarningRule(
        number=number,
        amount_per_point=Decimal(str(document["amount_per_point"])),
        minimum_amount=Decimal(str(document["minimum_amount"])),
        starts_on=date.fromisoformat(starts_on) if starts_on else None,
        waits_for_payment=document["waits_for_payment"],
        multipliers=tuple(multipliers),
    )


def lasting(document: Document) -> Callable[[date], date | None]:
    """Earning day → the last day of its points: the end of the month so many months later; None for ever."""
    months = document["valid_months"]
    return lambda day: None if months is None else month_end_after(day, months)


def label(path: tuple) -> str:
    """The words for one place of the rules."""
    return " · ".join(str(WORDS.get(part, part)) for part in path)


register_kind(
    Kind(
        POINTS_RULES,
        _("Points rules"),
        problems_of_points_rules,
        seeds={"default": FIRST_POINTS_RULES},
        labels=label,
    )
)
