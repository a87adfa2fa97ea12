"""Writes of alerts: what a night does to them, and what people do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Max

from accounts.models import Account
from churn import lifecycle, rules, selectors
from churn.choices import AlertEventKind, AlertState, CloseReason
from churn.constants import ALERT_RULE, HOLD_NIGHTS, NEWS_DAYS, WRITE_BATCH
from churn.models import Alert
from churn.services.history import record_events
from core.conditions import ConditionError
from core.lazy import pd
from core.models import ConfigurationVersion
from core.periods import last_full_day
from core.versions import Pins, resolve

NIGHT_FIELDS = ["last_fired_on", "last_evaluated_on", "quiet_nights", "reason", "rule_number", "severity"]


@dataclass
class RuleOutcome:
    """What one rule came to in one night: accounts it could judge, on how many it fired, alerts opened and closed.

    ``problems`` holds code and subject of each fault, to be put into words by who reads them.
    """

    evaluated: int = 0
    fired: int = 0
    opened: int = 0
    closed: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Plan:
    """What a night changes about the alerts of one rule, worked out before anything is written."""

    opening: list[Alert] = field(default_factory=list)
    changing: list[Alert] = field(default_factory=list)
    closing: dict[str, list[Alert]] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleNight:
    """One rule on one night: the version pinned, whom it judges and on whom it fires."""

    version: ConfigurationVersion
    as_of: date
    is_historic: bool
    outcomes: pd.Series
    reasons: dict[int, list[dict]]

    @property
    def evaluated_ids(self) -> set[int]:
        return set(self.outcomes.index)


def is_news(as_of: date) -> bool:
    """Whether a night is recent enough for live alerts and tasks."""
    return as_of >= last_full_day() - timedelta(days=NEWS_DAYS)


def apply_rules(as_of: date, pins: Pins, is_historic: bool = False) -> dict[str, dict]:
    """Open, continue and close alerts for the night of ``as_of`` with the pinned rules; rule key → what happened.

    Idempotent for its date. A night too old for news, or older than one already judged, keeps its alerts apart as
    historic. A rule that cannot run is reported with its faults, its alerts stay as they are, and the others run.
    """
    versions = list(resolve({ALERT_RULE: pins.get(ALERT_RULE, {})})[ALERT_RULE].values())
    is_historic = is_historic or not is_news(as_of) or _is_overtaken(as_of)
    runnable = [version for version in versions if not selectors.rule_of(version).is_broken]
    sheet = selectors.rule_sheet(as_of, [version.document for version in runnable], pins)
    result = {version.key: _apply_rule(version, sheet, as_of, is_historic) for version in versions}
    _close_without_rule([version.key for version in versions], as_of, is_historic)
    _close_of_archived_accounts(as_of, is_historic)
    return {key: vars(outcome) for key, outcome in result.items()}


def _is_overtaken(as_of: date) -> bool:
    latest = Alert.objects.live().aggregate(latest=Max("last_evaluated_on"))["latest"]
    return latest is not None and as_of < latest


def _apply_rule(version: ConfigurationVersion, sheet: pd.DataFrame, as_of: date, is_historic: bool) -> RuleOutcome:
    if problems := selectors.rule_of(version).problems:
        return RuleOutcome(problems=[{"code": problem.code, "subject": problem.subject} for problem in problems])
    try:
        night = _night(version, sheet, as_of, is_historic)
    except ConditionError as error:
        return RuleOutcome(problems=[{"code": "cannot_run", "subject": str(error)}])
    plan = _plan(night)
    closed = _write(plan, as_of)
    evaluated = int(night.outcomes.notna().sum())
    return RuleOutcome(evaluated=evaluated, fired=len(night.reasons), opened=len(plan.opening), closed=closed)


def _night(version: ConfigurationVersion, sheet: pd.DataFrame, as_of: date, is_historic: bool) -> RuleNight:
    outcomes = rules.fires(version.document, sheet)
    firing = sheet.loc[outcomes.fillna(False).astype(bool)]
    return RuleNight(version, as_of, is_historic, outcomes, rules.reasons(version.document, firing))


def _plan(night: RuleNight) -> Plan:
    plan = Plan()
    watched = Alert.objects.filter(rule_key=night.version.key, is_historic=night.is_historic).still_watched(HOLD_NIGHTS)
    known = {alert.account_id: alert for alert in watched.iterator(chunk_size=WRITE_BATCH)}
    known |= _closed_tonight(night)
    plan.opening = [_opened(night, account) for account in night.reasons if account not in known]
    for account, alert in known.items():
        if account in night.evaluated_ids and night.as_of >= alert.last_evaluated_on:
            _continue(alert, night, plan)
    return plan


def _closed_tonight(night: RuleNight) -> dict[int, Alert]:
    """Alerts that this very night closed when it was computed before, and that fire now: they come back."""
    closed = Alert.objects.filter(
        rule_key=night.version.key,
        is_historic=night.is_historic,
        state=AlertState.CLOSED,
        closed_on=night.as_of,
        account_id__in=list(night.reasons),
    ).exclude(close_reason=CloseReason.PERSON)
    return {alert.account_id: alert for alert in closed}


def _opened(night: RuleNight, account: int) -> Alert:
    return Alert(
        account_id=account,
        rule_key=night.version.key,
        rule_number=night.version.number,
        severity=night.version.document["severity"],
        opened_on=night.as_of,
        last_fired_on=night.as_of,
        last_evaluated_on=night.as_of,
        reason={"leaves": night.reasons[account]},
        is_historic=night.is_historic,
    )


def _continue(alert: Alert, night: RuleNight, plan: Plan) -> None:
    is_firing = alert.account_id in night.reasons
    decided = lifecycle.after_night(
        is_firing=is_firing,
        is_rule_changed=alert.rule_number != night.version.number,
        quiet_nights=alert.quiet_nights,
        last_evaluated_on=alert.last_evaluated_on,
        as_of=night.as_of,
    )
    alert.quiet_nights, alert.last_evaluated_on = decided.quiet_nights, night.as_of
    if is_firing:
        alert.last_fired_on = night.as_of
        alert.rule_number, alert.severity = night.version.number, night.version.document["severity"]
        alert.reason = {"leaves": night.reasons[alert.account_id]}
    plan.changing.append(alert)
    if decided.is_over:
        reason = CloseReason.RULE_CHANGED if decided.is_rule_changed else CloseReason.QUIET
        plan.closing.setdefault(reason, []).append(alert)


def _write(plan: Plan, as_of: date) -> int:
    """Write a plan in short transactions that the same night, computed again, repeats; how many alerts it closed."""
    for batch in _batches(plan.changing):
        _write_changes(batch, as_of)
    for batch in _batches(plan.opening):
        _open(batch, as_of)
    return sum(
        _close(Alert.objects.filter(pk__in=[alert.pk for alert in alerts]), as_of, reason)
        for reason, closing in plan.closing.items()
        for alerts in _batches(closing)
    )


@transaction.atomic
def _open(alerts: list[Alert], as_of: date) -> None:
    created = Alert.objects.bulk_create(alerts)
    record_events([alert.pk for alert in created], AlertEventKind.OPENED, AlertState.OPEN, as_of=as_of)


@transaction.atomic
def _write_changes(alerts: list[Alert], as_of: date) -> None:
    Alert.objects.bulk_create(alerts, update_conflicts=True, unique_fields=["pk"], update_fields=NIGHT_FIELDS)
    firing = [alert.pk for alert in alerts if alert.quiet_nights == 0]
    back = Alert.objects.filter(pk__in=firing, state=AlertState.CLOSED).exclude(close_reason=CloseReason.PERSON)
    taken_on = dict(back.select_for_update().order_by("pk").values_list("pk", "acknowledged_by"))
    _reopen([pk for pk, by in taken_on.items() if by is None], AlertState.OPEN, as_of)
    _reopen([pk for pk, by in taken_on.items() if by is not None], AlertState.ACKNOWLEDGED, as_of)


def _reopen(ids: list[int], state: str, as_of: date) -> None:
    columns = {"state": state, "closed_on": None, "close_reason": "", "version": F("version") + 1}
    Alert.objects.filter(pk__in=ids).update(**columns)
    record_events(ids, AlertEventKind.REOPENED, state, as_of=as_of)


def _close(alerts, as_of: date, reason: str) -> int:
    """Close those of ``alerts`` that are still open; what a colleague closed keeps that colleague's finding."""
    ids = list(alerts.open().order_by("pk").values_list("pk", flat=True))
    return sum(_close_batch(batch, as_of, reason) for batch in _batches(ids))


@transaction.atomic
def _close_batch(ids: list[int], as_of: date, reason: str) -> int:
    still_open = Alert.objects.filter(pk__in=ids).open().select_for_update().order_by("pk")
    ids = list(still_open.values_list("pk", flat=True))
    columns = {"state": AlertState.CLOSED, "closed_on": as_of, "close_reason": reason, "version": F("version") + 1}
    Alert.objects.filter(pk__in=ids).update(**columns)
    record_events(ids, AlertEventKind.CLOSED, AlertState.CLOSED, as_of=as_of, close_reason=reason)
    return len(ids)


def _close_without_rule(keys: list[str], as_of: date, is_historic: bool) -> None:
    alerts = Alert.objects.filter(is_historic=is_historic, last_evaluated_on__lte=as_of).exclude(rule_key__in=keys)
    _close(alerts, as_of, CloseReason.RULE_RETIRED)


def _close_of_archived_accounts(as_of: date, is_historic: bool) -> None:
    gone = Account.objects.exclude(archived_at__isnull=True, merged_into__isnull=True)
    alerts = Alert.objects.filter(is_historic=is_historic, account__in=gone, last_evaluated_on__lte=as_of)
    _close(alerts, as_of, CloseReason.ACCOUNT_ARCHIVED)


def _batches(items: list) -> list[list]:
    return [items[start : start + WRITE_BATCH] for start in range(0, len(items), WRITE_BATCH)]
