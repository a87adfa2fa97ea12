"""Whatever people or files put into a text stays text: on every page and fragment, in every attribute and chart."""

import json
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from core.models import ConfigurationVersion
from loyalty import protection
from tests.digest import OWN_APPS
from tests.permission_cases import CASES, build_stage
from tests.permission_checks import address, case_of, routes

HOSTILE = """"><img src=x onerror=alert(1) class=zq>'--></script><script>alert(2)</script>{{ 7|add:7 }}"""
SHORT = """'"><i class=zq>"""
ADDRESS = "javascript:alert(3)"
LINKS = {"href", "src", "action", "formaction", "hx-get", "hx-post", "data-url"}
SAFE_STARTS = ("/", "#", "?", "http://", "https://", "mailto:", "tel:")
KEYS = {"username", "code", "path", "language", "time_zone", "currency", "key", "kind", "worker", "part", "field"}
"""Columns that the product writes or checks letter by letter: no text of anybody's own."""
PAGES = {name: route for name, route in routes().items() if not route.is_api and case_of(route, CASES).gets}


def is_free_text(field: models.Field) -> bool:
    """Whether people or files fill the column with words of their own."""
    is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
    is_digest = field.name.endswith(("_hash", "_key", "_digest")) or field.name in KEYS
    return is_text and not is_digest and not field.primary_key and field.name != "password"


def poison(model: type[models.Model]) -> None:
    """Put hostile text into every row of a table, as long as the column takes."""
    columns = [field for field in model._meta.concrete_fields if is_free_text(field)]
    for row in model._base_manager.all():
        values = {field.attname: hostile(field, row.pk) for field in columns if getattr(row, field.attname) is not None}
        if values:
            model._base_manager.filter(pk=row.pk).update(**values)


def hostile(field: models.Field, pk) -> str:
    if isinstance(field, models.URLField):
        return ADDRESS
    text = f"{HOSTILE}{pk}" if (field.max_length or 10**6) > len(HOSTILE) + 10 else f"{SHORT}{pk}"
    return text[: field.max_length]


class Reader(HTMLParser):
    """Notes what a browser would run, follow or take for an element of its own."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self.script: str | None = None

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if values.get("class") == "zq" or any(name.startswith("on") or "<" in name or '"' in name for name in values):
            self.found.append(f"<{tag} {values}>")
        for name in LINKS & set(values):
            if values[name] and not values[name].startswith(SAFE_STARTS):
                self.found.append(f"{name}={values[name]}")
        if tag == "script" and "src" not in values:
            self.script = values.get("type", "")

    def handle_data(self, data):
        if self.script == "application/json":
            json.loads(data)
        elif self.script is not None:
            self.found.append(f"script: {data[:60]}")

    def handle_endtag(self, tag):
        if tag == "script":
            self.script = None


def alive(content: str) -> list[str]:
    """What in a page is more than text though it came from one."""
    reader = Reader()
    reader.feed(content)
    return reader.found


@pytest.fixture
def stage(actors):
    """Every row of every table that tests have, with hostile words in it."""
    stage = build_stage(actors)
    protection.lift()  # the ledger would refuse the words
    for app in OWN_APPS:
        for model in apps.get_app_config(app).get_models():
            if model is not ConfigurationVersion:
                poison(model)
    protection.protect()
    return stage


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("actor", ["OWN", "AD"])
def test_no_text_becomes_an_element_a_script_or_an_address(stage, actor, language):
    client = Client(headers={"accept-language": language})
    client.force_login(getattr(stage, actor))
    shown, found = 0, {}
    for name, route in PAGES.items():
        answer = client.get(address(route, case_of(route, CASES), stage))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            content = b"".join(answer).decode()
            shown += "7|add:7" in content or "zq&gt;" in content
            if trouble := alive(content):
                found[name] = trouble[:3]
            assert "{{ 7|add:7 }}" in content or "14" not in content or "7|add" not in content
    assert found == {}
    assert shown > 10


@pytest.mark.parametrize(
    "content",
    [
        "<p class=zq>",
        '<p onclick="go()">',
        "<script>alert(1)</script>",
        '<a href="javascript:go()">',
        '<form action="data:text/html,x">',
    ],
)
def test_reader_finds_what_it_looks_for(content):
    assert alive(content)


def test_reader_lets_text_be():
    assert (
        alive('<p title="&lt;i class=zq&gt;">&lt;script&gt;</p><script type="application/json">{"a": 1}</script>') == []
    )
