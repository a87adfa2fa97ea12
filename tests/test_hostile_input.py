"""Addresses, forms and bodies from somebody who means no good: refused or ignored, never a broken page."""

from itertools import product
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.strict_requests import parameters_of
from tests.core.test_strict_json import REFUSED
from tests.digest import database_digest
from tests.permission_cases import CASES, build_stage
from tests.permission_checks import address, case_of, rolled_back, routes, token_headers

FORM = "application/x-www-form-urlencoded"
PAGING = {"page", "page_size", "ordering", "columns", "view", "base"}
TOO_LARGE = 10 * 1024 * 1024
HOSTILE = {
    "NUL": "a\x00b",
    "no UTF-8": b"\xff\xed\xa0\xbd",
    "beyond 64 bit": "9" * 30,
    "beyond every int": "9" * 5000,
    "infinite": "-1e400",
    "day after the calendar": "10000-01-01",
    "cursor": "2026-01-05.0." + "9" * 30,
    "markup": "<script>'\"",
}
PAGES = {name: route for name, route in routes().items() if not route.is_api and case_of(route, CASES).gets}
WRITES = {name: case for name, case in CASES.items() if case.posts is not None}
MAY_BE_EMPTY = {
    f"api_{name}" for name in ("notification-read", "import-check", "import-start", "import-cancel", "import-undo")
}
FILES_ONLY = {"api_import-list", "api_attachment-list"}
API_WRITES = [(name, verb) for name, route in routes().items() for verb in route.actions if verb in ("post", "patch")]


@pytest.fixture
def stage(actors):
    return build_stage(actors)


@pytest.fixture
def admin(stage):
    return admin_client(stage)


def spelled(value: str | bytes) -> str:
    return quote(value)


def parameters(route) -> set[str]:
    """The parameters that a page knows: what it declares, or what its filters and its paging take."""
    declared = parameters_of(route.callback)
    if declared is not None:
        return set(declared)
    return {*PAGING, *route.view.filterset_class.base_filters}


def answers(client, route, stage, queries) -> dict[str, int]:
    url = address(route, case_of(route, CASES), stage)
    return {query: client.get(f"{url}?{query}").status_code for query in queries}


def test_no_value_of_a_known_parameter_breaks_a_page(admin, stage):
    """An export reads its address by the same filters as the list beside it, and all lists turn pages alike."""
    broken = {}
    for name, route in PAGES.items():
        known = set() if route.is_export else parameters(route) - (PAGING if name != "accounts:account_list" else set())
        queries = [
            f"{key}={spelled(value)}" for key in sorted(known) for what, value in HOSTILE.items() if what != "NUL"
        ]
        found = answers(admin, route, stage, queries)
        broken |= {f"{name}?{query[:60]}": code for query, code in found.items() if code not in (200, 302, 400, 404)}
    assert broken == {}


def test_a_page_refuses_what_it_does_not_know(admin, stage):
    for name, route in PAGES.items():
        found = answers(admin, route, stage, ("zzz=1", "page__gt=1", "owner__password=1", "%00=1", "q=%00"))
        assert set(found.values()) == {400}, name


def admin_client(stage) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(stage.AD)
    return client


def test_no_value_of_a_form_field_breaks_a_write(stage):
    broken = {}
    for name, case in WRITES.items():
        good, url, client = case.posts(stage), address(routes()[name], case, stage), admin_client(stage)
        for field, what in product(good, ("NUL", "beyond 64 bit", "infinite", "day after the calendar")):
            with rolled_back():
                code = client.post(
                    url, {key: str(old) for key, old in good.items()} | {field: HOSTILE[what]}
                ).status_code
            broken |= {f"{name} {field} {what}": code} if code >= 500 else {}
    assert broken == {}


def test_a_body_of_ten_megabytes_is_refused_by_every_write(admin, stage):
    body = b"q=" + b"x" * TOO_LARGE
    urls = {name: address(routes()[name], case, stage) for name, case in WRITES.items()}
    answers = {name: admin.post(url, body, content_type=FORM) for name, url in urls.items()}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 413} == {}
    assert {answer.content for answer in answers.values()} == {b"The request body is too large."}


def test_a_file_of_ten_megabytes_is_taken_by_imports_and_attachments_alone(admin, stage):
    taken = {name for name, case in WRITES.items() if send_file(admin, name, case, stage).status_code != 413}
    assert taken == {"import_upload", "record_files"}


def send_file(client, name: str, case, stage):
    file = SimpleUploadedFile("a.bin", b"x" * TOO_LARGE)
    return client.post(address(routes()[name], case, stage), {"other": file})


@pytest.mark.parametrize(("name", "verb"), API_WRITES)
def test_every_write_of_the_api_refuses_bodies_that_no_database_can_keep(stage, name, verb):
    url, headers = address(routes()[name], CASES[name], stage), token_headers(stage, "OWN", "write")
    before = database_digest()
    bodies = REFUSED | {"10 MB": b'{"version": "' + b"x" * TOO_LARGE + b'"}'}
    for what, body in bodies.items():
        if what == "empty" and name in MAY_BE_EMPTY:
            continue
        response = getattr(Client(), verb)(url, body, content_type="application/json", headers=headers)
        expected = 413 if what == "10 MB" else 415 if name in FILES_ONLY and body else 400
        assert response.status_code == expected, what
        assert response["Content-Type"] == "application/json"
    assert database_digest() == before
