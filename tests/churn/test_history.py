"""The life of an alert as rows: who did what when and why; the manager is told of what nobody takes on."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.models import Notification
from churn import services
from churn.models import Alert, AlertEvent
from core import versions
from tests import factories
from tests.api import client_for
from tests.nights import keep_night, rhythm

N1, N2, N3 = (date(2026, 3, day) for day in (1, 2, 3))


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel("2026-03-05T08:00:00Z", tick=False):
        yield


@pytest.fixture
def alert(actors):
    keep_night(N1, {actors.account.pk: rhythm(62)})
    services.apply_rules(N1, versions.pin())
    return Alert.objects.get()


def told(alert) -> list[tuple]:
    return list(alert.events.values_list("kind", "state", "by__username", "as_of", "close_reason", "disposition"))


def night(as_of, account, days) -> None:
    keep_night(as_of, {account.pk: rhythm(days)})
    services.apply_rules(as_of, versions.pin())


def test_what_people_do_is_kept_with_who_and_why(actors, alert):
    services.acknowledge_alert(alert=alert, version=1, by=actors.HELP)
    services.close_alert(alert=alert, version=2, disposition="real", by=actors.OWN)
    services.reopen_alert(alert=alert, version=3, by=actors.MGR)
    services.reopen_alert(alert=alert, version=4, by=actors.HELP)
    assert told(alert) == [
        ("opened", "open", None, N1, "", ""),
        ("acknowledged", "acknowledged", "helper", None, "", ""),
        ("closed", "closed", "own", None, "person", "real"),
        ("reopened", "acknowledged", "mgr", None, "", ""),
        ("given_back", "open", "helper", None, "", ""),
    ]


def test_what_nights_do_is_kept_once_however_often_they_are_computed(actors, alert):
    for as_of in (N1, N2, N2, N3, N3):
        night(as_of, actors.account, 62 if as_of == N1 else 10)
    night(N3, actors.account, 62)
    assert told(alert) == [
        ("opened", "open", None, N1, "", ""),
        ("closed", "closed", None, N3, "quiet", ""),
        ("reopened", "open", None, N3, "", ""),
    ]


def test_a_stale_act_leaves_no_trace(actors, alert):
    with pytest.raises(services.StaleAlertError):
        services.acknowledge_alert(alert=alert, version=7, by=actors.OWN)
    assert alert.events.count() == 1


def test_the_page_and_the_api_show_the_history(actors, alert, client):
    services.close_alert(alert=alert, version=1, disposition="too_early", by=actors.OWN)
    client.force_login(actors.MGR)
    page = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "Too early" in page
    assert str(actors.OWN) in page
    history = client_for(actors.MGR).get(f"/api/v1/alerts/{alert.pk}/").json()["history"]
    assert [(event["kind"], event["by"], event["disposition"]) for event in history] == [
        ("opened", None, ""),
        ("closed", str(actors.OWN), "too_early"),
    ]


def test_the_owner_is_told_of_a_new_alert_once(actors, alert):
    for _night in range(2):
        services.create_alert_tasks(N1)
    notification = Notification.objects.get()
    assert (notification.user, notification.kind, notification.account) == (actors.OWN, "alert_new", actors.account)
    assert notification.url == f"/alerts/{alert.pk}/"
    assert notification.text == "No order for 62 days; usually one every 20 days."


def test_a_night_of_the_past_tells_nobody(actors):
    day = date(2025, 12, 9)
    night(day, actors.account, 62)
    assert services.create_alert_tasks(day) == 0
    assert services.escalate_alerts(day) == 0
    assert Notification.objects.count() == 0


@pytest.mark.parametrize(("days", "count"), [(6, 0), (7, 1)])
def test_the_nearest_manager_is_told_once_of_what_nobody_takes_on_for_a_week(actors, alert, days, count):
    as_of = N3
    Alert.objects.update(opened_on=as_of - timedelta(days=days))
    assert services.escalate_alerts(as_of) == count
    assert services.escalate_alerts(as_of) == 0
    readers = list(Notification.objects.filter(kind="alert_escalated").values_list("user__username", flat=True))
    assert readers == ["mgr"] * count
    assert AlertEvent.objects.filter(kind="escalated").count() == count


def test_what_somebody_looks_after_is_not_told_to_the_manager(actors, alert):
    Alert.objects.update(opened_on=N3 - timedelta(days=30))
    services.acknowledge_alert(alert=alert, version=1, by=actors.HELP)
    assert services.escalate_alerts(N3) == 0


def test_without_a_manager_of_the_team_the_one_above_is_told(actors, alert):
    actors.MGR.is_active = False
    actors.MGR.save()
    Alert.objects.update(opened_on=N3 - timedelta(days=9))
    services.escalate_alerts(N3)
    assert [row.user for row in Notification.objects.all()] == [actors.REG]


def test_api_takes_back(actors, alert):
    services.acknowledge_alert(alert=alert, version=1, by=actors.OWN)
    api = client_for(actors.OWN, "write")
    assert api.post(f"/api/v1/alerts/{alert.pk}/reopen/", {"version": 2}, format="json").json()["state"] == "open"
    assert api.post(f"/api/v1/alerts/{alert.pk}/reopen/", {"version": 3}, format="json").status_code == 409


def test_opening_many_alerts_writes_one_row_of_history_for_each(actors):
    accounts = [factories.AccountFactory(owner=actors.OWN) for _ in range(3)]
    keep_night(N1, {account.pk: rhythm(62) for account in accounts})
    services.apply_rules(N1, versions.pin())
    assert sorted(AlertEvent.objects.values_list("alert__account", flat=True)) == [account.pk for account in accounts]
