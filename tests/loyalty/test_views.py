"""Statement, catalogue, wishes and corrections as people meet them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.periods import business_date
from loyalty import services
from loyalty.choices import EntryKind
from loyalty.models import Correction, Redemption, Reward
from loyalty.permissions import can_approve
from loyalty.selectors.ledger import period_of
from loyalty.selectors.redemptions import waiting_corrections, waiting_redemptions
from loyalty.services import throttle
from loyalty.services.ledger import Posting, post, wallet_of
from tests import factories
from tests.accounts.test_views import page

TODAY = date(2026, 5, 12)
LIMIT = 1000


@pytest.fixture
def year(actors, time_machine):
    """Points that came, were set aside, and expired, on days of their own."""
    time_machine.move_to("2026-05-12 12:00Z")
    wallet = wallet_of(actors.account)
    order = factories.OrderFactory(account=actors.account, order_number="SO7")
    for number, (kind, day, points, more) in enumerate(
        [
            (EntryKind.EARN, date(2026, 1, 10), 500, {"qualifying": 500, "order_id": order.pk}),
            (EntryKind.EARN, date(2026, 3, 5), 2000, {"qualifying": 2000, "expires_on": date(2026, 6, 30)}),
            (EntryKind.ADJUST, date(2026, 4, 1), -100, {"reason": "Counted twice"}),
        ]
    ):
        post(wallet.pk, Posting(kind, f"test:{number}", day, points=points, **more))
    return actors.account


@pytest.fixture
def reward(actors):
    return services.create_reward(name="Trip", points=300, stock=3, by=actors.AD)


def statement(account, **query) -> str:
    return reverse("loyalty:statement", args=[account.pk], query=query)


def test_statement_runs_like_a_banks(actors, client, year):
    rows = page(client, actors.OWN, statement(year)).context["page"].object_list
    assert [(row.happened_on, row.available_points, row.balance) for row in rows] == [
        (date(2026, 4, 1), -100, 2400),
        (date(2026, 3, 5), 2000, 2500),
        (date(2026, 1, 10), 500, 500),
    ]
    part = page(client, actors.OWN, statement(year, since="2026-03-01", until="2026-03-31"))
    assert [row.balance for row in part.context["page"].object_list] == [2500]
    assert (part.context["period"].opening, part.context["period"].closing) == (500, 2500)
    assert b"Balance before 1 Mar" in part.content


def test_statement_of_a_kind_keeps_the_balance_of_all(actors, client, year):
    rows = page(client, actors.OWN, statement(year, kind="adjust")).context["page"].object_list
    assert [(row.available_points, row.balance) for row in rows] == [(-100, 2400)]
    credited = page(client, actors.OWN, statement(year, kind="credited")).context["page"].object_list
    assert len(credited) == 2


def test_periods_of_a_statement_follow_each_other(year):
    first = period_of(year, None, date(2026, 2, 28))
    second = period_of(year, date(2026, 3, 1), None)
    assert (first.closing, second.opening, second.came, second.went) == (500, 500, 2000, -100)
    assert second.closing == wallet_of(year).available_points


def test_each_entry_leads_to_what_moved_it(actors, client, year, reward):
    wish = services.request_redemption(account=year, reward=reward, by=actors.OWN)
    correction = services.propose_correction(account=year, points=-1, reason="x", by=actors.MGR)
    services.confirm_correction(correction=correction, by=actors.AD)
    content = page(client, actors.OWN, statement(year)).content.decode()
    for url in (
        f"/orders/{year.orders.get().pk}/",
        f"/points/redemptions/{wish.pk}/",
        f"/points/corrections/{correction.pk}/",
    ):
        assert f'href="{url}"' in content


def test_statement_is_exported_with_its_balances(actors, client, year):
    client.force_login(actors.OWN)
    url = reverse("loyalty:statement_export", args=[year.pk, "csv"])
    lines = b"".join(client.get(url).streaming_content).decode().splitlines()
    assert len(lines) == 4
    assert ",2400," in lines[1]
    client.force_login(actors.OTH)
    assert client.get(url).status_code == 404
    client.force_login(actors.OWN)
    workbook = client.get(reverse("loyalty:statement_export", args=[year.pk, "xlsx"]))
    assert b"".join(workbook.streaming_content).startswith(b"PK")
    workbook.close()


@pytest.mark.parametrize(
    "name",
    ["wallet_list", "entry_list", "lot_list", "redemption_list", "correction_list", "reward_list", "statement"],
)
def test_lists_take_as_many_queries_for_few_as_for_many(
    actors, client, year, reward, name, django_assert_max_num_queries
):
    def more(count):
        for number in range(count):
            account = year if name == "statement" else factories.AccountFactory(owner=actors.OWN)
            posting = Posting(EntryKind.EARN, f"more:{account.pk}:{count}:{number}", TODAY, points=900)
            post(wallet_of(account).pk, posting)
            wished = services.create_reward(name="Cup", points=5, stock=9, by=actors.AD)
            services.request_redemption(account=account, reward=wished, by=actors.OWN)
            services.propose_correction(account=account, points=5, reason="Fair", by=actors.MGR)

    more(2)
    url = statement(year) if name == "statement" else reverse(f"loyalty:{name}")
    assert page(client, actors.OWN, url).status_code == 200
    with django_assert_max_num_queries(8) as few:
        client.get(url)
    more(12)
    with django_assert_max_num_queries(8) as many:
        client.get(url)
    assert len(few) == len(many)


def test_points_tab_takes_six_queries_and_names_the_last_day(
    actors, client, year, reward, django_assert_max_num_queries
):
    for _ in range(3):
        services.request_redemption(account=year, reward=reward, by=actors.OWN)
    url = reverse("account_points", args=[year.pk])
    page(client, actors.OWN, url)
    with django_assert_max_num_queries(6):
        content = client.get(url).content.decode()
    assert "1,000 points expire on 30 Jun" in content
    assert "500 points never expire" in content


def redeem(client, account, **more):
    return client.post(reverse("loyalty:redemption_create", args=[account.pk]), more)


def test_wish_goes_from_the_phone_to_the_handing_over(actors, client, year, reward):
    client.force_login(actors.OWN)
    assert redeem(client, year, reward=reward.pk, quantity=2, key="a").status_code == 302
    wish = Redemption.objects.get()
    assert (wish.points, wish.requested_by, wish.state) == (600, actors.OWN, "requested")
    client.force_login(actors.MGR)
    assert client.post(f"/points/redemptions/{wish.pk}/approve/", {"version": 1}).status_code == 302
    client.force_login(actors.OWN)
    assert client.post(f"/points/redemptions/{wish.pk}/fulfil/", {"version": 2}).status_code == 302
    wish.refresh_from_db()
    assert wish.state == "fulfilled"
    assert (wallet_of(year).held_points, Reward.objects.get(pk=reward.pk).stock) == (0, 1)


def test_form_that_is_sent_twice_makes_one_wish_and_another_wish_is_409(actors, client, year, reward):
    client.force_login(actors.OWN)
    for _ in range(2):
        assert redeem(client, year, reward=reward.pk, quantity=1, key="a").status_code == 302
    answer = redeem(client, year, reward=reward.pk, quantity=2, key="a")
    assert answer.status_code == 409
    assert "sent before with another wish" in answer.content.decode()
    client.force_login(actors.MGR)
    assert redeem(client, year, reward=reward.pk, quantity=1, key="a").status_code == 302
    assert Redemption.objects.count() == 2


def test_loser_gets_409_with_a_plain_text_and_keeps_what_was_typed(actors, client, year, reward):
    client.force_login(actors.OWN)
    answer = redeem(client, year, reward=reward.pk, quantity=4, note="For the fair")
    assert answer.status_code == 409
    assert "There are not enough of it in stock." in answer.content.decode()
    assert "For the fair" in answer.content.decode()
    assert Redemption.objects.count() == 0


def test_wishes_are_throttled_per_person_and_per_address_whatever_the_header_says(
    actors, client, year, reward, monkeypatch
):
    monkeypatch.setattr(throttle, "TRIES_PER_PERSON", 2)
    monkeypatch.setattr(throttle, "TRIES_PER_ADDRESS", 3)

    def tried(actor, number) -> int:
        client.force_login(actor)
        url = reverse("loyalty:redemption_create", args=[year.pk])
        return client.post(
            url, {"reward": reward.pk, "quantity": 9}, headers={"X-Forwarded-For": str(number)}
        ).status_code

    assert [tried(actors.OWN, number) for number in range(3)] == [409, 409, 429]
    assert [tried(actors.MGR, number) for number in range(2)] == [409, 429]


def test_owner_decides_up_to_the_limit_and_nobody_above_it_on_their_own_wish(actors, client, year):
    dear = services.create_reward(name="Car", points=LIMIT + 1, by=actors.AD)
    cheap = services.create_reward(name="Cup", points=10, by=actors.AD)
    wishes = {
        (who, points): services.request_redemption(account=year, reward=what, by=getattr(actors, who))
        for who, points, what in (("OWN", "dear", dear), ("OWN", "cheap", cheap), ("MGR", "cheap", cheap))
    }
    may = {
        key: [name for name in vars(actors) if name.isupper() and can_approve(getattr(actors, name), wish, LIMIT)]
        for key, wish in wishes.items()
    }
    assert may[("OWN", "dear")] == ["MGR", "REG", "EX", "AD"]
    assert may[("OWN", "cheap")] == ["OWN", "MGR", "REG", "EX", "AD"]
    services.cancel_redemption(redemption=wishes["OWN", "dear"], version=1, by=actors.OWN)
    own = services.request_redemption(account=year, reward=dear, by=actors.MGR)
    assert not can_approve(actors.MGR, own, LIMIT)
    client.force_login(actors.MGR)
    assert client.post(f"/points/redemptions/{own.pk}/approve/", {"version": 1}).status_code == 403


@pytest.mark.parametrize("name", ["OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX", "AD"])
def test_waiting_for_me_is_what_i_may_decide(actors, year, name):
    """The list's one query says what the rule says of each wish."""
    elsewhere = factories.AccountFactory(owner=actors.MGR)
    post(wallet_of(elsewhere).pk, Posting(EntryKind.EARN, "else", TODAY, points=5000))
    rewards = [services.create_reward(name=str(points), points=points, by=actors.AD) for points in (10, LIMIT + 1)]
    for account in (year, elsewhere):
        for who in ("OWN", "MGR", "AD"):
            for reward in rewards[: 2 if account is elsewhere or who == "OWN" else 1]:
                services.request_redemption(account=account, reward=reward, by=getattr(actors, who))
    user = getattr(actors, name)
    rows = Redemption.objects.visible_to(user).select_related("account__team")
    assert set(waiting_redemptions(user)) == {row for row in rows if can_approve(user, row, LIMIT)}


def test_approval_is_taken_back_by_its_toast(actors, client, year, reward):
    wish = services.request_redemption(account=year, reward=reward, by=actors.OWN)
    client.force_login(actors.MGR)
    client.post(f"/points/redemptions/{wish.pk}/approve/", {"version": 1})
    undo = f"/points/redemptions/{wish.pk}/reopen/2/"
    assert undo in client.get(f"/points/redemptions/{wish.pk}/").content.decode()
    client.post(undo)
    wish.refresh_from_db()
    assert (wish.state, wish.decided_by) == ("requested", None)
    assert client.post(undo).status_code == 302
    wish.refresh_from_db()
    assert wish.version == 3


def test_rejection_needs_a_reason_and_gives_the_points_back(actors, client, year, reward):
    wish = services.request_redemption(account=year, reward=reward, by=actors.OWN)
    client.force_login(actors.MGR)
    url = f"/points/redemptions/{wish.pk}/reject/"
    assert client.post(url, {"version": 1, "reason": ""}).status_code == 422
    assert client.post(url, {"version": 1, "reason": "Too late"}).status_code == 302
    assert b"Too late" in client.get(f"/points/redemptions/{wish.pk}/").content
    assert wallet_of(year).available_points == 2400


def test_second_decision_says_so_and_changes_nothing(actors, client, year, reward):
    wish = services.request_redemption(account=year, reward=reward, by=actors.OWN)
    services.cancel_redemption(redemption=wish, version=1, by=actors.OWN)
    client.force_login(actors.MGR)
    answer = client.post(f"/points/redemptions/{wish.pk}/approve/", {"version": 1}, follow=True)
    assert "changed meanwhile" in answer.content.decode()
    wish.refresh_from_db()
    assert wish.state == "cancelled"


def test_contact_of_another_account_is_nobody(actors, client, year, reward):
    stranger = factories.ContactFactory(account=factories.AccountFactory(owner=actors.OWN))
    client.force_login(actors.OWN)
    assert redeem(client, year, reward=reward.pk, quantity=1, contact=stranger.pk).status_code == 422


def test_stale_edit_of_a_reward_shows_both_sides(actors, client, reward):
    client.force_login(actors.AD)
    url = reverse("loyalty:reward_edit", args=[reward.pk])
    form = client.get(url).context["form"]
    sent = {
        "name": "Trip",
        "kind": "gift",
        "points": 350,
        "version": form["version"].value(),
        "base": form["base"].value(),
    }
    services.update_reward(reward=reward, version=1, changes={"points": 320}, by=actors.AD)
    answer = client.post(url, sent)
    assert answer.status_code == 409
    assert [(c.base, c.theirs, c.mine) for c in answer.context["form"].conflicts] == [("300", "320", "350")]
    assert client.post(url, {**sent, "version": 2}).status_code in (302, 409)


def test_stock_is_what_its_movements_say(actors, client, reward):
    client.force_login(actors.AD)
    url = reverse("loyalty:reward_stock", args=[reward.pk])
    assert client.post(url, {"kind": "received", "quantity": 5}).status_code == 302
    assert client.post(url, {"kind": "counted", "quantity": -9, "reason": "Lost"}).status_code == 422
    assert client.post(url, {"kind": "counted", "quantity": 0}).status_code == 422
    assert client.post(url, {"kind": "counted", "quantity": -2, "reason": "Lost"}).status_code == 302
    reward.refresh_from_db()
    moved = list(reward.movements.values_list("quantity", "stock_after"))
    assert (reward.stock, moved) == (6, [(-2, 6), (5, 8), (3, 3)])


def test_reward_that_was_taken_off_cannot_be_asked_for_until_it_is_back(actors, client, year, reward):
    client.force_login(actors.AD)
    client.post(reverse("loyalty:reward_archive", args=[reward.pk]))
    client.force_login(actors.OWN)
    assert redeem(client, year, reward=reward.pk, quantity=1).status_code == 422
    client.force_login(actors.AD)
    client.post(reverse("loyalty:reward_restore", args=[reward.pk]))
    client.force_login(actors.OWN)
    assert redeem(client, year, reward=reward.pk, quantity=1).status_code == 302


def test_correction_goes_through_two_people(actors, client, year):
    client.force_login(actors.MGR)
    url = reverse("loyalty:correction_create", args=[year.pk])
    assert client.post(url, {"points": 50, "reason": ""}).status_code == 422
    assert client.post(url, {"points": 50, "reason": "Promised at the fair"}).status_code == 302
    correction = Correction.objects.get()
    confirm = reverse("loyalty:correction_confirm", args=[correction.pk])
    client.post(confirm)
    assert wallet_of(year).available_points == 2400
    assert not waiting_corrections(actors.MGR).exists()
    assert set(waiting_corrections(actors.REG)) == set(waiting_corrections(actors.AD)) == {correction}
    assert not any(waiting_corrections(user).exists() for user in (actors.OWN, actors.EX, actors.MOTH, actors.HELP))
    client.force_login(actors.REG)
    client.post(confirm)
    assert wallet_of(year).available_points == 2450


def test_expiring_soon_is_within_ninety_days(actors, client, year):
    day = business_date()
    post(wallet_of(year).pk, Posting(EntryKind.EARN, "late", day, points=7, expires_on=day + timedelta(91)))
    lots = page(client, actors.OWN, reverse("account_points", args=[year.pk])).context["lots"]
    assert [(lot["points"], lot["is_soon"]) for lot in lots] == [(1900, True), (7, False), (500, False)]


def test_catalogue_tells_nothing_of_strangers_wishes(actors, client, year, reward):
    services.request_redemption(account=year, reward=reward, by=actors.OWN)
    url = reverse("loyalty:reward_page", args=[reward.pk])
    seen = {name: page(client, getattr(actors, name), url) for name in ("OTH", "OWN", "AD")}
    assert {name: answer.context["reward"].open_count for name, answer in seen.items()} == {"OTH": 0, "OWN": 1, "AD": 1}
    assert {name: len(answer.context["movements"]) for name, answer in seen.items()} == {"OTH": 0, "OWN": 0, "AD": 2}
    assert actors.OWN.name not in seen["OTH"].content.decode()
