import re

import pytest
from django.test import Client

from tests import factories
from tests.kam.broken_urls import SECRET

UUID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


def broken(path: str, caplog, settings):
    settings.ROOT_URLCONF = "tests.kam.broken_urls"
    with caplog.at_level("ERROR"):
        response = Client(raise_request_exception=False).get(path)
    return response, "\n".join(str(record.msg) + record.getMessage() for record in caplog.records)


@pytest.mark.allow_error_logs
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/broken/", "/api/v1/broken/"])
def test_error_answer_names_a_request_that_is_in_the_log_and_nothing_else(path, caplog, settings):
    response, log = broken(path, caplog, settings)
    content = response.content.decode()
    assert response.status_code == 500
    request_id = re.search(UUID, content)[0]
    assert request_id in log
    for word in (SECRET, "Traceback", "RuntimeError", "django", "/srv", "File "):
        assert word not in content


def test_missing_page_says_nothing_about_the_product(client, db):
    content = client.get("/no-such-page/").content.decode()
    for word in ("Traceback", "urlpatterns", "Django", "no-such-page"):
        assert word not in content


def test_logs_of_a_sign_in_hold_no_password(client, db, caplog):
    factories.UserFactory(username="rep")
    with caplog.at_level("DEBUG"):
        client.post("/login/", {"username": "rep", "password": "wrong-secret-password"})
        client.post("/login/", {"username": "rep", "password": factories.PASSWORD})
    assert not [record for record in caplog.records if "secret-password" in f"{record.msg}{record.getMessage()}"]
    assert not [record for record in caplog.records if factories.PASSWORD in f"{record.msg}{record.getMessage()}"]
