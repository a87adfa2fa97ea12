"""Whoever names a record by its id, in a body, a form or an address, learns nothing about records they do not see."""

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from core.periods import business_date
from tests import factories
from tests.api import client_for
from tests.digest import database_digest

MISSING_ID, MISSING_CODE = 987_654_321, "C-NONE"
ECHO = r"(\\\"|choice\. |(account|contact|owner|plan|task|team)=)"  # where an answer repeats what was sent
UUID = "6f1f6b0e-6d0e-4c43-9f5e-3b1f6a0c0009"
ACCOUNT = {"name": "New", "kind": "enterprise", "status": "active"}
CONTACT = {"name": "New", "consent": "unknown"}
LOG = {"uuid": UUID, "kind": "visit"}

# verb, address, payload, the field that names a record, and whose record
API = [
    ("post", "accounts/", {"name": "New"}, "owner", "OTH"),
    ("post", "accounts/", {"name": "New"}, "parent", "account"),
    ("post", "accounts/", {"name": "New"}, "opinion_leader", "account"),
    ("patch", "accounts/{account}/", {"version": 1}, "owner", "OTH"),
    ("patch", "accounts/{account}/", {"version": 1}, "parent", "account"),
    ("patch", "accounts/{account}/", {"version": 1}, "opinion_leader", "account"),
    ("post", "contacts/", {"name": "New"}, "account", "account"),
    ("post", "contacts/", {"name": "New", "account": "{account}"}, "reports_to", "contact"),
    ("patch", "contacts/{contact}/", {"version": 1}, "account", "account"),
    ("patch", "contacts/{contact}/", {"version": 1}, "reports_to", "contact"),
    ("post", "interactions/", LOG, "account", "account"),
    ("post", "interactions/", LOG | {"account": "{account}"}, "contacts", "contact"),
]
PAGES = [
    ("OWN", "accounts:account_create", (), ACCOUNT, "parent", "code"),
    ("OWN", "accounts:account_create", (), ACCOUNT, "opinion_leader", "code"),
    ("MGR", "accounts:account_create", (), ACCOUNT, "owner", "OTH"),
    ("OWN", "accounts:account_edit", ("account",), ACCOUNT | {"version": 1, "code": "C1"}, "parent", "code"),
    ("MGR", "accounts:account_transfer", ("account",), {}, "owner", "OTH"),
    ("OWN", "accounts:account_team", ("account",), {"role": "sales"}, "user", "OTH"),
    ("MGR", "accounts:account_team", ("account",), {"role": "sales"}, "user", "OTH"),
    ("OWN", "accounts:contact_create", ("account",), CONTACT, "reports_to", "contact"),
    ("OWN", "accounts:contact_edit", ("contact",), CONTACT | {"version": 1}, "reports_to", "contact"),
    ("OWN", "accounts:interaction_plan", ("account",), {"kind": "visit", "on": "2026-12-01"}, "contacts", "contact"),
    ("OWN", "accounts:interaction_log", (), LOG, "account", "account"),
    ("OWN", "accounts:interaction_log", (), LOG | {"account": "{account}"}, "plan", "plan"),
    ("OWN", "accounts:interaction_log", (), LOG | {"account": "{account}"}, "task", "task"),
    ("OWN", "accounts:interaction_log", (), LOG | {"account": "{account}"}, "contacts", "contact"),
    ("OWN", "accounts:interaction_log", (), LOG | {"account": "{account}"}, "colleagues", "OTH"),
    ("OWN", "accounts:task_create", (), {"title": "T", "kind": "task", "due_on": "2026-12-01"}, "account", "code"),
    ("OWN", "accounts:task_create", (), {"title": "T", "kind": "task", "due_on": "2026-12-01"}, "assignee", "OTH"),
]
QUERIES = [
    ("accounts:interaction_log", "account", "account"),
    ("accounts:interaction_log", "plan", "plan"),
    ("accounts:interaction_log", "task", "task"),
    ("accounts:account_list", "owner", "OTH"),
    ("accounts:account_list", "team", "team"),
    ("accounts:contact_list", "account", "account"),
    ("accounts:contact_list", "owner", "OTH"),
    ("accounts:interaction_list", "account", "account"),
    ("accounts:interaction_list", "contact", "contact"),
    ("accounts:interaction_list", "owner", "OTH"),
    ("accounts:task_list", "account", "account"),
    ("sales:order_list", "account", "account"),
    ("sales:receivable_list", "account", "account"),
    ("sales:payment_list", "account", "account"),
    ("churn:alert_list", "account", "account"),
    ("churn:alert_list", "owner", "OTH"),
]


@pytest.fixture
def own(actors) -> SimpleNamespace:
    """The ids that the callers see."""
    contact = factories.ContactFactory(account=actors.account)
    return SimpleNamespace(actors=actors, account=actors.account.pk, contact=contact.pk)


@pytest.fixture
def strange(actors) -> dict:
    """The ids of what belongs to a rep of another team."""
    account = factories.AccountFactory(owner=actors.OTH)
    plan = factories.InteractionFactory(account=account, owner=actors.OTH, state="planned", happened_on=business_date())
    return {
        "OTH": actors.OTH.pk,
        "team": actors.OTH.team_id,
        "account": account.pk,
        "code": account.code,
        "contact": factories.ContactFactory(account=account).pk,
        "plan": plan.pk,
        "task": factories.TaskFactory(account=account, assignee=actors.OTH).pk,
    }


def missing(kind: str) -> int | str:
    return MISSING_CODE if kind == "code" else MISSING_ID


def filled(payload: dict, own) -> dict:
    return {name: own.account if value == "{account}" else value for name, value in payload.items()}


def reading(response, key) -> tuple:
    """What the sender learns: the code, and the answer without the id that they sent themselves."""
    form = response.context and response.context.get("form")
    content = str(form.errors.as_data()) if form and form.is_bound else response.content.decode()
    return response.status_code, re.sub(rf"{ECHO}{key}\b", "KEY", content)


@pytest.mark.parametrize(("verb", "path", "payload", "field", "kind"), API)
def test_api_names_visible_records_only(own, strange, verb, path, payload, field, kind):
    client, before = client_for(own.actors.OWN, "write"), database_digest()
    answers = []
    for key in (strange[kind], missing(kind)):
        value = [key] if field == "contacts" else key
        url = "/api/v1/" + path.format(account=own.account, contact=own.contact)
        answers.append(reading(getattr(client, verb)(url, filled(payload, own) | {field: value}, format="json"), key))
    assert answers[0] == answers[1]
    assert answers[0][0] == 400
    assert field in answers[0][1]
    assert database_digest() == before


@pytest.mark.parametrize(("actor", "name", "keys", "payload", "field", "kind"), PAGES)
def test_forms_name_visible_records_only(own, strange, actor, name, keys, payload, field, kind):
    client, before = Client(), database_digest()
    client.force_login(getattr(own.actors, actor))
    url = reverse(name, args=[getattr(own, key) for key in keys])
    sent = [(key, client.post(url, filled(payload, own) | {field: key})) for key in (strange[kind], missing(kind))]
    answers = [reading(response, key) for key, response in sent]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404 or f"'{field}'" in answers[0][1]
    assert database_digest() == before


def test_addresses_name_visible_records_only(own, strange):
    client = Client()
    client.force_login(own.actors.OWN)
    for name, parameter, kind in QUERIES:
        keys = (strange[kind], missing(kind))
        answers = [reading(client.get(reverse(name), {parameter: key}), key) for key in keys]
        assert answers[0] == answers[1], name
        assert answers[0][0] in (400, 404), name
