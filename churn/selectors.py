"""What rules and alerts are read from: the sheet of a night, the rules in force, the alerts still watched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from accounts.models import Account, Task
from churn import explanations, rules
from churn.configuration import problems_of
from churn.constants import ALERT_RULE
from churn.models import Alert, AlertEvent, source_key
from core import facts, sheets
from core.lazy import pd
from core.models import ConfigurationVersion, FactSheet
from core.problems import Problem
from core.versions import Pins, published_all
from users.choices import Role
from users.models import Team


@dataclass(frozen=True)
class Rule:
    """One rule in force with its faults; a rule with faults is broken and runs nowhere."""

    version: ConfigurationVersion
    problems: list[Problem]
    open_count: int = 0

    @property
    def name(self) -> str:
        return explanations.rule_name(self.version.document)

    @property
    def is_broken(self) -> bool:
        return bool(self.problems)


def rules_in_force(user) -> list[Rule]:
    """The published rules by key, with the open alerts that ``user`` may see."""
    alerts = Alert.objects.visible_to(user).live().open().order_by()
    counts = dict(alerts.values_list("rule_key").annotate(Count("pk")))
    versions = published_all(ALERT_RULE)
    return [Rule(version, problems_of(version.document), counts.get(version.key, 0)) for version in versions]


def rule_of(version: ConfigurationVersion) -> Rule:
    return Rule(version, problems_of(version.document))


def alerts_of(user) -> QuerySet[Alert]:
    """The alerts of the accounts ``user`` may see, with what lists and pages show beside them."""
    alerts = Alert.objects.visible_to(user).with_rule_name()
    return alerts.select_related(
        "account__owner", "account__standing__tier", "acknowledged_by", "closed_by", "account__team"
    )


def whose(alerts: QuerySet[Alert], user, wanted: str) -> QuerySet[Alert]:
    """Those of ``alerts`` whose account is ``user``'s own ("mine") or their team's ("team"); all for anything else."""
    if wanted == "mine":
        return alerts.filter(account__owner=user)
    if wanted == "team":
        teams = Team.objects.under(user.team) if user.role == Role.MANAGER else Team.objects.filter(pk=user.team_id)
        return alerts.filter(account__team__in=teams)
    return alerts


def historic_count(user) -> int:
    """How many open alerts of past nights ``user`` may see."""
    return Alert.objects.visible_to(user).filter(is_historic=True).open().count()


def tasks_of(alert: Alert) -> list[Task]:
    """The tasks that the alert made, with who does them."""
    return list(Task.objects.filter(source_key=source_key(alert)).select_related("assignee"))


def history_of(alert: Alert) -> list[AlertEvent]:
    """What happened to the alert, in order, with who did it."""
    return list(alert.events.select_related("by"))


def rule_choices() -> list[tuple[str, str]]:
    """Every rule that ever was, by key, under the name of its newest version, for filters."""
    versions = ConfigurationVersion.objects.filter(kind=ALERT_RULE).order_by("number")
    names = {version.key: explanations.rule_name(version.document) for version in versions}
    return sorted(names.items(), key=lambda item: item[1])


def rule_documents() -> dict[tuple[str, int], dict]:
    """Every rule that ever was, by key and number: what alerts of any age are named after."""
    versions = ConfigurationVersion.objects.filter(kind=ALERT_RULE)
    return {(key, number): document for key, number, document in versions.values_list("key", "number", "document")}


def rule_sheet(as_of: date, documents: Iterable[dict], pins: Pins | None = None) -> pd.DataFrame:
    """The night of ``as_of`` with the facts that ``documents`` read: a row per account that is in use today.

    ``pins`` are the configuration versions that a run keeps to; without, those in force on the day count. A fact that
    the kept sheet does not have, because it is younger than the sheet, is null for everybody.
    """
    keys = {key for document in documents for key in rules.facts_of(document)}
    night = sheets.read_night(as_of, keys, pins)
    for key in sorted(keys & set(facts.known()) - set(night.columns)):
        night[key] = None if not facts.known()[key].is_numeric else float("nan")
    return night.loc[night.index.intersection(pd.Index(active_account_ids(), dtype="int64"))]


def active_account_ids() -> list[int]:
    """The accounts that rules are about: neither archived nor merged."""
    return list(Account.objects.active().order_by("pk").values_list("pk", flat=True))


def latest_sheet_on(before: date | None = None) -> date | None:
    """The date of the newest night whose facts are kept, at most ``before``."""
    kept = FactSheet.objects.filter(part=FactSheet.Part.FACTS)
    if before:
        kept = kept.filter(as_of__lte=before)
    return kept.order_by("-as_of").values_list("as_of", flat=True).first()
