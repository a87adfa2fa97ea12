"""Comments and files in a real browser: @ offers colleagues, chosen files are sent at once, undo takes back."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(64)


@pytest.fixture
def account():
    account = factories.AccountFactory(owner=factories.UserFactory(username="rep", name="Lin Zihang"))
    factories.UserFactory(username="boss", name="周雯", search_key="周雯 zhouwen zw", role="executive")
    return account


def test_colleague_is_called_with_keys_alone_and_the_comment_undone(open_page, account):
    page = open_page(DESK, user=account.owner)
    page.goto(f"/accounts/{account.pk}/")
    area = page.locator("#notes textarea")
    area.click()
    page.keyboard.type("Please look @zw")
    expect(page.locator("[data-mention]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(area).to_have_value("Please look @周雯 ")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".k-said .k-mention")).to_have_text("@周雯")
    page.locator("#toasts button").click()
    expect(page.locator(".k-said")).to_have_count(0)


def test_files_are_sent_when_chosen_and_listed(open_page, account):
    page = open_page(PHONE, user=account.owner, has_touch=True, is_mobile=True)
    page.goto(f"/records/account/{account.pk}/")
    page.locator("#notes [data-send-files]").first.set_input_files(
        {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    expect(page.locator(".k-files a")).to_have_text("plan.pdf")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.locator("#notes [data-send-files]").first.set_input_files(
        {"name": "page.html", "mimeType": "text/html", "buffer": b"<html><script>alert(1)</script>"}
    )
    expect(page.locator("#toasts")).to_contain_text("page.html: This kind of file is not taken")
    expect(page.locator(".k-files a")).to_have_count(1)
