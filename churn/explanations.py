"""The sentence that says why an alert is open, in the language of the page, from the values it was raised with."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import formats as django_formats
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from churn.models import Alert
from core import facts, formats

SENTENCES = {
    "order_gap": gettext_noop(
        "No order for %(days_since_last_order)s days; usually one every %(order_gap_mean_days)s days."
    ),
    "revenue_drop": gettext_noop(
        "Orders of 90 days came to %(revenue_90d)s, a year ago to %(revenue_90d_year_ago)s (%(change)s)."
    ),
    "no_contact": gettext_noop(
        "Nobody was in touch for %(days_without_contact)s days; the tier asks for it every %(tier_cadence_days)s days."
    ),
}
COMPARISONS = {
    ">": gettext_noop("%(fact)s is %(value)s, over %(limit)s"),
    ">=": gettext_noop("%(fact)s is %(value)s, at least %(limit)s"),
    "<": gettext_noop("%(fact)s is %(value)s, below %(limit)s"),
    "<=": gettext_noop("%(fact)s is %(value)s, at most %(limit)s"),
    "==": gettext_noop("%(fact)s is %(value)s"),
    "!=": gettext_noop("%(fact)s is %(value)s, not %(limit)s"),
    "in": gettext_noop("%(fact)s is %(value)s, one of %(limit)s"),
    "known": gettext_noop("%(fact)s is known: %(limit)s"),
}
FAILED = {
    ">": gettext_noop("%(fact)s is %(value)s, not over %(limit)s"),
    ">=": gettext_noop("%(fact)s is %(value)s, less than %(limit)s"),
    "<": gettext_noop("%(fact)s is %(value)s, not below %(limit)s"),
    "<=": gettext_noop("%(fact)s is %(value)s, more than %(limit)s"),
    "==": gettext_noop("%(fact)s is %(value)s, not %(limit)s"),
    "!=": gettext_noop("%(fact)s is %(value)s"),
    "in": gettext_noop("%(fact)s is %(value)s, none of %(limit)s"),
    "known": gettext_noop("%(fact)s is known: not %(limit)s"),
}


def sentence(alert: Alert) -> str:
    """Why the alert is open: "No order for 62 days; usually one every 21 days." """
    leaves = [leaf for leaf in alert.reason.get("leaves", []) if leaf["outcome"]]
    values = {fact: value for leaf in leaves for fact, value in {leaf["fact"]: leaf["value"], **leaf["terms"]}.items()}
    words = {name: figure(name, value) for name, value in values.items() if value is not None} | _change(values)
    template = SENTENCES.get(alert.rule_key)
    if template and not set(_slots(template)) - set(words):
        return _(template) % words
    return "; ".join(comparison(leaf) for leaf in leaves)


def _change(values: Mapping) -> dict[str, str]:
    """How far the revenue of 90 days is from that of a year ago, where both are known: −37 %."""
    now, before = values.get("revenue_90d"), values.get("revenue_90d_year_ago")
    return {"change": formats.percent(now / before - 1)} if now is not None and before else {}


def comparison(leaf: Mapping) -> str:
    """One comparison of a rule in words, whether it held, failed, or could not be judged."""
    words = {"fact": fact_label(leaf["fact"]), "value": figure(leaf["fact"], leaf["value"])}
    if leaf["outcome"] is None:
        return _("%(fact)s is not known, so this is not judged") % words
    words["limit"] = figure(leaf["fact"], leaf["limit"])
    return _((COMPARISONS if leaf["outcome"] else FAILED)[leaf["comparator"]]) % words


def comparisons(alert: Alert) -> list[dict]:
    """Every comparison behind the alert: in words, with what its limit was made of."""
    return [
        {"text": comparison(leaf), "outcome": leaf["outcome"], "terms": list(_terms(leaf))}
        for leaf in alert.reason.get("leaves", [])
    ]


def _terms(leaf: Mapping):
    return ((fact_label(key), figure_with_unit(key, value)) for key, value in leaf["terms"].items())


def fact_label(key: str) -> str:
    """The fact's name, or its key when this installation does not know it."""
    fact = facts.known().get(key)
    return str(fact.label) if fact else key


def figure(key: str, value) -> str:
    """A value of a fact as a person reads it: days without decimals, money short, rates in per cent, dates in order."""
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(figure(key, item) for item in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return django_formats.date_format(date.fromisoformat(value)) if _is_date(key) else value
    return _number(key, value)


def figure_with_unit(key: str, value) -> str:
    """A value that stands alone: a span says that it is days."""
    fact = facts.known().get(key)
    is_span = fact and fact.unit == "days" and isinstance(value, (int, float))
    return formats.days(round(value)) if is_span else figure(key, value)


def rule_name(document: Mapping) -> str:
    """A rule's name in the language of the page; English where it has no other."""
    names = document["name"]
    return names.get(get_language() or "en") or names["en"]


def _slots(template: str) -> list[str]:
    return [part.split(")")[0] for part in template.split("%(")[1:]]


def _is_date(key: str) -> bool:
    return key in facts.known() and facts.known()[key].kind == facts.FactKind.DATE


def _number(key: str, value: float) -> str:
    fact = facts.known().get(key)
    if fact and fact.kind == facts.FactKind.AMOUNT:
        return formats.money(value)
    if fact and fact.kind == facts.FactKind.RATE:
        return _("%(percent)s %%") % {"percent": django_formats.number_format(round(value * 100))}
    is_whole = float(value).is_integer() or abs(value) >= (10 if fact and fact.unit == "days" else 100)
    places = 0 if is_whole else 1
    return django_formats.number_format(Decimal(str(round(value, places))), places, force_grouping=True)
