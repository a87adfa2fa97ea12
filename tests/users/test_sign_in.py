from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from tests import factories
from tests.core.test_answers import ELSEWHERE

LOGIN = "/login/"


@pytest.fixture
def user(db):
    return factories.UserFactory(username="rep", language="zh-hans")


def sign_in(client, username="rep", password=factories.PASSWORD, address="203.0.113.1", **extra):
    data = {"username": username, "password": password, **extra}
    return client.post(LOGIN, data, REMOTE_ADDR=address)


def test_private_page_sends_to_sign_in_and_back(client, user):
    response = client.get("/profile/")
    assert response.status_code == 302
    assert response.url == "/login/?next=/profile/"
    assert sign_in(client, next="/profile/").url == "/profile/"


def test_private_fragment_sends_the_whole_browser_to_sign_in(client, db):
    response = client.get("/profile/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/login/?next=")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_leads_to_our_own_host_only(client, user, target):
    assert sign_in(client, next=target).url == reverse("home")
    client.logout()
    page = client.post(reverse("users:language"), {"language": "zh-hans", "next": target})
    assert page.url in ("/", reverse("home"))


def test_sign_in_rotates_the_session_and_is_in_the_audit_trail(client, user):
    client.get(LOGIN)
    client.session["seen"] = 1
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before
    entry = AuditEntry.objects.get()
    assert (entry.user, entry.action, entry.details) == (user, "user.signed_in", {"address": "203.0.113.1"})


def test_sign_in_needs_the_csrf_token(user):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client).status_code == 403
    assert "_auth_user_id" not in client.session


def test_wrong_password_and_inactive_user_read_alike(client, user):
    factories.UserFactory(username="gone", is_active=False)
    wrong = sign_in(client, password="wrong-password")
    gone = sign_in(client, username="gone")
    assert wrong.context["form"].non_field_errors() == gone.context["form"].non_field_errors()
    assert set(AuditEntry.objects.values_list("action", "user")) == {("user.sign_in_failed", None)}


def test_an_empty_form_is_no_try(client, user):
    assert client.post("/login/", {"username": "", "password": ""}).status_code == 200
    assert client.post("/login/", {"username": "rep"}).status_code == 200
    assert not AuditEntry.objects.exists()


def test_five_failures_lock_the_account_from_every_address(client, user):
    for number in range(5):
        last = sign_in(client, password="wrong-password", address=f"198.51.100.{number}")
    assert last.status_code == 429
    locked = sign_in(client, address="192.0.2.77")
    assert locked.status_code == 429
    assert 0 < int(locked["Retry-After"]) <= 900
    retry_at = timezone.localtime(locked.context["retry_at"])
    assert f"{retry_at:%H:%M}" in locked.content.decode()
    assert AuditEntry.objects.filter(action="user.locked_out", subject="rep").count() == 1


def test_lock_ends_after_a_quarter_of_an_hour_and_tries_do_not_prolong_it(client, user):
    with time_machine.travel("2026-01-05 10:00:00Z", tick=False) as clock:
        for _number in range(5):
            sign_in(client, password="wrong-password")
        clock.shift(timedelta(minutes=10))
        assert sign_in(client).status_code == 429
        clock.shift(timedelta(minutes=5, seconds=1))
        assert sign_in(client).status_code == 302


def test_twenty_failures_lock_the_address_for_every_account(client, user):
    for number in range(20):
        last = sign_in(client, username=f"guess{number}", password="wrong-password")
    assert last.status_code == 429
    assert sign_in(client).status_code == 429
    assert sign_in(client, address="192.0.2.77").status_code == 302


def test_invented_forwarded_addresses_do_not_escape_the_lock(client, user, settings):
    for number in range(20):
        client.post(
            LOGIN,
            {"username": f"guess{number}", "password": "wrong-password"},
            REMOTE_ADDR="203.0.113.1",
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    assert sign_in(client).status_code == 429


def test_behind_our_proxy_the_last_forwarded_address_counts(client, user, settings):
    settings.PROXY_COUNT = 1
    for number in range(20):
        client.post(
            LOGIN,
            {"username": f"guess{number}", "password": "wrong-password"},
            REMOTE_ADDR="10.0.0.1",
            headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"},
        )
    data = {"username": "rep", "password": factories.PASSWORD}
    same = client.post(LOGIN, data, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9"})
    other = client.post(LOGIN, data, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.10"})
    assert (same.status_code, other.status_code) == (429, 302)


def test_signing_in_oneself_does_not_clear_failures_against_others(client, user):
    factories.UserFactory(username="attacker")
    for _number in range(4):
        sign_in(client, password="wrong-password")
    sign_in(client, username="attacker")
    client.logout()
    assert sign_in(client, password="wrong-password").status_code == 429


def test_good_sign_in_starts_the_account_anew(client, user):
    for _number in range(4):
        sign_in(client, password="wrong-password")
    sign_in(client)
    client.logout()
    assert sign_in(client, password="wrong-password").status_code == 200


def test_sign_out_is_post_only(client, user):
    client.force_login(user)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == LOGIN
    assert client.get("/profile/").status_code == 302


def test_language_of_the_sign_in_page_is_kept_in_a_cookie(client, db):
    client.post(reverse("users:language"), {"language": "zh-hans", "next": LOGIN})
    assert 'lang="zh-hans"' in client.get(LOGIN).content.decode()
