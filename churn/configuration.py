"""The alert rules as versioned configuration: their check and their first versions."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from churn.choices import Severity
from churn.constants import ALERT_RULE
from core import facts
from core.condition_check import check
from core.conditions import facts_of
from core.problems import Problem
from core.versions import Document, Kind, register_kind

FIELDS = frozenset({"name", "severity", "is_active", "applies_when", "fires_when"})

ORDER_GAP = {
    "name": {"en": "Silent longer than usual", "zh-hans": "沉默超过往常"},
    "severity": "amber",
    "is_active": True,
    "applies_when": {"fact": "sale_days", "is": ">=", "than": 4},
    "fires_when": {
        "fact": "days_since_last_order",
        "is": ">",
        "than": {
            "at_least": 14,
            "terms": [
                {"fact": "order_gap_mean_days", "times": 1},
                {"fact": "order_gap_std_days", "times": {"by_tier": {"A": 2, "B": 2, "C": 2, "D": 2}}},
            ],
        },
    },
}

REVENUE_DROP = {
    "name": {"en": "Buys less than a year ago", "zh-hans": "采购低于去年同期"},
    "severity": "amber",
    "is_active": True,
    "applies_when": {
        "all": [
            {"fact": "revenue_growth_90d", "is": "known", "than": True},
            {
                "fact": "revenue_90d_year_ago",
                "is": ">=",
                "than": {"plus": {"by_tier": {"A": 10_000, "B": 10_000, "C": 10_000, "D": 10_000}}},
            },
        ]
    },
    "fires_when": {
        "fact": "revenue_90d",
        "is": "<",
        "than": {
            "terms": [
                {"fact": "revenue_90d_year_ago", "less": {"by_tier": {"A": 0.3, "B": 0.3, "C": 0.3, "D": 0.3}}},
            ]
        },
    },
}
"""Judged only where the 90 days a year ago lie wholly after the first order: else there is nothing to compare with."""

NO_CONTACT = {
    "name": {"en": "Nobody was in touch", "zh-hans": "久未联系"},
    "severity": "amber",
    "is_active": True,
    "applies_when": {"fact": "owner", "is": "known", "than": True},
    "fires_when": {
        "fact": "days_without_contact",
        "is": ">",
        "than": {"terms": [{"fact": "tier_cadence_days", "times": 1.5}]},
    },
}

LABELS = {
    "name": _("Name"),
    "severity": _("Severity"),
    "is_active": pgettext_lazy("switch", "Active"),
    "applies_when": _("Applies when"),
    "fires_when": _("Fires when"),
    "by_tier": _("factor of the tier"),
    "at_least": _("at least"),
    "at_most": _("at most"),
    "plus": _("added to the limit"),
    "less": _("reduced by"),
}


STRUCTURE = frozenset({"than", "terms", "times", "all", "any", "not"})


def problems_of(document: Any) -> list[Problem]:
    """The faults of a rule, in reading order; empty when it can run tonight."""
    if not isinstance(document, dict):
        return [Problem("not_a_condition", (), str(document)[:60])]
    problems = [Problem("unknown_field", (field,), field) for field in sorted(set(document) - FIELDS)]
    problems += [Problem("missing", (field,), field) for field in ("name", "fires_when") if not document.get(field)]
    if document.get("severity") not in Severity.values:
        problems.append(Problem("out_of_range", ("severity",), str(document.get("severity"))))
    return problems + _problems_of_conditions(document)


def _problems_of_conditions(document: dict) -> list[Problem]:
    known = facts.known()
    problems = []
    for field in ("applies_when", "fires_when"):
        if tree := document.get(field):
            problems += check(tree, known, (field,)) or _sensitive_facts(tree, known, (field,))
    return problems


def _sensitive_facts(tree: dict, known: dict, path: tuple) -> list[Problem]:
    """An alert shows its reason to everybody on the account, so it may not rest on what reps may not read."""
    return [Problem("sensitive_fact", path, fact) for fact in sorted(facts_of(tree)) if known[fact].is_sensitive]


def label(path: tuple) -> str:
    """The words for one place of a rule: "Fires when · factor of the tier · A"."""
    known = facts.known()
    parts = [part for part in path if part not in STRUCTURE and not isinstance(part, int)]
    words = [LABELS.get(part) or (known[part].label if part in known else part) for part in parts]
    return " · ".join(map(str, words))


def seeds() -> dict[str, Document]:
    return {"order_gap": ORDER_GAP, "revenue_drop": REVENUE_DROP, "no_contact": NO_CONTACT}


register_kind(Kind(ALERT_RULE, _("Alert rule"), problems_of, seeds(), label))
