"""The points of all visible accounts: sums, months, and where each figure leads."""

from datetime import date

import pytest

from loyalty import services
from loyalty.choices import EntryKind
from loyalty.selectors.overview import month_chart, month_start, points_overview
from loyalty.services.ledger import Posting, post, wallet_of
from tests import factories
from tests.accounts.test_views import page


@pytest.fixture
def points(actors, time_machine):
    time_machine.move_to("2026-05-12 12:00Z")
    for number, (account, kind, day, count, more) in enumerate(
        [
            (actors.account, EntryKind.EARN, date(2026, 5, 1), 500, {"expires_on": date(2026, 6, 30)}),
            (actors.account, EntryKind.EARN, date(2026, 3, 1), 40, {}),
            (actors.account, EntryKind.EARN, date(2025, 5, 31), 9, {"expires_on": date(2026, 4, 30)}),
            (actors.account, EntryKind.EXPIRE, date(2026, 4, 30), -9, {"is_expiring": True}),
            (actors.account, EntryKind.PENDING, date(2026, 5, 1), 0, {"pending": 70}),
            (factories.AccountFactory(owner=actors.OTH), EntryKind.EARN, date(2026, 5, 1), 1000, {}),
        ]
    ):
        post(wallet_of(account).pk, Posting(kind, f"o:{number}", day, points=count, **more))
    reward = services.create_reward(name="Trip", points=100, by=actors.AD)
    wish = services.request_redemption(account=actors.account, reward=reward, by=actors.OWN)
    services.request_redemption(account=actors.account, reward=reward, by=actors.OWN)
    wish = services.approve_redemption(redemption=wish, version=1, by=actors.MGR)
    services.fulfil_redemption(redemption=wish, version=2, by=actors.OWN)


def test_figures_are_those_of_the_visible_accounts(points, actors):
    mine, whole = points_overview(actors.MGR), points_overview(actors.AD)
    assert (mine.outstanding, mine.held, mine.pending, mine.account_count) == (440, 100, 70, 1)
    assert (whole.outstanding, whole.account_count) == (1440, 2)
    assert (mine.value, mine.expiring) == (440, 300)
    assert (mine.earned, mine.redeemed, mine.expired) == (540, 100, 9)
    assert [month["earned"] for month in mine.months][-3:] == [40, 0, 500]
    assert mine.since == date(2025, 6, 1)


def test_every_bar_leads_to_its_entries(points, actors, client):
    series = month_chart(points_overview(actors.MGR))["series"]
    credited, redeemed, _expired = [one["values"][-1] for one in series]
    assert [row.moved_points for row in page(client, actors.MGR, credited["href"]).context["page"]] == [500]
    assert [row.held_points for row in page(client, actors.MGR, redeemed["href"]).context["page"]] == [-100]


@pytest.mark.parametrize("actor", ["OWN", "HELP", "OTH", "MGR", "REG", "MOTH", "EX", "AD"])
def test_overview_stands_for_everybody(points, actors, client, actor, django_assert_max_num_queries):
    url = "/points/"
    page(client, getattr(actors, actor), url)
    with django_assert_max_num_queries(12):
        assert client.get(url).status_code == 200


def test_months_begin_on_their_first_day_across_the_year():
    assert [month_start(date(2026, 1, 31), back) for back in (0, 1, 12)] == [
        date(2026, 1, 1),
        date(2025, 12, 1),
        date(2025, 1, 1),
    ]
