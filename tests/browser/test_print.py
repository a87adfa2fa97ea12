"""On paper: no navigation, black on white from the dark theme too, charts that fit, the stamp and who printed."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import DESK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    account = factories.AccountFactory(owner=factories.UserFactory(username="rep", name="Lin Zihang"))
    factories.OrderFactory(account=account)
    return account


def test_account_page_prints_without_navigation_in_black_on_white(open_page, account):
    page = open_page(DESK, user=account.owner, color_scheme="dark")
    page.goto(f"/accounts/{account.pk}/")
    expect(page.locator("#notes textarea")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for part in (".k-side", ".k-tabs", ".btn-primary", "#notes form"):
        expect(page.locator(part).first).not_to_be_visible()
    expect(page.locator(".k-print-only")).to_contain_text("Lin Zihang")
    colours = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_pdf_of_the_account_page_has_its_chart(open_page, account):
    page = open_page(DESK, user=account.owner, color_scheme="dark")
    page.goto(f"/accounts/{account.pk}/")
    expect(page.locator(".k-chart svg")).to_be_visible()
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    assert content.startswith(b"%PDF")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
