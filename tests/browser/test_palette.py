"""The palette, the keys of lists and the saved views in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rep():
    user = factories.UserFactory(username="rep", name="Lin Zihang")
    for name in ("九川轨道", "Paper Crane Foods", "Kite Valley"):
        factories.AccountFactory(name=name, owner=user)
    return user


def test_palette_opens_an_account_by_its_initials_with_keys_alone(open_page, rep):
    page = open_page(DESK, user=rep)
    page.goto("/tasks/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    expect(page.locator("#palette [aria-selected=true]")).to_have_text("Log an interaction")
    page.keyboard.type("jcgd")
    expect(page.locator("#palette [role=option]").first).to_contain_text("九川轨道")
    active = page.locator("#palette input").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/accounts/\d+/$"))
    page.keyboard.press("Control+k")
    expect(page.locator("#palette .k-found-head").first).to_have_text("Opened last")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_keys_of_a_list_walk_open_search_and_explain(open_page, rep):
    page = open_page(DESK, user=rep)
    page.goto("/accounts/")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr[data-row]").nth(1)).to_have_class("is-current")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("[data-list-search]")).to_be_focused()
    page.keyboard.type("jk?x/")
    expect(page.locator("[data-list-search]")).to_have_value("jk?x/")
    expect(page.locator("#keys")).not_to_be_visible()


def test_x_picks_the_row_where_rows_can_be_picked(open_page):
    admin = factories.UserFactory(username="ad", role="admin")
    factories.AccountFactory(name="Nobody's", owner=None)
    page = open_page(DESK, user=admin)
    page.goto("/accounts/unassigned/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("input[name=pick]").first).to_be_checked()


def test_palette_fits_a_phone(open_page, rep):
    page = open_page(PHONE, user=rep, has_touch=True, is_mobile=True)
    page.goto("/accounts/")
    page.keyboard.press("Control+k")
    page.keyboard.type("kite")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Kite Valley")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_view_is_saved_changed_and_deleted_with_undo(open_page, rep):
    page = open_page(DESK, user=rep)
    page.goto("/accounts/")
    page.fill("[data-list-search]", "kite")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.locator(".k-viewacts summary").first.click()
    page.fill(".k-viewacts [name=name]", "Kites")
    page.get_by_role("button", name="Save the view").click()
    expect(page.locator(".k-viewtabs .is-on")).to_have_text("Kites")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.fill("[data-list-search]", "")
    expect(page.locator("tr[data-row]")).to_have_count(3)
    expect(page.get_by_role("button", name="Save the change")).to_be_visible()
    page.goto("/accounts/")
    page.locator(".k-viewtabs a", has_text="Kites").click()
    page.locator("[aria-label='More about this view']").click()
    page.get_by_role("button", name="Delete the view").click()
    expect(page.locator(".k-viewtabs")).to_have_count(0)
    page.locator("#toasts button").click()
    expect(page.locator(".k-viewtabs .is-on")).to_have_text("Kites")


def test_columns_are_moved_in_place_and_shown_in_that_order(open_page, rep):
    page = open_page(DESK, user=rep)
    page.goto("/accounts/")
    page.locator("#columns summary").click()
    page.get_by_role("button", name="Move Value score to the front").click()
    page.get_by_role("checkbox", name="Status").uncheck()
    page.locator("#columns").get_by_role("button", name="Show these columns").last.click()
    heads = page.locator("thead th").all_inner_texts()
    assert heads[:3] == ["Account", "Value score", "Tier"]
    assert "Status" not in heads
