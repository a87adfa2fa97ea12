"""Return addresses: whatever stands in ``next``, the answer stays on our own host."""

import pytest
from django.test import Client, RequestFactory

from core.answers import back_url
from tests.permission_cases import CASES, build_stage
from tests.permission_checks import address, rolled_back, routes

ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "https://evil.example/",
    "HTTPS://evil.example",
    "https:evil.example",
    "http:///evil.example",
    "https:/\\evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "\x00//evil.example",
    "\x08//evil.example",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "ftp://testserver/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "http://[evil",
)
OURS = ("/tasks/", "/tasks/?due=late", "?group=money", "http://testserver/tasks/", "/%2F%2Fevil.example")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_another_host_is_never_gone_back_to(target):
    assert back_url(RequestFactory().post("/", {"next": target}), "/ours/") == "/ours/"
    assert back_url(RequestFactory().post("/", query_params={"next": target}), "/ours/") == "/ours/"


@pytest.mark.parametrize("target", OURS)
def test_our_own_pages_are_gone_back_to(target):
    assert back_url(RequestFactory().post("/", {"next": target}), "/") == target


def test_no_write_leads_to_another_host(actors):
    """Every write of the product, with a return address in the body and in its own address."""
    stage = build_stage(actors)
    for name, case in ((name, case) for name, case in CASES.items() if case.posts is not None):
        client = Client()
        client.force_login(stage.AD)
        with rolled_back():
            url = address(routes()[name], case, stage) + "?next=//evil.example"
            response = client.post(url, case.posts(stage) | {"next": "https:evil.example"})
        assert "evil" not in response.headers.get("Location", ""), name
        assert "evil" not in response.headers.get("HX-Redirect", ""), name
