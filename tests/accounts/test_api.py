from uuid import uuid4

import pytest

from accounts.models import Account, Contact, Interaction
from kam.api_urls import router
from tests import factories
from tests.api import client_for

pytestmark = pytest.mark.django_db
READERS = {"OWN": 1, "HELP": 1, "TEAM": 0, "OTH": 0, "MGR": 1, "REG": 1, "MOTH": 0, "EX": 1, "AD": 1}


@pytest.mark.parametrize("resource", ["accounts", "contacts", "interactions"])
@pytest.mark.parametrize(("actor", "seen"), READERS.items())
def test_lists_and_records_follow_visibility(actors, resource, actor, seen):
    contact = factories.ContactFactory(account=actors.account)
    interaction = factories.InteractionFactory(account=actors.account, owner=actors.OWN)
    pk = {"accounts": actors.account.pk, "contacts": contact.pk, "interactions": interaction.pk}[resource]
    client = client_for(getattr(actors, actor))
    assert client.get(f"/api/v1/{resource}/").json()["count"] == seen
    assert client.get(f"/api/v1/{resource}/{pk}/").status_code == (200 if seen else 404)


@pytest.mark.parametrize(
    ("actor", "scope", "status"),
    [
        ("OWN", "write", 200),
        ("OWN", "read", 403),
        ("HELP", "write", 403),
        ("TEAM", "write", 404),
        ("OTH", "write", 404),
        ("MGR", "write", 200),
        ("MOTH", "write", 404),
        ("EX", "write", 403),
        ("AD", "write", 200),
    ],
)
def test_account_update_follows_the_table_of_rights(actors, actor, scope, status):
    client = client_for(getattr(actors, actor), scope)
    body = {"version": actors.account.version, "industry": "Rail"}
    answer = client.patch(f"/api/v1/accounts/{actors.account.pk}/", body, format="json")
    assert answer.status_code == status
    actors.account.refresh_from_db()
    assert actors.account.industry == ("Rail" if status == 200 else "")


def test_stale_update_shows_both_sides_and_writes_nothing(actors):
    client = client_for(actors.OWN, "write")
    url = f"/api/v1/accounts/{actors.account.pk}/"
    client.patch(url, {"version": 1, "phone": "111"}, format="json")
    answer = client.patch(url, {"version": 1, "phone": "222"}, format="json")
    assert answer.status_code == 409
    assert answer.json()["version"] == 2
    assert answer.json()["fields"]["phone"] == {"base": None, "theirs": "111", "mine": "222"}
    assert Account.objects.get().phone == "111"


@pytest.mark.parametrize("field", ["team", "standing", "archived_at", "created_by", "search_key", "nonsense"])
def test_account_update_refuses_fields_it_does_not_write(actors, field):
    client = client_for(actors.AD, "write")
    body = {"version": 1, field: "x"}
    assert client.patch(f"/api/v1/accounts/{actors.account.pk}/", body, format="json").status_code == 400
    assert Account.objects.get().version == 1


@pytest.mark.parametrize("field", ["region", "credit_limit_amount"])
def test_rep_may_not_write_what_only_managers_write(actors, field):
    body = {"version": 1, field: "5"}
    answer = client_for(actors.OWN, "write").patch(f"/api/v1/accounts/{actors.account.pk}/", body, format="json")
    assert answer.status_code == 403


def test_credit_fields_are_absent_for_reps(actors):
    url = f"/api/v1/accounts/{actors.account.pk}/"
    assert {"credit_limit_amount", "credit_rating"} <= set(client_for(actors.MGR).get(url).json())
    assert not {"credit_limit_amount", "credit_rating"} & set(client_for(actors.OWN).get(url).json())


def test_rep_creates_an_account_of_their_own(actors):
    answer = client_for(actors.OWN, "write").post("/api/v1/accounts/", {"name": "Kite Valley"}, format="json")
    assert answer.status_code == 201, answer.json()
    account = Account.objects.get(pk=answer.json()["id"])
    assert (account.owner, account.team, account.code) == (actors.OWN, actors.OWN.team, "A000001")


def test_code_of_a_strangers_account_cannot_be_told_from_an_unusable_one(actors):
    body = {"name": "Mine", "code": actors.account.code}
    answer = client_for(actors.OTH, "write").post("/api/v1/accounts/", body, format="json")
    assert (answer.status_code, answer.json()) == (400, {"code": ["This code cannot be used; ask an administrator."]})


def test_contact_cannot_be_created_at_a_strangers_account(actors):
    body = {"account": actors.account.pk, "name": "Somebody"}
    hidden = client_for(actors.OTH, "write").post("/api/v1/contacts/", body, format="json")
    missing = client_for(actors.OTH, "write").post("/api/v1/contacts/", body | {"account": 999999}, format="json")
    assert hidden.status_code == missing.status_code == 400
    assert str(hidden.json()).replace(str(actors.account.pk), "N") == str(missing.json()).replace("999999", "N")
    assert Contact.objects.count() == 0


def test_interaction_with_the_same_uuid_is_taken_once(actors):
    client = client_for(actors.HELP, "write")
    body = {"uuid": str(uuid4()), "account": actors.account.pk, "kind": "call", "result": "Asked for a quote"}
    first = client.post("/api/v1/interactions/", body, format="json")
    again = client.post("/api/v1/interactions/", body, format="json")
    other = client.post("/api/v1/interactions/", body | {"result": "Other"}, format="json")
    assert (first.status_code, again.json()["id"], other.status_code) == (201, first.json()["id"], 409)
    assert Interaction.objects.get().result == "Asked for a quote"


def test_executive_notes_no_interaction(actors):
    body = {"uuid": str(uuid4()), "account": actors.account.pk, "kind": "call"}
    assert client_for(actors.EX, "write").post("/api/v1/interactions/", body, format="json").status_code == 403
    assert Interaction.objects.count() == 0


@pytest.mark.parametrize("resource", ["accounts", "contacts", "interactions", "orders", "alerts", "runs"])
def test_page_of_every_list_holds_two_hundred_at_most(resource):
    """The view of each resource pages by the same rule, and the rule holds whatever is asked for."""
    view = {prefix: viewset for prefix, viewset, _name in router.registry}[resource]
    assert view.pagination_class.max_page_size == 200


def test_page_holds_two_hundred_however_many_are_asked_for(actors):
    factories.AccountFactory.create_batch(200, owner=actors.OWN)
    answer = client_for(actors.OWN).get("/api/v1/accounts/?page_size=100000").json()
    assert (answer["count"], len(answer["results"])) == (201, 200)
    assert answer["next"]


@pytest.mark.parametrize("resource", ["accounts", "contacts", "interactions"])
def test_list_asks_as_often_for_many_as_for_few(actors, resource, django_assert_max_num_queries):
    client = client_for(actors.OWN)
    for _round in range(2):
        for _number in range(8):
            account = factories.AccountFactory(owner=actors.OWN)
            interaction = factories.InteractionFactory(account=account, owner=actors.OWN)
            interaction.contacts.add(factories.ContactFactory(account=account))
        with django_assert_max_num_queries(9):
            client.get(f"/api/v1/{resource}/")
