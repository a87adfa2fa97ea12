import re

import pytest
from playwright.sync_api import expect

from accounts.models import Interaction
from tests import factories
from tests.browser.conftest import PHONE


@pytest.fixture
def rep(live_server):
    """A rep who was with this customer before, and a person to meet."""
    rep = factories.UserFactory(username="rep")
    account = factories.AccountFactory(owner=rep, name="Nine Rivers Rail")
    factories.ContactFactory(account=account, name="王砚秋")
    factories.InteractionFactory(account=account, owner=rep)
    return rep


@pytest.fixture
def hand(open_page, rep):
    """The rep's phone, at Today."""
    page = open_page(PHONE, user=rep, has_touch=True, is_mobile=True)
    page.goto("/")
    return page


def test_visit_is_logged_from_today_in_five_taps(hand, rep, live_server):
    hand.get_by_role("link", name="Visit", exact=True).tap()
    save = hand.get_by_role("button", name="Save visit")
    expect(save).to_be_disabled()
    hand.get_by_text("王砚秋").tap()
    hand.locator("#log").get_by_text("Visit", exact=True).tap()
    expect(save).to_be_enabled()
    hand.get_by_text("Warm", exact=True).tap()
    save.tap()
    expect(hand).to_have_url(f"{live_server.url}/")
    expect(hand.get_by_text("Saved: Visit · Nine Rivers Rail")).to_be_visible()
    saved = Interaction.objects.done().latest("pk")
    assert (saved.kind, saved.mood, [person.name for person in saved.contacts.all()]) == ("visit", "warm", ["王砚秋"])
    assert saved.owner == rep


def test_draft_outlives_a_reload_and_ends_with_the_save(hand):
    hand.goto("/interactions/log/")
    hand.get_by_text("Call", exact=True).tap()
    hand.get_by_text("+2 w", exact=True).tap()
    hand.get_by_label("Next step in words").fill("Bring the trial quote")
    hand.get_by_text("Note", exact=True).tap()
    hand.locator("textarea").fill("Drift again on line 2")
    expect(hand.locator("[data-draft-status]")).to_contain_text("Draft kept")
    uuid = hand.locator("[name=uuid]").input_value()
    hand.reload()
    expect(hand.locator("textarea")).to_have_value("Drift again on line 2")
    expect(hand.get_by_label("Next step in words")).to_have_value("Bring the trial quote")
    expect(hand.locator("[name=kind][value=call]")).to_be_checked()
    assert hand.locator("[name=uuid]").input_value() == uuid
    hand.get_by_role("button", name="Save visit").tap()
    expect(hand.get_by_text(re.compile("^Saved:"))).to_be_visible()
    hand.goto("/interactions/log/")
    expect(hand.locator("textarea")).to_have_value("")
    assert Interaction.objects.get(uuid=uuid).result == "Drift again on line 2"


def test_two_fast_taps_save_once(hand):
    hand.goto("/interactions/log/")
    before = Interaction.objects.count()
    hand.get_by_text("Call", exact=True).tap()
    hand.evaluate("() => { const save = document.querySelector('[data-save]'); save.click(); save.click(); }")
    expect(hand.get_by_text(re.compile("^Saved:"))).to_be_visible()
    assert Interaction.objects.count() == before + 1


def test_log_works_without_javascript(open_page, rep, live_server):
    page = open_page(PHONE, user=rep, java_script_enabled=False)
    page.goto("/interactions/log/")
    page.get_by_text("Call", exact=True).click()
    page.get_by_role("button", name="Save visit").click()
    expect(page).to_have_url(f"{live_server.url}/")
    assert Interaction.objects.filter(kind="call").count() == 1
