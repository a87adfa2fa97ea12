import re

import pytest
from playwright.sync_api import expect

from tests import factories


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_person_signs_in_and_comes_back_to_the_page_asked_for(request, live_server, size):
    factories.UserFactory(username="rep")
    page = request.getfixturevalue(size)
    page.goto("/profile/")
    expect(page).to_have_url(re.compile(r"/login/\?next=/profile/"))
    page.locator("input[name=username]").fill("rep")
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page).to_have_url(f"{live_server.url}/profile/")


def test_wrong_password_is_explained_and_the_name_stays(live_server, desk):
    factories.UserFactory(username="rep")
    desk.goto("/login/")
    desk.locator("input[name=username]").fill("rep")
    desk.locator("input[name=password]").fill("not the password")
    desk.locator("input[name=password]").press("Enter")
    expect(desk.get_by_text("User name and password do not match.")).to_be_visible()
    expect(desk.locator("input[name=username]")).to_have_value("rep")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_sign_in_page_is_styled_and_fits_the_screen(request, live_server, size):
    page = request.getfixturevalue(size)
    page.goto("/login/")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").lower() != "times new roman"
    assert page.evaluate("[...document.styleSheets].length") > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
