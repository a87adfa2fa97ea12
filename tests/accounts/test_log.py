"""The log of an interaction as a plain form."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.log_form import next_day
from accounts.models import Contact, Interaction, Task
from tests import factories

URL = "/interactions/log/"


@pytest.mark.parametrize(
    ("choice", "today", "day"),
    [
        ("1w", date(2026, 5, 12), date(2026, 5, 19)),
        ("2w", date(2026, 12, 25), date(2027, 1, 8)),
        ("1m", date(2026, 5, 12), date(2026, 6, 12)),
        ("1m", date(2026, 1, 31), date(2026, 2, 28)),
        ("1m", date(2026, 12, 31), date(2027, 1, 31)),
        ("none", date(2026, 5, 12), None),
        ("date", date(2026, 5, 12), None),
        ("", date(2026, 5, 12), None),
    ],
)
def test_next_day(choice, today, day):
    assert next_day(choice, today) == day


@pytest.fixture
def rep(actors, client, time_machine):
    time_machine.move_to("2026-05-12 12:00Z")
    client.force_login(actors.OWN)
    return client


def test_the_form_alone_logs_everything(actors, rep):
    person = factories.ContactFactory(account=actors.account)
    uuid = uuid4()
    sent = {
        "uuid": uuid,
        "account": actors.account.pk,
        "kind": "visit",
        "contacts": [person.pk],
        "new_name": "Ingrid Solheim",
        "mood": "warm",
        "next": "2w",
        "next_text": "Bring the trial quote",
        "result": "Trial went well.",
        "promise_side": "theirs",
        "promise_text": "Pay the invoice",
        "promise_on": "2026-05-20",
    }
    response = rep.post(URL, sent)
    assert response.url == reverse("home")
    assert response.cookies["kam_saved"].value == str(uuid)
    done = Interaction.objects.done().get()
    assert (done.kind, done.mood, done.result, done.uuid) == ("visit", "warm", "Trial went well.", uuid)
    assert set(done.contacts.all()) == {person, Contact.objects.get(name="Ingrid Solheim")}
    assert Interaction.objects.planned().get().happened_on == date(2026, 5, 26)
    assert Task.objects.get().kind == "promise_theirs"
    rep.post(URL, sent)
    assert Interaction.objects.count() == 2
    assert rep.post(URL, sent | {"result": "Other words"}).status_code == 409
    assert Interaction.objects.count() == 2


def test_account_and_type_are_needed_and_nothing_typed_is_lost(actors, rep):
    response = rep.post(URL, {"uuid": uuid4(), "account": actors.account.pk, "result": "A long note"})
    assert response.status_code == 422
    assert b"A long note" in response.content
    assert not Interaction.objects.exists()
    assert rep.post(URL, {"uuid": uuid4(), "kind": "visit"}).status_code == 422


def test_the_page_begins_with_the_account_used_last(actors, rep):
    assert rep.get(URL).context["account"] is None
    other = factories.AccountFactory(owner=actors.OWN)
    for account in (other, actors.account):
        factories.InteractionFactory(account=account, owner=actors.OWN)
    assert rep.get(URL).context["account"] == actors.account
    assert rep.get(f"{URL}?account={other.pk}").context["account"] == other


def test_a_plan_fills_in_type_and_people_and_is_fulfilled(actors, rep):
    person = factories.ContactFactory(account=actors.account)
    plan = factories.InteractionFactory(account=actors.account, owner=actors.OWN, state="planned", kind="call")
    plan.contacts.add(person)
    form = rep.get(f"{URL}?plan={plan.pk}").context["form"]
    assert [option.value for option in form.people() if option.is_on] == [str(person.pk)]
    assert [option.value for option in form.quick_kinds() if option.is_on] == ["call"]
    sent = {"uuid": uuid4(), "account": actors.account.pk, "kind": "call", "plan": plan.pk, "contacts": [person.pk]}
    rep.post(URL, sent)
    assert Interaction.objects.done().get() == plan


def test_people_are_offered_by_most_recent_contact(actors, rep):
    first, second, third = (factories.ContactFactory(account=actors.account, name=name) for name in "ABC")
    factories.ContactFactory(account=actors.account, left_on=date(2026, 1, 1))
    for person, day in ((second, date(2026, 4, 1)), (third, date(2026, 5, 1))):
        factories.InteractionFactory(account=actors.account, owner=actors.OWN, happened_on=day).contacts.add(person)
    form = rep.get(f"{URL}?account={actors.account.pk}").context["form"]
    assert [option.label for option in form.people()] == ["C", "B", "A"]
    assert first.pk


def test_account_search_finds_by_initials_among_ones_own(actors, rep):
    from core.search import search_key

    factories.AccountFactory(owner=actors.OWN, name="九川轨道", search_key=search_key("九川轨道"))
    factories.AccountFactory(owner=actors.OTH, name="九川他人", search_key=search_key("九川他人"))
    found = rep.get(reverse("accounts:account_search"), {"q": "jc"}).content.decode()
    assert "九川轨道" in found
    assert "九川他人" not in found


def test_executive_logs_nothing(actors, client):
    client.force_login(actors.EX)
    assert client.get(URL).status_code == 403


def undo_of(client) -> str:
    """The address behind "Undo" in the toast of the next page."""
    return re.search(r'action="(/interactions/log/undo/[^"]+)"', client.get("/").content.decode())[1]


def logged(rep, account, **values) -> str:
    assert rep.post(URL, {"uuid": uuid4(), "account": account.pk, "kind": "visit"} | values).status_code == 302
    return undo_of(rep)


def test_undo_takes_back_the_log_and_what_followed(actors, rep):
    undo = logged(
        rep,
        actors.account,
        new_name="Ingrid Solheim",
        next="2w",
        promise_side="ours",
        promise_text="Send the quote",
        promise_on="2026-05-20",
    )
    assert rep.post(undo).url == reverse("home")
    assert set(Interaction.objects.values_list("state", flat=True)) == {"cancelled"}
    assert Task.objects.get().state == "cancelled"
    assert Contact.objects.get().archived_at
    assert "can no longer be undone" in rep.post(undo, follow=True).content.decode()


def test_undo_makes_the_plan_a_plan_again_and_opens_the_task(actors, rep):
    person = factories.ContactFactory(account=actors.account)
    plan = factories.InteractionFactory(account=actors.account, owner=actors.HELP, state="planned", kind="call")
    plan.contacts.add(person)
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    before = Interaction.objects.values("kind", "owner", "happened_at", "happened_on", "state").get(pk=plan.pk)
    rep.post(logged(rep, actors.account, plan=plan.pk, task=task.pk))
    assert Interaction.objects.values("kind", "owner", "happened_at", "happened_on", "state").get(pk=plan.pk) == before
    assert list(plan.contacts.all()) == [person]
    task.refresh_from_db()
    assert (task.state, task.done_at) == ("open", None)


def test_undo_is_for_the_author_and_for_ten_minutes(actors, rep, client, time_machine):
    undo = logged(rep, actors.account)
    client.force_login(actors.HELP)
    assert client.post(undo).status_code == 400
    client.force_login(actors.OWN)
    time_machine.move_to("2026-05-12 12:11Z")
    assert client.post(undo).status_code == 400
    assert Interaction.objects.done().count() == 1


def test_undo_leaves_what_somebody_has_changed_meanwhile(actors, rep):
    undo = logged(rep, actors.account, next="2w")
    Interaction.objects.planned().update(state="done")
    rep.post(undo)
    assert sorted(Interaction.objects.values_list("state", flat=True)) == ["cancelled", "done"]


def test_a_form_sent_again_after_its_undo_is_not_called_saved(actors, rep):
    sent = {"uuid": uuid4(), "account": actors.account.pk, "kind": "visit"}
    rep.post(URL, sent)
    rep.post(undo_of(rep))
    assert rep.post(URL, sent).status_code == 409
