"""No page offers an address that does not work for the one who sees it."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.test import Client

from tests.permission_cases import CASES, build_stage
from tests.permission_checks import address, case_of, routes

PAGES = {name: route for name, route in routes().items() if not route.is_api and case_of(route, CASES).gets}
FILE = re.compile(r"^/static/|/export\.|/files?/|/rejected")
ATTRIBUTES = {"a": ("href",), "link": (), "img": ("src",), "button": ("hx-get",)}


class Links(HTMLParser):
    """The addresses that a click or a fragment of a page asks for."""

    def __init__(self):
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag, attrs):
        wanted = (*ATTRIBUTES.get(tag, ()), "hx-get")
        self.found |= {value for name, value in attrs if name in wanted and value}


def links_of(content: str, base: str) -> set[str]:
    """The pages of our own host that a page leads to; files are asked for elsewhere."""
    reader = Links()
    reader.feed(content)
    absolute = {urljoin(base, link).partition("#")[0] for link in reader.found}
    return {link for link in absolute if link.startswith("/") and not FILE.search(link)}


def shape(link: str) -> tuple:
    """Links of one shape are asked for once: the same path with the same names of parameters."""
    parts = urlsplit(link)
    return parts.path, tuple(sorted({name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}))


def close_file(answer) -> None:
    """Read to its end what an answer sends, which closes its file."""
    if answer.streaming:
        b"".join(answer)


def status_of(client: Client, link: str) -> int:
    answer = client.get(link)
    close_file(answer)
    return answer.status_code


@pytest.mark.parametrize("actor", ["OWN", "MGR", "EX", "AD"])
def test_every_address_on_a_page_works(actors, actor):
    stage = build_stage(actors)
    client = Client()
    client.force_login(getattr(stage, actor))
    links: dict[tuple, tuple[str, str]] = {}
    for name, route in PAGES.items():
        url = address(route, case_of(route, CASES), stage)
        answer = client.get(url)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for link in links_of(b"".join(answer).decode(), url):
                links.setdefault(shape(link), (link, name))
        close_file(answer)
    codes = {link: status_of(client, link) for link, _name in links.values()}
    broken = {link: (codes[link], name) for link, name in links.values() if codes[link] >= 400}
    assert len(links) > 40
    assert broken == {}
