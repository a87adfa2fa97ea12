"""The points rules: draft, preview over the orders of a year by the night's own evaluator, publication, rollback."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AccountHistory
from core import versions
from kam.configuration.points_preview import points_preview
from loyalty.configuration import FIRST_POINTS_RULES, POINTS_RULES, rule_periods
from loyalty.services.ledger import wallet_of
from loyalty.services.orders import award_order_points
from tests import factories
from tests.accounts.test_views import page

RULES = FIRST_POINTS_RULES | {"starts_on": "2025-01-01"}
URL = "/settings/points-rules/"


@pytest.fixture
def year(actors, time_machine):
    """Sales of a year and one before it, a return, and a stranger's order."""
    time_machine.move_to("2026-05-12 12:00Z")
    account = actors.account
    AccountHistory.objects.create(subject=account, field="tier", value="A", valid_from=date(2026, 1, 1))
    for day, amount, kind in (
        (date(2025, 5, 11), 90000, "sale"),
        (date(2025, 8, 1), 1000, "sale"),
        (date(2026, 2, 1), 5000, "sale"),
        (date(2026, 2, 9), -1000, "return"),
        (date(2026, 5, 12), 90000, "sale"),
    ):
        factories.OrderFactory(account=account, ordered_on=day, amount=amount, kind=kind)
    factories.OrderFactory(account=factories.AccountFactory(owner=actors.OTH), ordered_on=date(2026, 2, 1), amount=700)
    return account


def test_preview_counts_the_orders_of_a_year_under_both_rules(actors, year):
    dearer = RULES | {"amount_per_point": 200, "value_per_point": 3}
    preview = points_preview(actors.MGR, old=RULES, new=dearer)
    assert (preview.since, preview.as_of) == (date(2025, 5, 12), date(2026, 5, 11))
    assert (preview.before, preview.after, preview.change) == (50, 25, -25)
    assert (preview.value, preview.value_change) == (75, 25)
    assert preview.rate == pytest.approx(75 / 5000)
    assert [(row.account, row.before, row.after) for row in preview.top(9)] == [(year, 50, 25)]
    assert [(row["code"], row["before"]) for row in preview.tiers()] == [
        ("A", 40),
        ("B", 0),
        ("C", 0),
        ("D", 0),
        ("", 10),
    ]
    assert points_preview(actors.AD, old=RULES, new=dearer).before == 57


def test_rules_that_never_begin_earn_nothing(actors, year):
    preview = points_preview(actors.AD, old=FIRST_POINTS_RULES, new=RULES)
    assert (preview.before, preview.after, preview.earning_before, preview.earning_after) == (0, 57, 0, 2)


def test_preview_says_what_the_night_then_awards(actors, year):
    """The same evaluator: the wallets of a real night hold what the preview said."""
    draft = versions.save_draft(kind=POINTS_RULES, document=RULES | {"starts_on": "2025-05-12"}, author=actors.AD)
    preview = points_preview(actors.AD, old=FIRST_POINTS_RULES, new=draft.document)
    versions.publish(draft=draft, based_on=1, preview_hash=draft.document_hash, comment="", author=actors.AD)
    everybody = range(max(preview.by_account.index) + 1)
    award_order_points(as_of=preview.as_of, account_ids=everybody, periods=rule_periods()[-1:])
    by_account = {row.account: row.after for row in preview.top(9)}
    assert by_account == {account: wallet_of(account).qualifying_points for account in by_account}


def test_page_saves_a_draft_shows_its_preview_and_publishes_it(actors, client, year):
    assert page(client, actors.AD, URL).status_code == 200
    typed = {"starts_on": "2026-01-01", "amount_per_point": "50", "minimum_amount": "0", "value_per_point": "0.5",
             "valid_months": "", "own_limit_points": "300", "waits_for_payment": "on"}  # fmt: skip
    sent = reverse("configuration_draft", args=[POINTS_RULES, "default"])
    live = client.post(sent, typed, headers={"HX-Request": "true"})
    assert live.status_code == 200
    assert live.context["preview"].after == 114
    draft = versions.draft_of(POINTS_RULES)
    assert draft.document == {
        "starts_on": "2026-01-01",
        "amount_per_point": 50,
        "minimum_amount": 0,
        "waits_for_payment": True,
        "valid_months": None,
        "own_limit_points": 300,
        "value_per_point": 0.5,
    }
    values = {"based_on": 1, "preview_hash": draft.document_hash, "comment": "Spring"}
    client.post(reverse("configuration_publish", args=[POINTS_RULES, "default"]), values)
    assert versions.published(POINTS_RULES).document["own_limit_points"] == 300
    client.post(reverse("configuration_roll_back", args=[POINTS_RULES, "default", 1]), {"based_on": 2})
    assert versions.published(POINTS_RULES).document["starts_on"] is None


def test_wrong_figures_are_refused_at_their_field(actors, client, year):
    client.force_login(actors.AD)
    sent = reverse("configuration_draft", args=[POINTS_RULES, "default"])
    answer = client.post(sent, {"amount_per_point": "0", "minimum_amount": "-1", "value_per_point": "x"})
    assert answer.status_code == 422
    assert {"amount_per_point", "minimum_amount", "value_per_point", "own_limit_points"} <= set(
        answer.context["form"].errors
    )
    assert versions.draft_of(POINTS_RULES) is None


def test_rules_of_an_older_release_without_a_value_mean_the_first_one(actors, client, year):
    old = {name: value for name, value in RULES.items() if name != "value_per_point"}
    assert versions.kind_of(POINTS_RULES).validate(old) == []
    assert points_preview(actors.AD, old=old, new=RULES).worth == (Decimal(1), Decimal(1))


def test_managers_read_and_reps_do_not(actors, client, year):
    content = page(client, actors.MGR, URL).content.decode()
    assert "administrators change it" in content
    assert page(client, actors.OWN, URL).status_code == 403
