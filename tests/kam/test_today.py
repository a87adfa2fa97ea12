"""Today: the plan of the day and the cards by urgency, for every role."""

import json
from datetime import date

import pytest

from accounts.models import Interaction, Standing, Task
from churn.models import Alert
from kam.today.selectors import today_of
from loyalty import services
from loyalty.choices import EntryKind
from loyalty.services.ledger import Posting, post, wallet_of
from tests import factories
from tests.accounts.test_views import page, standing  # noqa: F401

ON = date(2026, 5, 12)


@pytest.fixture
def day(actors, standing, time_machine):  # noqa: F811
    """A full day of the owner: a plan, a missed plan, an alert, a late visit, a promise, a task to come."""
    time_machine.move_to("2026-05-12 08:00Z")
    account, owner = actors.account, actors.OWN
    for state_day in (ON, date(2026, 5, 8), date(2026, 5, 20)):
        other = factories.AccountFactory(owner=owner)
        factories.InteractionFactory(account=other, owner=owner, happened_on=state_day, state="planned")
    Alert.objects.create(
        account=account,
        rule_key="order_gap",
        rule_number=1,
        severity="red",
        opened_on=ON,
        last_fired_on=ON,
        last_evaluated_on=ON,
        reason={"leaves": []},
    )
    factories.TaskFactory(account=account, assignee=owner, due_on=ON, kind="promise_ours", title="Send the report")
    factories.TaskFactory(account=account, assignee=owner, due_on=date(2026, 5, 15))
    factories.TaskFactory(account=account, assignee=owner, due_on=ON, kind="alert")
    return actors


def kinds(user):
    return [card.kind for card in today_of(user, ON).cards]


def test_cards_come_by_urgency(day):
    today = today_of(day.OWN, ON)
    assert [card.kind for card in today.cards] == ["alert", "missed", "visit", "task"]
    assert [plan.happened_on for plan in today.plans] == [ON]
    assert today.later == 1
    assert today.cards[2].days_late == (ON - date(2025, 12, 1)).days - 30


def test_others_see_their_own_day(day):
    assert kinds(day.OTH) == []
    assert kinds(day.HELP) == ["alert"]
    assert kinds(day.MGR) == ["alert", "visit"]


@pytest.mark.parametrize("actor", ["OWN", "HELP", "OTH", "MGR", "REG", "EX", "AD"])
def test_today_stands_for_everybody(day, client, actor):
    assert page(client, getattr(day, actor), "/").status_code == 200


def test_today_takes_the_same_queries_on_a_full_day(day, client, django_assert_max_num_queries, standing):  # noqa: F811
    page(client, day.OWN, "/")
    with django_assert_max_num_queries(16) as few:
        client.get("/")
    for _ in range(8):
        account = factories.AccountFactory(owner=day.OWN)
        Standing.objects.create(
            account=account, as_of=standing.as_of, calculated_at=standing.calculated_at, tier=standing.tier
        )
        factories.TaskFactory(account=account, assignee=day.OWN, due_on=ON)
        factories.InteractionFactory(account=account, owner=day.OWN, happened_on=ON, state="planned")
    with django_assert_max_num_queries(16) as many:
        client.get("/")
    assert len(few) == len(many)


def test_a_visit_logged_or_planned_since_last_night_takes_the_card_away(day):
    assert "visit" in kinds(day.OWN)
    visit = factories.InteractionFactory(account=day.account, owner=day.OWN, happened_on=ON)
    assert "visit" not in kinds(day.OWN)
    visit.delete()
    factories.InteractionFactory(account=day.account, owner=day.OWN, happened_on=date(2026, 5, 20), state="planned")
    assert "visit" not in kinds(day.OWN)


def test_acting_removes_the_card_with_undo(day, client):
    client.force_login(day.OWN)
    task = Task.objects.get(title="Send the report")
    response = client.post(f"/tasks/{task.pk}/complete/", {"next": "/"}, HTTP_HX_REQUEST="true")
    assert response.status_code == 200
    assert response.content == b""
    assert f"/tasks/{task.pk}/reopen/?next=%2F" in response["HX-Trigger"]
    assert "task" not in kinds(day.OWN)


def test_one_tap_plans_the_visit_for_the_next_workday(day, client):
    client.force_login(day.OWN)
    sent = {"kind": "visit", "on": "2026-05-13", "next": "/"}
    response = client.post(f"/accounts/{day.account.pk}/plan/", sent)
    assert response.url == "/"
    assert Interaction.objects.planned().filter(account=day.account, happened_on=date(2026, 5, 13)).exists()


def test_greeting_line_names_the_lunar_day(day, client):
    assert "lunar 3/26" in page(client, day.OWN, "/").content.decode()
    day.OWN.language = "zh-hans"
    day.OWN.save()
    assert "三月廿六" in page(client, day.OWN, "/").content.decode()


def test_one_tap_takes_an_alert_on_and_the_toast_gives_it_back(day, client):
    alert = Alert.objects.get()
    url = f"/alerts/{alert.pk}/acknowledge/"
    assert f'action="{url}"' in page(client, day.OWN, "/").content.decode()
    assert f'action="{url}"' not in page(client, day.EX, "/").content.decode()
    client.force_login(day.OWN)
    response = client.post(url, {"version": alert.version, "next": "/"}, headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (200, b"")
    toast = json.loads(response["HX-Trigger"])["toast"]["toasts"][0]
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", day.OWN)
    assert kinds(day.OWN) == ["missed", "visit", "task"]
    assert client.post(toast["undo"]).url == "/"
    assert kinds(day.OWN) == ["alert", "missed", "visit", "task"]


def test_one_tap_works_without_javascript_and_says_what_stands_in_its_way(day, client):
    alert = Alert.objects.get()
    url = f"/alerts/{alert.pk}/acknowledge/"
    client.force_login(day.OWN)
    assert client.post(url, {"version": alert.version, "next": "/"}).url == "/"
    response = client.post(url, {"version": alert.version, "next": "/"}, headers={"HX-Request": "true"})
    assert response.status_code == 204
    assert json.loads(response["HX-Trigger"])["toast"]["toasts"][-1]["level"] == "warn"


def test_wishes_and_corrections_wait_on_today_for_who_may_decide(day, client):
    reward = services.create_reward(name="Trip", points=100, by=day.AD)
    post(wallet_of(day.account).pk, Posting(EntryKind.EARN, "t", ON, points=500))
    wish = services.request_redemption(account=day.account, reward=reward, by=day.OWN)
    services.propose_correction(account=day.account, points=7, reason="Fair", by=day.MGR)
    assert kinds(day.OWN) == ["alert", "wish", "missed", "visit", "task"]
    assert kinds(day.MGR) == ["alert", "wish", "visit"]
    assert kinds(day.REG) == ["alert", "wish", "correction", "visit"]
    assert kinds(day.HELP) == ["alert"]
    content = page(client, day.REG, "/").content.decode()
    assert f'action="/points/redemptions/{wish.pk}/approve/"' in content
    answer = client.post(f"/points/redemptions/{wish.pk}/approve/", {"version": 1, "next": "/"}, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer.content) == (200, b"")
    assert kinds(day.REG) == ["alert", "correction", "visit"]
