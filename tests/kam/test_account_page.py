"""The account page: strip, tabs, timeline, chart."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.services import transfer_account
from churn.models import Alert
from kam.account_page.selectors import monthly_orders, months_before
from kam.account_page.timeline import timeline
from tests import factories
from tests.accounts.test_views import fill, page, standing  # noqa: F401

TODAY = date(2026, 5, 12)


@pytest.fixture
def events(actors, time_machine):
    """One record of every kind, a day apart, and a few that are no part of the past."""
    time_machine.move_to("2026-05-12 12:00Z")
    account, owner = actors.account, actors.OWN
    factories.InteractionFactory(account=account, owner=owner, happened_on=date(2026, 5, 1), result="Trial")
    factories.InteractionFactory(account=account, owner=owner, happened_on=date(2026, 5, 20), state="planned")
    factories.OrderFactory(account=account, ordered_on=date(2026, 5, 2), amount=120, order_number="SO1")
    receivable = factories.ReceivableFactory(account=account, due_on=date(2026, 5, 3), number="INV1")
    factories.ReceivableFactory(account=account, due_on=date(2026, 6, 3))
    factories.PaymentFactory(receivable=receivable, paid_on=date(2026, 5, 4), payment_number="PAY1")
    Alert.objects.create(
        account=account,
        rule_key="order_gap",
        rule_number=1,
        opened_on=date(2026, 5, 5),
        last_fired_on=date(2026, 5, 5),
        last_evaluated_on=date(2026, 5, 5),
        reason={"leaves": []},
    )
    factories.TaskFactory(
        account=account, assignee=owner, state="done", done_at=datetime(2026, 5, 6, 9, tzinfo=UTC), title="Quote"
    )
    factories.TaskFactory(account=account, assignee=owner)
    transfer_account(account=account, by=actors.AD, owner=actors.TEAM)
    return account


def test_timeline_merges_every_app_newest_first(events, actors):
    entries, cursor = timeline(events, today=TODAY)
    assert [(e.day.day, e.source) for e in entries] == [
        (12, "change"),
        (6, "task"),
        (5, "alert"),
        (4, "payment"),
        (3, "receivable"),
        (2, "order"),
        (1, "interaction"),
    ]
    assert cursor == ""
    assert entries[0].text == str(actors.TEAM)
    assert (entries[5].amount, entries[5].text) == (120, "SO1")
    assert [e.source for e in timeline(events, today=TODAY, group="money")[0]] == ["payment", "receivable", "order"]


def test_timeline_pages_without_gap_or_repetition(actors):
    for number in range(50):
        day = date(2026, 4, 1) + timedelta(days=number // 7)
        factories.OrderFactory(account=actors.account, ordered_on=day)
        factories.InteractionFactory(account=actors.account, owner=actors.OWN, happened_on=day)
    seen, after = [], ""
    while True:
        entries, after = timeline(actors.account, today=TODAY, after=after)
        seen += entries
        if not after:
            break
    assert len({(e.source, e.key) for e in seen}) == len(seen) == 100
    assert [e.day for e in seen] == sorted((e.day for e in seen), reverse=True)


def test_account_page_takes_six_queries_however_much_there_is(
    actors,
    client,
    django_assert_max_num_queries,
    standing,  # noqa: F811
):
    url = reverse("account_page", args=[actors.account.pk])
    fill(actors.account, actors.OWN, 5)
    assert page(client, actors.OWN, url).status_code == 200
    with django_assert_max_num_queries(6) as few:
        client.get(url)
    fill(actors.account, actors.OWN, 30)
    with django_assert_max_num_queries(6) as many:
        client.get(url)
    assert len(few) == len(many)


@pytest.mark.parametrize("actor", ["OWN", "HELP", "MGR", "REG", "EX", "AD"])
@pytest.mark.parametrize(
    "name", ["account_page", "account_people", "account_activity", "account_money", "account_chart"]
)
def test_every_tab_stands_for_everybody_who_sees_the_account(actors, client, actor, name, standing):  # noqa: F811
    fill(actors.account, actors.OWN, 2)
    standing.contributions = [
        {"fact": "revenue_365d", "value": 4200000, "normalised": 97.5, "weight": 40, "points": 39}
    ]
    standing.save()
    assert page(client, getattr(actors, actor), reverse(name, args=[actors.account.pk])).status_code == 200


def test_growth_is_shown_only_where_the_night_could_compare(actors, client, standing):  # noqa: F811
    url = reverse("account_page", args=[actors.account.pk])
    assert b"k-delta" not in page(client, actors.OWN, url).content
    standing.revenue_growth_rate = 0.05
    standing.save()
    assert "+5 %</span>" in page(client, actors.OWN, url).content.decode()


def test_account_without_a_night_stands_too(actors, client):
    for name in ("account_page", "account_money"):
        assert page(client, actors.OWN, reverse(name, args=[actors.account.pk])).status_code == 200


def test_credit_limit_is_shown_to_managers_only(actors, client):
    actors.account.credit_limit_amount = 987654
    actors.account.save()
    url = reverse("account_money", args=[actors.account.pk])
    assert b"987,654" not in page(client, actors.OWN, url).content
    assert b"987,654" in page(client, actors.MGR, url).content


def test_points_of_sensitive_facts_are_other_factors_to_reps(actors, client, standing):  # noqa: F811
    standing.contributions = [
        {"fact": "revenue_365d", "value": 1000, "normalised": 50, "weight": 40, "points": 20},
        {"fact": "margin_365d", "value": 4711, "normalised": 50, "weight": 60, "points": 30},
    ]
    standing.save()
    url = reverse("account_page", args=[actors.account.pk])
    rep = page(client, actors.OWN, url)
    assert [(row["label"], row["weight"], row["points"]) for row in rep.context["points"]][1:] == [
        ("Other factors", "60", "30.0")
    ]
    assert "¥4.71 k" not in rep.content.decode()
    assert "¥4.71 k" in page(client, actors.MGR, url).content.decode()


def test_acts_follow_the_table(actors, client):
    url = reverse("account_page", args=[actors.account.pk])
    acts = {
        name: set(page(client, getattr(actors, name), url).context["acts"]) for name in ("OWN", "HELP", "MGR", "EX")
    }
    assert acts == {
        "OWN": {"edit", "team"},
        "HELP": set(),
        "MGR": {"edit", "team", "transfer", "archive"},
        "EX": set(),
    }


def test_unknown_place_in_the_timeline_is_refused(actors, client):
    client.force_login(actors.OWN)
    url = reverse("account_timeline", args=[actors.account.pk])
    for query in ("group=x", "after=x", "after=2026-01-01.9.1", "after=2026-99-01.1.1"):
        assert client.get(f"{url}?{query}").status_code == 400, query


def test_group_sum_is_for_who_sees_all_of_it(actors, client, standing):  # noqa: F811
    factories.AccountFactory(owner=actors.OWN, parent=actors.account, name="Daughter")
    url = reverse("account_money", args=[actors.account.pk])
    assert page(client, actors.OWN, url).context["group_revenue"] == 4200000
    factories.AccountFactory(owner=actors.OTH, parent=actors.account, name="Hidden")
    response = page(client, actors.OWN, url)
    assert response.context["group_revenue"] is None
    assert [row.name for row in response.context["group"]] == ["Daughter"]


def test_months_before_cross_the_year():
    assert months_before(date(2026, 1, 31), 2) == [date(2025, 12, 1), date(2026, 1, 1)]


def test_monthly_orders_are_net_and_compared_with_the_year_before(actors):
    for day, amount, cancelled in (
        (date(2026, 5, 1), 300, None),
        (date(2026, 5, 2), -50, None),
        (date(2025, 5, 31), 80, None),
        (date(2026, 4, 30), 10, None),
        (date(2026, 4, 29), 99, date(2026, 5, 1)),
        (date(2026, 5, 13), 1000, None),
        (date(2024, 5, 31), 1000, None),
    ):
        factories.OrderFactory(account=actors.account, ordered_on=day, amount=amount, cancelled_on=cancelled)
    chart = monthly_orders(actors.account, TODAY)
    assert chart["now"] == [0.0] * 10 + [10.0, 250.0]
    assert chart["before"] == [0.0] * 11 + [80.0]
    assert chart["categories"][-1] == "May"
