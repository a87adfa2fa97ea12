"""The frame and the lists in a real browser: what needs JavaScript, and what must fit on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin():
    for name in ("Lin Zihang", "周雯", "Marco Bellini"):
        factories.UserFactory(name=name, search_key=name.lower())
    return factories.UserFactory(username="ad", name="Priya Raman", role="admin")


def test_a_list_filters_and_sorts_in_place(open_page, admin):
    page = open_page(DESK, user=admin)
    page.goto("/settings/users/")
    page.evaluate("window.isSamePage = true")
    page.fill("[data-list-search]", "bellini")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=bellini$"))
    assert page.locator("[data-export=csv]").get_attribute("href").endswith("?q=bellini")
    page.locator("th a").first.click()
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    assert page.evaluate("window.isSamePage")


def test_theme_chosen_in_the_frame_stays(open_page, admin):
    page = open_page(DESK, user=admin, color_scheme="light")
    page.goto("/settings/users/")
    with page.expect_response("**/preferences/"):
        page.locator(".k-side [data-theme-toggle]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_rows_are_walked_with_the_keyboard(open_page, admin):
    page = open_page(DESK, user=admin)
    page.goto("/settings/users/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr[data-row]").nth(1)).to_have_class("is-current")
    href = page.locator("tr.is-current a").first.get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(href)))


def test_a_phone_shows_cards_that_fit_and_every_page_in_more(open_page, admin):
    page = open_page(PHONE, user=admin, has_touch=True, is_mobile=True)
    page.goto("/settings/users/")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.locator("tr[data-row]").first.evaluate("row => getComputedStyle(row).display") == "flex"
    page.get_by_role("button", name="More").tap()
    expect(page.locator("#more a[aria-current=page]")).to_have_text("Users")


def test_a_refused_request_is_said_and_a_lost_session_leads_to_sign_in(open_page, admin, watch):
    page = open_page(DESK, user=admin)
    page.goto("/settings/users/")
    page.evaluate("htmx.ajax('GET', '/nowhere/', '#list')")
    expect(page.locator("#toasts .k-toast.is-bad")).to_contain_text("no longer here")
    page.context.clear_cookies()
    page.fill("[data-list-search]", "x")
    expect(page).to_have_url(re.compile(r"/login/\?next=/settings/users/"))
    watch.problems.clear()
