import logging.config
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


@pytest.mark.allow_error_logs
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/away/", "/api/v1/away/"])
def test_database_that_is_away_is_503_with_the_time_to_try_again(path, caplog, settings):
    response, log = broken(path, caplog, settings)
    content = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "15")
    assert "cannot be reached" in content
    assert re.search(UUID, content)[0] in log
    assert SECRET not in content


@pytest.mark.allow_error_logs
@pytest.mark.django_db
def test_outage_is_told_in_chinese_to_who_reads_chinese(settings):
    settings.ROOT_URLCONF = "tests.kam.broken_urls"
    client = Client(raise_request_exception=False, headers={"accept-language": "zh-hans"})
    assert "暂时无法读取数据" in client.get("/away/").content.decode()


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


def test_log_of_a_refused_request_holds_its_true_address_and_no_link(client, db, caplog, settings):
    settings.PROXY_COUNT = 1
    secret = "c8fj2-0123456789abcdef0123456789abcdef"
    headers = {"x-forwarded-for": "203.0.113.9, 198.51.100.7", "x-real-ip": "203.0.113.9"}
    client.get(f"/no-such-page/{secret}/", {"q": "a-question"}, headers=headers)
    formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
        dict(settings.LOGGING["formatters"]["structured"])
    )
    log = "\n".join(map(formatter.format, caplog.records))
    assert "GET /no-such-page/…/" in log
    assert "Not Found: /no-such-page/…/" in log
    assert "198.51.100.7" in log
    for word in (secret, "203.0.113.9", "a-question"):
        assert word not in log
