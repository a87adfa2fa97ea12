from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from accounts.configuration import SERVICE_LEVELS
from core import versions
from core.models import ConfigurationVersion
from core.periods import last_full_day, month_end_after
from loyalty.configuration import FIRST_POINTS_RULES, POINTS_RULES, problems_of_points_rules, rule_periods
from loyalty.models import LedgerEntry, Wallet
from loyalty.services.ledger import wallet_of
from tests import factories


def publish(kind: str, document: dict, on: date) -> None:
    """Publish ``document`` as if it had been on that day."""
    author = factories.UserFactory(role="admin")
    draft = versions.save_draft(kind=kind, document=document, author=author)
    based_on = versions.published(kind).number
    version = versions.publish(
        draft=draft, based_on=based_on, preview_hash=draft.document_hash, comment="", author=author
    )
    ConfigurationVersion.objects.filter(pk=version.pk).update(published_at=f"{on}T12:00:00Z")


def test_first_rules_are_in_order_and_give_nothing_yet(db):
    assert problems_of_points_rules(FIRST_POINTS_RULES) == []
    (period,) = rule_periods()
    assert (period.valid_from, period.rule.number, period.rule.starts_on) == (None, 1, None)
    assert dict(period.rule.multipliers)["A"] == Decimal(
        versions.published(SERVICE_LEVELS).document["levels"][0]["points_multiplier"]
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_per_point": 0}, "out_of_range"),
        ({"amount_per_point": "100"}, "out_of_range"),
        ({"minimum_amount": -1}, "out_of_range"),
        ({"waits_for_payment": "yes"}, "out_of_range"),
        ({"valid_months": 0}, "out_of_range"),
        ({"valid_months": 2.5}, "out_of_range"),
        ({"own_limit_points": True}, "out_of_range"),
        ({"starts_on": "31.3.2026"}, "out_of_range"),
        ({"starts_on": 5}, "out_of_range"),
        ({"bonus": 5}, "unknown_field"),
    ],
)
def test_faulty_rules_are_refused(change, code):
    assert [problem.code for problem in problems_of_points_rules(FIRST_POINTS_RULES | change)] == [code]


def test_rules_that_are_no_document_are_refused():
    assert {problem.code for problem in problems_of_points_rules([])} == {"missing"}


def test_each_change_of_rules_or_multipliers_begins_a_period(db):
    publish(POINTS_RULES, FIRST_POINTS_RULES | {"amount_per_point": 50}, date(2026, 3, 10))
    levels = versions.published(SERVICE_LEVELS).document["levels"]
    better = [{**level, "points_multiplier": 3} for level in levels]
    publish(SERVICE_LEVELS, {"levels": better}, date(2026, 3, 20))
    found = [(p.valid_from, p.rule.number, p.rule.amount_per_point, p.rule.multipliers[0][1]) for p in rule_periods()]
    old = Decimal(str(levels[0]["points_multiplier"]))
    assert found == [
        (None, 1, 100, old),
        (date(2026, 3, 10), 2, 50, old),
        (date(2026, 3, 20), 2, 50, Decimal(3)),
    ]
    assert [period.rule.number for period in rule_periods(1)] == [1, 1]


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 5), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 1, date(2026, 12, 31)),
        (date(2026, 12, 1), 24, date(2028, 12, 31)),
    ],
)
def test_points_last_to_the_end_of_a_month(db, day, months, end):
    assert month_end_after(day, months) == end
    document = FIRST_POINTS_RULES | {"valid_months": months}
    publish(POINTS_RULES, document, date(2026, 3, 10))
    assert rule_periods()[-1].expires_on(day) == end


def test_night_awards_points_and_proves_that_they_add_up(db):
    yesterday = last_full_day()
    publish(POINTS_RULES, FIRST_POINTS_RULES | {"starts_on": str(yesterday)}, yesterday - timedelta(9))
    order = factories.OrderFactory(ordered_on=yesterday, amount=Decimal(1000))
    factories.OrderFactory(account=order.account, ordered_on=yesterday - timedelta(1), amount=Decimal(5000))
    call_command("nightly")
    assert wallet_of(order.account).available_points == 10
    call_command("nightly")
    assert LedgerEntry.objects.count() == 1


def test_historic_night_awards_nothing(db):
    publish(POINTS_RULES, FIRST_POINTS_RULES | {"starts_on": "2020-01-01"}, date(2020, 1, 1))
    day = last_full_day() - timedelta(60)
    factories.OrderFactory(ordered_on=day, amount=Decimal(1000))
    call_command("nightly", as_of=day)
    assert not LedgerEntry.objects.exists()


def test_reconcile_says_what_does_not_add_up(db, capsys):
    wallet = wallet_of(factories.AccountFactory())
    call_command("reconcile")
    assert capsys.readouterr().out == "1 wallets add up\n"
    Wallet.objects.update(held_points=5)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("reconcile")
    assert capsys.readouterr().out == f"wallet {wallet.pk}: held_points is 5, the ledger says 0\n"
