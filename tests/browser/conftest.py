"""A real Chromium on a live server. A console error, a breach of the content policy or a 5xx answer fails the test."""

import os
import shutil
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
EXPECTED_REFUSALS = ("status of 401", "status of 403", "status of 404", "status of 409", "status of 422")

LONGEST_WAIT = 30_000
"""Milliseconds. A page is judged by what it shows, not by how busy the machine is that shows it."""
expect.set_options(timeout=LONGEST_WAIT)


def pytest_collection_modifyitems(items):
    """Everything in this folder drives the browser."""
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@dataclass
class Watch:
    """What went wrong on the pages of a test."""

    problems: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"page error: {error.error}"))
        context.on("response", self._response)

    def _console(self, message) -> None:
        expected = any(status in message.text for status in EXPECTED_REFUSALS)
        if message.type == "error" and not expected:
            self.problems.append(f"console: {message.text}")

    def _response(self, response) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.status} from {response.url}")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the session: the one `make test` found, else one on the PATH."""
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "no Chromium found: run `make test`, or name one with CHROMIUM_PATH"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def watch():
    """Fails the test at its end when a page reported a problem; a test that expects one empties ``problems``."""
    watch = Watch()
    yield watch
    assert not watch.problems, watch.problems


@pytest.fixture
def open_page(browser: Browser, live_server, watch: Watch):
    """Opens a page of the live server: ``open_page(PHONE, user=rep, locale="zh-CN", color_scheme="dark")``."""
    contexts = []

    def open_page(size: dict, user=None, **options) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport=size, **options)
        context.set_default_timeout(LONGEST_WAIT)
        contexts.append(context)
        watch.follow(context)
        if user is not None:
            sign_in(context, user, live_server.url)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def sign_in(context: BrowserContext, user, url: str) -> None:
    """Give the context a session of ``user``, without going through the login page."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


@pytest.fixture
def phone(open_page) -> Page:
    """A page of 390 px, signed out."""
    return open_page(PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def desk(open_page) -> Page:
    """A page of 1440 px, signed out."""
    return open_page(DESK)
