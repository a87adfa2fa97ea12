"""The steps of a night, in their order: each calls one service of the app that owns the result."""

from collections import Counter
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts import services as accounts
from accounts.models import Standing
from churn import services as churn
from core import facts, sheets, versions
from core.lazy import pd
from core.models import ConfigurationVersion
from core.periods import month_end_before
from core.sheets import Part
from kam.nightly.steps import Outcome, Step, Work
from loyalty import reconciliation
from loyalty import services as loyalty
from loyalty.configuration import POINTS_RULES, rule_periods
from sales import services as sales
from segmentation import services as segmentation
from segmentation.configuration import LIFETIME_VALUE, RFM, TIERS, VALUE_SCORE
from segmentation.selectors import latest_fit

DEFAULT = "default"
SHOWN_DIFFERENCES = 20
ACCOUNTS_AWARDED_AT_ONCE = 2_500
"""Accounts whose orders are in memory together."""


def compute_facts(told: Work) -> Outcome:
    """Keep the sheet of one shard; accounts whose data cannot be computed are noted and left out.

    The months of its orders are brought up to date before, so that they can be used for all its accounts.
    """
    sales.refresh_months(sheets.shard_range(told.shard, told.shard_size))
    if told.account_ids is not None:
        return repair_facts(told)
    written = sheets.write_facts(told.as_of, told.shard, told.shard_size)
    note_errors(told, written.errors)
    return Outcome(rows=written.row_count)


def repair_facts(told: Work) -> Outcome:
    """Compute a few accounts of one shard again and keep them beside the others, which stay as they are."""
    ids = [pk for pk in told.account_ids if pk // told.shard_size == told.shard]
    frame, errors = facts.collect_isolating(told.as_of, ids)
    kept = sheets.read_shard(told.as_of, Part.FACTS, told.shard, told.shard_size)
    sheets.keep_sheet(
        as_of=told.as_of,
        part=Part.FACTS,
        shard=told.shard,
        shard_size=told.shard_size,
        frame=pd.concat([kept[~kept.index.isin(ids)], frame]).sort_index(),
        columns=list(facts.offered().values()),
    )
    note_errors(told, errors)
    return Outcome(rows=len(frame))


def note_errors(told: Work, errors: dict[int, str]) -> None:
    for account_id, message in errors.items():
        told.record_error(account_id, message)


def compute_classes(told: Work) -> Outcome:
    """Keep everybody's RFM classes."""
    result = segmentation.compute_rfm(told.as_of, pinned(told, RFM))
    return Outcome(rows=result["rows"], figures={"population": result["population"]})


def compute_scores(told: Work) -> Outcome:
    """Keep everybody's value score."""
    result = segmentation.compute_value_scores(told.as_of, pinned(told, VALUE_SCORE))
    return Outcome(rows=result["rows"], figures={"scored": result["scored"]})


def compute_tiers(told: Work) -> Outcome:
    """Keep everybody's tier."""
    return Outcome(rows=segmentation.compute_tiers(told.as_of, pinned(told, TIERS))["rows"])


def write_standings(told: Work) -> Outcome:
    """Bring the standings of one shard forward; accounts that cannot be written are noted and keep their last ones."""
    written = accounts.write_standings(
        as_of=told.as_of, shard=told.shard, shard_size=told.shard_size, configuration=told.configuration
    )
    note_errors(told, written.errors)
    return Outcome(rows=written.row_count)


def apply_alert_rules(told: Work) -> Outcome:
    """Open, continue and close alerts; a broken rule is reported and the others run."""
    results = churn.apply_rules(told.as_of, told.configuration, told.is_historic)
    names = ("evaluated", "fired", "opened", "closed")
    figures = {name: sum(result[name] for result in results.values()) for name in names}
    problems = [{"rule": key, **problem} for key, result in results.items() for problem in result["problems"]]
    return Outcome(rows=figures["evaluated"], figures=figures | {"problems": problems})


def award_points(told: Work) -> Outcome:
    """Bring the points of one shard to its orders, and let those expire whose last day has come; only while news."""
    if told.is_historic:
        return Outcome(rows=0)
    periods = rule_periods(told.configuration.get(POINTS_RULES, {}).get(DEFAULT))
    figures = Counter(orders=0, entries=0, expired=0)
    for ids in facts.chunks(sheets.shard_range(told.shard, told.shard_size), ACCOUNTS_AWARDED_AT_ONCE):
        awarded = loyalty.award_order_points(as_of=told.as_of, account_ids=ids, periods=periods, check=told.check)
        note_errors(told, awarded.errors)
        expired = loyalty.expire_points(as_of=told.as_of, account_ids=ids, check=told.check)
        figures.update(orders=awarded.order_count, entries=awarded.entry_count, expired=expired)
    return Outcome(rows=figures["orders"], figures=dict(figures))


def reconcile_points(told: Work) -> Outcome:
    """Prove that every balance of points is the sum of its ledger entries; what is not is shown on the run's page."""
    found = reconciliation.differences()
    problems = [
        {
            "rule": f"points {one.wallet_id}",
            "code": "does_not_add_up",
            "subject": f"{one.what}: {one.kept} ≠ {one.computed}",
        }
        for one in found[:SHOWN_DIFFERENCES]
    ]
    return Outcome(rows=reconciliation.wallet_count(), figures={"differences": len(found), "problems": problems})


def create_tasks(told: Work) -> Outcome:
    """Make a task for the owner of each account with an open alert, and tell managers of those nobody takes on.

    A historic night does neither.
    """
    if told.is_historic:
        return Outcome(rows=0)
    made = churn.create_alert_tasks(told.as_of)
    return Outcome(rows=made, figures={"escalated": churn.escalate_alerts(told.as_of)})


def compute_month_end_facts(told: Work) -> Outcome:
    """Reconstruct one shard of the last month end's sheet where it is missing; what is kept of it stays as it is.

    Accounts that cannot be computed are only counted: their data is tonight's error too, and is repaired there.
    """
    day = month_end_before(told.as_of)
    is_kept = sheets.has_shard(day, Part.FACTS, told.shard, told.shard_size)
    if is_kept or not wants_month_end(told, day):
        return Outcome(rows=0)
    written = sheets.write_facts(day, told.shard, told.shard_size)
    return Outcome(rows=written.row_count, figures={"left_out": len(written.errors)})


def compute_month_end_tiers(told: Work) -> Outcome:
    """Give the reconstructed accounts of the last month end their tiers, by the configuration of this run."""
    day = month_end_before(told.as_of)
    if not wants_month_end(told, day):
        return Outcome(rows=0)
    kinds = (RFM, VALUE_SCORE, TIERS)
    return Outcome(rows=segmentation.classify_day(day, {kind: pinned(told, kind) for kind in kinds})["rows"])


def compute_lifetime_values(told: Work) -> Outcome:
    """Once a month: fit the models of lifetime value and write what they expect beside everybody's standing.

    The month's first night does it; later nights of that month and repairs of a few accounts leave it alone.
    """
    last = latest_fit(told.as_of)
    is_done = last is not None and last.as_of != told.as_of and last.as_of.replace(day=1) == told.as_of.replace(day=1)
    if is_done or told.account_ids is not None:
        return Outcome(rows=0)
    version = pinned(told, LIFETIME_VALUE)
    fit = segmentation.fit_lifetime_value(as_of=told.as_of, version=version)
    told.check()
    expected = segmentation.expect_lifetime_values(fit, version.document)
    written = accounts.write_lifetime_values(as_of=told.as_of, expected=expected, check=told.check)
    return Outcome(rows=written, figures={"expected": len(expected)})


def wants_month_end(told: Work, day: date) -> bool:
    """Whether tonight's standings have no sheet of the month end before to be compared with.

    A repair sees a few accounts only, and a night older than the standings is not compared with anything.
    """
    if told.account_ids is not None or sheets.has_sheet(day, Part.TIER):
        return False
    return not Standing.objects.filter(as_of__gt=told.as_of).exists()


def pinned(told: Work, kind: str) -> ConfigurationVersion:
    """The version of ``kind`` that the run keeps to; of a kind newer than the run's first one, that in force."""
    if told.configuration.get(kind):
        return versions.resolve({kind: told.configuration[kind]})[kind][DEFAULT]
    return versions.published(kind)


STEPS: tuple[Step, ...] = (
    Step("facts", _("Facts"), is_sharded=True, work=compute_facts),
    Step("rfm", _("RFM classes"), is_sharded=False, work=compute_classes),
    Step("score", _("Value score"), is_sharded=False, work=compute_scores),
    Step("tier", _("Tiers"), is_sharded=False, work=compute_tiers),
    Step("standing", _("Standings"), is_sharded=True, work=write_standings),
    Step("alerts", _("Alerts"), is_sharded=False, work=apply_alert_rules),
    Step("points", _("Points"), is_sharded=True, work=award_points),
    Step("reconciliation", _("Reconciliation of points"), is_sharded=False, work=reconcile_points),
    Step("tasks", _("Tasks"), is_sharded=False, work=create_tasks),
    Step("month_end_facts", _("Facts of the last month end"), is_sharded=True, work=compute_month_end_facts),
    Step("month_end_tiers", _("Tiers of the last month end"), is_sharded=False, work=compute_month_end_tiers),
    Step("lifetime_value", _("Lifetime value"), is_sharded=False, work=compute_lifetime_values),
)
