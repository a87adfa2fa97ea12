"""A form that is sent twice, by a double click or after a step back, makes one record."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Contact, Interaction, Task

FORMS = {
    "account_create": (Account, {"name": "Kite Valley", "kind": "enterprise", "status": "active"}),
    "contact_create": (Contact, {"name": "王砚秋", "consent": "unknown"}),
    "task_create": (Task, {"title": "Send the offer", "kind": "task", "due_on": "2026-12-01"}),
    "interaction_plan": (Interaction, {"kind": "visit", "on": "2026-12-01"}),
}


def form_of(client: Client, actors, name: str) -> tuple[str, dict]:
    """The address of a form and what a person sends from it: its fields and the mark that its page carries."""
    keys = [actors.account.pk] if name in ("contact_create", "interaction_plan") else []
    url = reverse(f"accounts:{name}", args=keys)
    mark = re.search(r'name="once" value="([^"]+)"', client.get(url).content.decode())[1]
    fields = FORMS[name][1] | {"once": mark}
    if name == "task_create":
        fields |= {"account": actors.account.code, "assignee": actors.OWN.pk}
    return url, fields


def send(client: Client, url: str, fields: dict) -> str:
    """Where the answer leads."""
    answer = client.post(url, fields)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


@pytest.mark.parametrize("name", FORMS)
def test_form_sent_twice_makes_one_record(actors, client, name):
    client.force_login(actors.OWN)
    model, before = FORMS[name][0], FORMS[name][0].objects.count()
    url, fields = form_of(client, actors, name)
    first = send(client, url, fields)
    assert send(client, url, fields) == first
    assert model.objects.count() == before + 1
    send(client, url, fields | {"once": "another page", "is_confirmed": "on"})
    assert model.objects.count() == before + 2


@pytest.mark.parametrize("name", ["task_create", "interaction_plan"])
def test_form_changed_after_a_step_back_makes_another_record(actors, client, name):
    client.force_login(actors.OWN)
    model, before = FORMS[name][0], FORMS[name][0].objects.count()
    url, fields = form_of(client, actors, name)
    send(client, url, fields)
    send(client, url, fields | {"due_on" if name == "task_create" else "on": "2026-12-02"})
    assert model.objects.count() == before + 2


def test_mark_of_somebody_else_makes_a_record_of_ones_own(actors, client):
    client.force_login(actors.OWN)
    url, fields = form_of(client, actors, "account_create")
    mine = send(client, url, fields)
    client.force_login(actors.OTH)
    assert send(client, url, fields) != mine


@pytest.mark.django_db(transaction=True)
def test_parallel_clicks_make_one_record(actors, client):
    client.force_login(actors.OWN)
    url, fields = form_of(client, actors, "task_create")

    def click(_number: int) -> str:
        try:
            return send(client_of(client), url, fields)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(click, range(6)))) == 1
    assert Task.objects.count() == 1


def client_of(signed_in: Client) -> Client:
    """A second window of the same browser."""
    other = Client()
    other.cookies = signed_in.cookies
    return other
