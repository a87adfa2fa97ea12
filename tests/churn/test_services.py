import copy
from datetime import date, timedelta

import pytest
import time_machine

from accounts.choices import TaskKind, TaskState
from accounts.models import Task
from churn import services
from churn.choices import AlertState, CloseReason, Disposition
from churn.configuration import ORDER_GAP
from churn.models import Alert
from core import versions
from core.models import ConfigurationVersion
from tests import factories
from tests.nights import keep_night, rhythm

N1, N2, N3, N4 = (date(2026, 3, day) for day in (1, 2, 3, 4))
LONG = rhythm(62)
SHORT = rhythm(10)


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel("2026-03-05T08:00:00Z", tick=False):
        yield


@pytest.fixture
def owner(db):
    return factories.UserFactory(name="林子航", language="en")


@pytest.fixture
def accounts(owner):
    return [factories.AccountFactory(owner=owner) for _ in range(3)]


def night(as_of, accounts, *rows, is_historic=False, pins=None):
    keep_night(as_of, {account.pk: row for account, row in zip(accounts, rows, strict=False)})
    return services.apply_rules(as_of, pins or versions.pin(), is_historic)


def state_of_all():
    columns = ["account_id", "rule_key", "rule_number", "state", "opened_on", "last_fired_on", "closed_on", "reason"]
    return list(Alert.objects.order_by("account_id", "pk").values_list(*columns, "quiet_nights", "close_reason"))


def publish_factor(factor, author, **changes):
    document = copy.deepcopy(ORDER_GAP) | changes
    by_tier = document["fires_when"]["than"]["terms"][1]["times"]["by_tier"]
    by_tier.update(dict.fromkeys(by_tier, factor))
    draft = versions.save_draft(kind="alert_rule", key="order_gap", document=document, author=author)
    in_force = versions.published("alert_rule", "order_gap").number
    versions.publish(draft=draft, based_on=in_force, preview_hash=draft.document_hash, comment="", author=author)


def test_night_opens_an_alert_with_its_reason_for_who_fires(accounts):
    result = night(N1, accounts, LONG, SHORT, rhythm(99, sale_days=3))
    assert result["order_gap"] == {"evaluated": 2, "fired": 1, "opened": 1, "closed": 0, "problems": []}
    alert = Alert.objects.get()
    assert (alert.account, alert.rule_key, alert.rule_number, alert.severity, alert.state, alert.is_historic) == (
        accounts[0],
        "order_gap",
        1,
        "amber",
        AlertState.OPEN,
        False,
    )
    assert (alert.opened_on, alert.last_fired_on, alert.last_evaluated_on) == (N1, N1, N1)
    leaf = alert.reason["leaves"][0]
    assert (leaf["value"], leaf["limit"]) == (62, 40)
    assert leaf["terms"] == {"order_gap_mean_days": 20, "order_gap_std_days": 10}


def test_night_computed_again_changes_nothing(accounts):
    night(N1, accounts, LONG, SHORT)
    before = state_of_all()
    result = services.apply_rules(N1, versions.pin())
    assert result["order_gap"]["opened"] == 0
    assert state_of_all() == before


def test_there_is_one_open_alert_while_the_rule_goes_on_firing(accounts):
    night(N1, accounts, LONG)
    night(N2, accounts, rhythm(63))
    alert = Alert.objects.get()
    assert (alert.opened_on, alert.last_fired_on, alert.reason["leaves"][0]["value"]) == (N1, N2, 63)


def test_alert_closes_by_itself_after_two_quiet_nights_counted_by_date(accounts):
    night(N1, accounts, LONG)
    night(N2, accounts, SHORT)
    services.apply_rules(N2, versions.pin())
    assert Alert.objects.get().state == AlertState.OPEN
    night(N3, accounts, SHORT)
    alert = Alert.objects.get()
    assert (alert.state, alert.closed_on, alert.close_reason) == (AlertState.CLOSED, N3, CloseReason.QUIET)


def test_firing_between_quiet_nights_starts_the_count_again(accounts):
    for as_of, row in ((N1, LONG), (N2, SHORT), (N3, LONG), (N4, SHORT)):
        night(as_of, accounts, row)
    assert Alert.objects.get().state == AlertState.OPEN


def test_night_that_closed_an_alert_and_is_computed_again_with_other_facts_takes_it_back(accounts):
    for as_of, row in ((N1, LONG), (N2, SHORT), (N3, SHORT), (N3, LONG)):
        night(as_of, accounts, row)
    alert = Alert.objects.get()
    assert (alert.state, alert.closed_on, alert.close_reason, alert.quiet_nights) == (AlertState.OPEN, None, "", 0)


def test_alert_of_an_account_the_sheet_does_not_have_stays(accounts):
    night(N1, accounts, LONG, LONG)
    keep_night(N2, {accounts[1].pk: LONG})
    services.apply_rules(N2, versions.pin())
    assert list(Alert.objects.open().values_list("quiet_nights", "last_evaluated_on").order_by("account")) == [
        (0, N1),
        (0, N2),
    ]


def test_an_older_night_never_disturbs_a_newer_one(accounts):
    night(N3, accounts, LONG)
    before = state_of_all()
    night(N1, accounts, SHORT, LONG)
    assert state_of_all()[:1] == before
    assert [alert.is_historic for alert in Alert.objects.filter(account=accounts[1])] == [True]


def test_a_night_too_old_for_news_keeps_its_alerts_apart_and_makes_no_tasks(accounts):
    old = date(2026, 2, 24)
    assert services.is_news(date(2026, 2, 25))
    assert not services.is_news(old)
    night(old, accounts, LONG)
    alert = Alert.objects.get()
    assert (alert.is_historic, alert.state) == (True, AlertState.OPEN)
    assert services.create_alert_tasks(old) == 0
    night(N4, accounts, LONG)
    assert Alert.objects.live().count() == 1
    assert services.create_alert_tasks(N4) == 1


def test_new_version_of_a_rule_closes_at_once_what_it_does_not_fire_on(accounts, owner):
    night(N1, accounts, rhythm(45), LONG)
    publish_factor(4, owner)
    night(N2, accounts, rhythm(46), rhythm(63))
    spared, kept = Alert.objects.order_by("account_id")
    assert (spared.state, spared.close_reason) == (AlertState.CLOSED, CloseReason.RULE_CHANGED)
    assert (kept.state, kept.rule_number) == (AlertState.OPEN, 2)


def test_night_keeps_to_its_pinned_versions(accounts, owner):
    pins = versions.pin()
    publish_factor(9, owner)
    night(N1, accounts, LONG, pins=pins)
    assert Alert.objects.get().rule_number == 1


def test_rule_switched_off_closes_its_alerts(accounts, owner):
    night(N1, accounts, LONG)
    publish_factor(2, owner, is_active=False)
    assert night(N2, accounts, LONG)["order_gap"]["evaluated"] == 0
    assert Alert.objects.get().close_reason == CloseReason.RULE_CHANGED


def test_rule_out_of_force_closes_its_alerts(accounts):
    night(N1, accounts, LONG)
    night(N2, accounts, LONG, pins={"alert_rule": {}})
    alert = Alert.objects.get()
    assert (alert.state, alert.close_reason) == (AlertState.CLOSED, CloseReason.RULE_RETIRED)


def add_rule(key, document):
    ConfigurationVersion.objects.create(
        kind="alert_rule", key=key, number=1, state="published", document=document, document_hash="x"
    )


def test_broken_rule_is_reported_and_the_others_run(accounts):
    broken = copy.deepcopy(ORDER_GAP)
    broken["fires_when"]["fact"] = "days_since_full_moon"
    add_rule("a_broken", broken)
    result = night(N1, accounts, LONG)
    assert "days_since_full_moon" in result["a_broken"]["problems"][0]["subject"]
    assert (result["a_broken"]["fired"], result["order_gap"]["fired"]) == (0, 1)


def test_rule_that_breaks_keeps_its_alerts(accounts):
    night(N1, accounts, LONG)
    version = versions.published("alert_rule", "order_gap")
    version.document["fires_when"]["fact"] = "days_since_full_moon"
    version.save()
    night(N2, accounts, SHORT)
    assert Alert.objects.get().state == AlertState.OPEN


def test_archived_account_gets_no_alert_and_loses_its_open_one(accounts):
    night(N1, accounts, LONG)
    accounts[0].archived_at = "2026-03-02T00:00:00Z"
    accounts[0].save()
    night(N2, accounts, LONG)
    assert Alert.objects.get().close_reason == CloseReason.ACCOUNT_ARCHIVED


def close(alert, by, disposition=Disposition.HANDLED):
    return services.close_alert(alert=alert, disposition=disposition, version=alert.version, by=by)


def test_rule_stays_silent_about_what_a_colleague_closed_until_the_reason_has_gone(accounts, owner):
    night(N1, accounts, LONG)
    close(Alert.objects.get(), owner, Disposition.FALSE)
    night(N2, accounts, LONG)
    assert Alert.objects.get().disposition == Disposition.FALSE
    night(N3, accounts, SHORT)
    night(N4, accounts, SHORT)
    assert Alert.objects.count() == 1
    assert Alert.objects.get().close_reason == CloseReason.PERSON
    night(N4 + timedelta(days=1), accounts, LONG)
    assert Alert.objects.open().count() == 1


def test_acknowledge_close_and_undo(accounts, owner):
    night(N1, accounts, LONG)
    alert = services.acknowledge_alert(alert=Alert.objects.get(), version=1, by=owner)
    assert (alert.state, alert.acknowledged_by, alert.version) == (AlertState.ACKNOWLEDGED, owner, 2)
    alert = close(alert, owner)
    assert (alert.state, alert.closed_by, alert.closed_on) == (AlertState.CLOSED, owner, date(2026, 3, 5))
    alert = services.reopen_alert(alert=alert, version=alert.version, by=owner)
    assert (alert.state, alert.disposition, alert.closed_on) == (AlertState.ACKNOWLEDGED, "", None)
    alert = services.reopen_alert(alert=alert, version=alert.version, by=owner)
    assert (alert.state, alert.acknowledged_by) == (AlertState.OPEN, None)


def test_people_are_told_when_an_alert_changed_meanwhile(accounts, owner):
    night(N1, accounts, LONG)
    stale = Alert.objects.get()
    services.acknowledge_alert(alert=Alert.objects.get(), version=1, by=owner)
    with pytest.raises(services.StaleAlertError):
        close(stale, owner)
    assert Alert.objects.get().state == AlertState.ACKNOWLEDGED


@pytest.mark.parametrize("disposition", ["", "nonsense"])
def test_closing_needs_a_finding(accounts, owner, disposition):
    night(N1, accounts, LONG)
    with pytest.raises(services.AlertError):
        close(Alert.objects.get(), owner, disposition)


def test_what_the_night_closed_is_not_reopened_by_people(accounts, owner):
    night(N1, accounts, LONG)
    night(N2, accounts, LONG, pins={"alert_rule": {}})
    alert = Alert.objects.get()
    with pytest.raises(services.AlertError):
        services.reopen_alert(alert=alert, version=alert.version, by=owner)
    with pytest.raises(services.AlertError):
        services.acknowledge_alert(alert=alert, version=alert.version, by=owner)


def test_tasks_are_made_once_for_the_owner_and_cancelled_with_the_alert(accounts, owner):
    night(N1, accounts, LONG)
    assert [services.create_alert_tasks(N1), services.create_alert_tasks(N1)] == [1, 0]
    task = Task.objects.get()
    assert (task.kind, task.assignee, task.due_on, task.title) == (
        TaskKind.ALERT,
        owner,
        date(2026, 3, 3),
        "Silent longer than usual",
    )
    assert task.note == "No order for 62 days; usually one every 20 days."
    for as_of in (N2, N3):
        night(as_of, accounts, SHORT)
        services.create_alert_tasks(as_of)
    assert Task.objects.get().state == TaskState.CANCELLED


def test_task_speaks_the_language_of_its_owner(accounts, owner):
    owner.language = "zh-hans"
    owner.save()
    night(N1, accounts, LONG)
    services.create_alert_tasks(N1)
    assert Task.objects.get().title == "沉默超过往常"


def test_account_without_owner_gets_an_alert_but_no_task(db):
    night(N1, [factories.AccountFactory()], LONG)
    assert Alert.objects.count() == 1
    assert services.create_alert_tasks(N1) == 0


def test_night_needs_the_same_queries_for_few_and_many_accounts(owner, django_assert_max_num_queries):
    counts = []
    for as_of in (N1, N2):
        accounts = [factories.AccountFactory(owner=owner) for _ in range(30)]
        keep_night(as_of, {account.pk: LONG for account in accounts})
        with django_assert_max_num_queries(30) as queries:
            services.apply_rules(as_of, versions.pin())
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 4
