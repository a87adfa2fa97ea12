"""Every route of the product against the table of rights, as everybody, page and fragment and API alike."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts.models.account import AccountChildQuerySet, AccountQuerySet
from core import access
from tests.digest import database_digest
from tests.permission_cases import CASES, build_stage
from tests.permission_checks import address, case_of, problems, routes

ROUTES = routes()
PUBLIC_ROUTES = {
    "healthz",
    "readyz",
    "users:login",
    "users:language",
    "users:password_reset",
    "users:password_reset_sent",
    "users:password_set",
    "users:mail_list",
    "users:mail_page",
}


@pytest.fixture
def stage(actors):
    return build_stage(actors)


@pytest.mark.parametrize("name", ROUTES)
def test_route_names_its_row_of_the_table(name):
    rows = ROUTES[name].rows
    assert rows, "declare the row with core.access.permission, permission_key or permission_keys"
    assert set(rows) <= set(access.table()) | {access.PUBLIC}


def test_public_routes_are_these_and_no_others():
    assert {name for name, route in ROUTES.items() if access.PUBLIC in route.rows} == PUBLIC_ROUTES


def test_every_case_belongs_to_a_route():
    assert set(CASES) <= set(ROUTES)


def test_every_route_with_a_parameter_has_a_case():
    assert {name for name, route in ROUTES.items() if route.parameters and not route.is_export} <= set(CASES)


def test_the_table_is_a_copy_of_the_shared_one():
    shared = settings.BASE_DIR.parent / "shared" / "permissions.yml"
    if shared.exists():
        assert Path(access.__file__).with_name("permissions.yml").read_text() == shared.read_text()


@pytest.mark.parametrize("name", ROUTES)
def test_route_follows_the_table(stage, name):
    assert problems(ROUTES[name], case_of(ROUTES[name], CASES), stage) == []


def missing_by_the_table(found: list[str], actor: str) -> bool:
    return any(f" as {actor}" in sentence and "missing by the table, open in fact" in sentence for sentence in found)


@pytest.mark.parametrize("name", ["sales:order_page", "churn:alert_page", "api_order-detail"])
def test_an_open_scope_is_reported(stage, monkeypatch, name):
    """The suite would notice if the visibility rule were gone."""
    for queryset in (AccountQuerySet, AccountChildQuerySet):
        monkeypatch.setattr(queryset, "visible_to", lambda self, user: self)
    found = problems(ROUTES[name], case_of(ROUTES[name], CASES), stage)
    assert missing_by_the_table(found, "TEAM")
    assert not any(" as OWN" in sentence for sentence in found)


@pytest.mark.parametrize("name", ["users:user_list", "users:team_create", "run_start"])
def test_a_missing_row_check_is_reported(stage, monkeypatch, name):
    """The suite would notice if a decorator did nothing."""
    monkeypatch.setattr(access, "check_row", lambda user, row: None)
    found = problems(ROUTES[name], case_of(ROUTES[name], CASES), stage)
    assert any(" as OWN" in sentence and "refused by the table, open in fact" in sentence for sentence in found)


def test_every_write_needs_the_csrf_token(stage):
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.AD)
    writing = {name: case for name, case in CASES.items() if case.posts is not None}
    answers = {
        name: client.post(address(ROUTES[name], case, stage), case.posts(stage)) for name, case in writing.items()
    }
    assert {name for name, response in answers.items() if response.status_code != 403} == set()
    assert database_digest() == stage.digest
