"""What an administrator previews is what the next night does, account by account."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import Standing
from churn.models import Alert
from core.periods import last_full_day
from tests import factories
from tests.browser.conftest import DESK, PHONE

GAPS = (15, 25, 15, 25, 20)
SLOW = 30_000
SLOT = "fires_when__than__terms__1__times__by_tier__"


def nightly(*options: str) -> None:
    """One night for yesterday, as the command line computes it."""
    call_command("nightly", *options, stdout=StringIO())


def buyer(owner, number: int):
    """An account that buys every 20 days or so, and was last heard of 10 days ago, 15, 20 … by its number."""
    account = factories.AccountFactory(owner=owner, code=f"T{number:02d}", name=f"Buyer {number:02d}")
    day = last_full_day() - timedelta(days=10 + 5 * number)
    for gap in (0, *GAPS):
        day -= timedelta(days=gap)
        factories.OrderFactory(account=account, ordered_on=day, amount=1000 * (number + 1))
    return account


@pytest.fixture
def buyers(actors):
    return [buyer(actors.OWN, number) for number in range(12)]


def previewed(page: Page, table: str, attribute: str) -> dict[str, str]:
    rows = page.locator(f"[{table}] [data-account]").all()
    return {row.get_attribute("data-account"): row.get_attribute(attribute) for row in rows}


def alerted() -> set[str]:
    return set(Alert.objects.open().values_list("account__code", flat=True))


def tiers() -> dict[str, str]:
    return dict(Standing.objects.values_list("account__code", "tier__code"))


def at_desk(open_page, user) -> Page:
    """A page at 1440 px that may wait for a preview of everybody on a busy machine."""
    page = open_page(DESK, user=user)
    page.set_default_timeout(SLOW)
    return page


def publish(page: Page, comment: str) -> None:
    page.get_by_label("Why this change").fill(comment)
    page.get_by_role("button", name="Publish v2").click()
    expect(page.get_by_text("Version 2 is in force from the next night on")).to_be_visible(timeout=SLOW)


def test_previewed_accounts_are_exactly_those_with_the_alert_after_the_night(actors, buyers, open_page):
    nightly()
    before = alerted()
    page = at_desk(open_page, actors.AD)
    page.goto("/settings/alert-rules/order_gap/")
    for tier in "ABCD":
        page.locator(f"[name={SLOT}{tier}]").fill("5")
    expect(page.locator("#publish .k-list > li")).to_have_count(4, timeout=SLOW)
    shown = previewed(page, "data-firings", "data-fires")
    expected = {code for code, fires in shown.items() if fires == "yes"}
    expect(page.locator("[data-fires]").first).to_have_text(str(len(expected)))
    assert expected
    assert expected < before
    assert set(shown) == before
    publish(page, "fewer false alarms")
    nightly("--current-configuration")
    assert alerted() == expected
    page.goto("/alerts/")
    expect(page.locator("tbody tr")).to_have_count(len(expected), timeout=SLOW)


def test_previewed_tiers_are_those_after_the_night_account_by_account(actors, buyers, open_page):
    nightly()
    before = tiers()
    page = at_desk(open_page, actors.AD)
    page.goto("/settings/tiers/")
    page.locator("[name=minimum_B]").fill("50")
    expect(page.locator("#publish .k-list > li")).to_have_count(1, timeout=SLOW)
    expected = previewed(page, "data-moves", "data-after")
    assert expected
    publish(page, "more key accounts")
    nightly("--current-configuration")
    assert tiers() == before | expected
    page.goto("/tiers/")
    count = list(tiers().values()).count("B")
    expect(page.locator("[data-tier-cell=B]")).to_contain_text(f"{count} account")


def test_settings_fit_the_phone(actors, buyers, open_page):
    nightly()
    page = open_page(PHONE, user=actors.AD)
    for path in (
        "/tiers/",
        "/alerts/",
        "/settings/tiers/",
        "/settings/value-score/",
        "/settings/alert-rules/order_gap/",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
