import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry
from tests import factories
from users.mails import mail_password_link
from users.models import User

NEW = "a-brand-new-password"
RESET = "/password-reset/"


@pytest.fixture
def user(db):
    return factories.UserFactory(username="rep", email="rep@example.com")


def mailed_path(user, reason="reset") -> str:
    mail_password_link(user_id=user.pk, reason=reason)
    return re.search(r"https?://[^/]+(/password-reset/\S+)", mail.outbox[-1].body)[1]


def set_password(client, path, password=NEW):
    form_page = client.get(path, follow=True)
    target = form_page.redirect_chain[-1][0] if form_page.redirect_chain else path
    return client.post(target, {"new_password": password, "new_password_again": password})


def test_password_change_ends_other_sessions_and_rotates_this_one(user):
    here, there = Client(), Client()
    here.force_login(user)
    there.force_login(user)
    before = here.session.session_key
    data = {"old_password": factories.PASSWORD, "new_password": NEW, "new_password_again": NEW}
    assert here.post("/password/", data).url == "/profile/"
    assert here.get("/profile/").status_code == 200
    assert here.session.session_key != before
    assert there.get("/profile/").status_code == 302
    assert AuditEntry.objects.get().action == "password.changed"


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", NEW, NEW),
        (factories.PASSWORD, NEW, NEW + "x"),
        (factories.PASSWORD, "short", "short"),
        (factories.PASSWORD, "password1234", "password1234"),
    ],
)
def test_password_change_is_refused(client, user, old, new, again):
    client.force_login(user)
    response = client.post("/password/", {"old_password": old, "new_password": new, "new_password_again": again})
    assert response.status_code == 422
    assert User.objects.get().check_password(factories.PASSWORD)


def test_reset_link_comes_from_the_configured_address(user, settings):
    settings.BASE_URL = "https://kam.example.com"
    mail_password_link(user_id=user.pk, reason="reset")
    assert "https://kam.example.com/password-reset/" in mail.outbox[0].body


def test_mail_is_in_the_language_of_its_reader(user):
    mail_password_link(user_id=user.pk, reason="reset")
    assert mail.outbox[0].subject == "Reset your KAM password"
    assert f"Hello {user.name}," in mail.outbox[0].body


def test_reset_link_works_once(user, client):
    path = mailed_path(user)
    assert set_password(client, path).url == "/login/"
    assert User.objects.get().check_password(NEW)
    second = set_password(Client(), path, "yet-another-password")
    assert second.context["validlink"] is False
    assert User.objects.get().check_password(NEW)


def test_reset_link_dies_after_an_hour(user):
    with time_machine.travel("2026-01-05 10:00:00Z", tick=False) as clock:
        path = mailed_path(user)
        clock.shift(timedelta(minutes=60, seconds=1))
        assert Client().get(path).context["validlink"] is False


@pytest.mark.parametrize("change", ["password", "email", "sign-in"])
def test_reset_link_dies_when_password_or_email_change(user, change):
    path = mailed_path(user)
    if change == "password":
        user.set_password(NEW)
        user.save()
    elif change == "email":
        User.objects.update(email="new@example.com")
    else:
        Client().post("/login/", {"username": "rep", "password": factories.PASSWORD})
    assert Client().get(path).context["validlink"] is False


def test_reset_ends_every_session(user, client):
    client.force_login(user)
    set_password(Client(), mailed_path(user))
    assert client.get("/profile/").status_code == 302


def test_same_answer_and_same_work_for_an_unknown_email(
    user, client, django_assert_num_queries, django_capture_on_commit_callbacks
):
    answers = []
    for email in ("rep@example.com", "nobody@example.com"):
        with django_capture_on_commit_callbacks() as queued, django_assert_num_queries(6):
            response = client.post(RESET, {"email": email})
        answers.append((response.status_code, response.url, len(queued)))
    assert answers == [(302, "/password-reset/sent/", 1)] * 2


def test_inactive_user_and_nobody_get_no_mail(user):
    User.objects.update(is_active=False)
    mail_password_link(user_id=user.pk, reason="reset")
    mail_password_link(user_id=0, reason="reset")
    assert mail.outbox == []


def test_reset_is_throttled_per_account_known_or_not(user, client):
    for email in ("REP@example.com", "nobody@example.com"):
        statuses = [
            client.post(RESET, {"email": email}, REMOTE_ADDR=f"198.51.100.{number}").status_code for number in range(4)
        ]
        assert statuses == [302, 302, 302, 429]


def test_reset_is_throttled_per_address_whatever_the_header_says(user, client):
    for number in range(21):
        header = {"X-Forwarded-For": f"198.51.100.{number}"}
        response = client.post(RESET, {"email": f"{number}@example.com"}, headers=header)
    assert response.status_code == 429


def test_reset_does_not_keep_the_typed_email(user, client):
    client.post(RESET, {"email": "private@example.com"})
    assert "private" not in str(AuditEntry.objects.values())


@pytest.mark.allow_error_logs
def test_host_header_is_refused_when_unknown(client, db):
    assert client.get("/login/", headers={"Host": "evil.example"}).status_code == 400


def test_demo_mailbox_lists_and_shows_mails(user, client, settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    mail_password_link(user_id=user.pk, reason="invitation")
    mails = client.get(reverse("users:mail_list")).context["mails"]
    assert [mail.to for mail in mails] == ["rep@example.com"]
    page = client.get(reverse("users:mail_page", args=[mails[0].name]))
    assert 'href="http://localhost:8000/password-reset/' in page.content.decode()
    assert client.get(reverse("users:mail_page", args=["other"])).status_code == 404


def test_mailbox_is_absent_outside_the_demo(client, db, settings):
    settings.DEMO = False
    missing = client.get("/no-such-page/")
    for path in ("/mails/", "/mails/some-mail/"):
        response = client.get(path)
        assert (response.status_code, response.content) == (404, missing.content)
