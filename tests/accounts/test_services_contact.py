"""People at the customer."""

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from accounts import services
from accounts.models import Contact, ContactHistory
from accounts.services import archive_contact, create_contact, leave_contact, restore_contact, update_contact
from accounts.services.errors import AccountsError
from core import facts
from core.editing import StaleError
from core.models import AuditEntry
from tests import factories

EARLIER, DAY_BEFORE, MOVED = date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 10)

WRITERS = ("OWN", "HELP", "MGR", "REG", "AD")


@pytest.mark.parametrize("actor", ["OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX", "AD"])
def test_contacts_are_written_by_who_the_table_names(actors, actor):
    by = getattr(actors, actor)
    if actor in WRITERS:
        contact = create_contact(account=actors.account, by=by, name="王砚秋")
        assert contact.search_key == "王砚秋 wangyanqiu wyq"
        return
    with pytest.raises(PermissionDenied):
        create_contact(account=actors.account, by=by, name="王砚秋")
    assert not Contact.objects.exists()


def test_create_normalises_the_number_by_the_country_of_the_account(actors):
    assert create_contact(account=actors.account, by=actors.OWN, name="A", mobile="13800138000").mobile == (
        "+8613800138000"
    )
    british = factories.AccountFactory(owner=actors.OWN, country="GB")
    assert create_contact(account=british, by=actors.OWN, name="B", mobile="020 7946 0958").mobile == "+442079460958"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"mobile": "nobody"}, "mobile"),
        ({"joined_on": date(2026, 2, 2), "left_on": date(2026, 2, 1)}, "left_on"),
        ({"birth_month": 2, "birth_day": 30}, "birth_day"),
        ({"birth_month": 2}, "birth_day"),
    ],
)
def test_create_refuses_what_cannot_be(actors, values, field):
    with pytest.raises(AccountsError) as refused:
        create_contact(account=actors.account, by=actors.OWN, name="A", **values)
    assert refused.value.field == field


def test_update_keeps_role_and_stance_of_before(actors, time_machine):
    time_machine.move_to("2026-03-05 12:00Z")
    contact = create_contact(account=actors.account, by=actors.OWN, name="A", buying_role="buyer", stance=0)
    time_machine.move_to("2026-04-01 12:00Z")
    update_contact(contact=contact, by=actors.HELP, version=1, changes={"stance": 1, "title": "GM"})
    rows = ContactHistory.objects.filter(subject=contact, field="stance").order_by("valid_from")
    assert list(rows.values_list("value", "valid_from", "valid_to")) == [
        ("0", date(2026, 3, 5), date(2026, 4, 1)),
        ("1", date(2026, 4, 1), None),
    ]
    with pytest.raises(StaleError):
        update_contact(contact=contact, by=actors.OWN, version=1, changes={"title": "CEO"})


def test_boss_is_of_the_same_account_and_not_below(actors):
    boss, report = (factories.ContactFactory(account=actors.account) for _ in range(2))
    update_contact(contact=report, by=actors.OWN, version=1, changes={"reports_to": boss})
    for contact, other in ((boss, report), (boss, boss), (boss, factories.ContactFactory())):
        with pytest.raises(AccountsError):
            update_contact(contact=contact, by=actors.OWN, version=1, changes={"reports_to": other})


def test_leaving_and_archiving_can_be_taken_back(actors):
    contact = factories.ContactFactory(account=actors.account)
    leave_contact(contact=contact, by=actors.OWN, left_on=date(2026, 1, 2))
    assert not Contact.objects.present().exists()
    leave_contact(contact=contact, by=actors.OWN, left_on=None)
    archive_contact(contact=contact, by=actors.OWN)
    assert not Contact.objects.active().exists()
    restore_contact(contact=contact, by=actors.OWN)
    assert Contact.objects.present().get().version == 5


@pytest.fixture
def other(actors):
    return factories.AccountFactory(owner=actors.OWN)


def person_at(account, by, **values):
    with time_machine.travel("2026-03-01T08:00:00Z"):
        return services.create_contact(account=account, by=by, name="Li Na", **values)


def test_a_person_moves_and_what_was_stays_known(actors, other):
    boss = person_at(actors.account, actors.OWN)
    person = person_at(actors.account, actors.OWN, stance=2, buying_role="buyer", reports_to=boss)
    report = person_at(actors.account, actors.OWN, reports_to=person)
    visit = factories.InteractionFactory(account=actors.account, owner=actors.OWN)
    visit.contacts.add(person)
    with time_machine.travel("2026-03-10T08:00:00Z"):
        services.move_contact(contact=person, by=actors.OWN, account=other, version=1)
    person.refresh_from_db()
    assert (person.account, person.reports_to, person.stance, person.buying_role) == (other, None, None, "")
    report.refresh_from_db()
    assert report.reports_to is None
    held = {day: dict(person.dated_values.as_of(day).values_list("field", "value")) for day in (DAY_BEFORE, MOVED)}
    assert held[DAY_BEFORE] == {
        "account": str(actors.account.pk),
        "stance": "2",
        "buying_role": "buyer",
        "reports_to": str(boss.pk),
    }
    assert held[MOVED] == {"account": str(other.pk), "stance": "", "buying_role": "", "reports_to": ""}
    visit.refresh_from_db()
    assert (visit.account, list(visit.contacts.all())) == (actors.account, [person])
    with time_machine.travel("2026-03-10T09:00:00Z"):
        services.update_interaction(
            interaction=visit, by=actors.AD, version=1, changes={"contacts": [person]}, reason="x"
        )
    assert AuditEntry.objects.get(action="contact.move").details["after"] == other.pk


def test_who_left_before_is_at_the_new_account_from_that_day(actors, other):
    person = person_at(actors.account, actors.OWN, left_on=DAY_BEFORE)
    with time_machine.travel("2026-03-20T08:00:00Z"):
        services.move_contact(contact=person, by=actors.OWN, account=other, version=1)
    assert person.left_on is None
    assert person.dated_values.as_of(DAY_BEFORE).get(field="account").value == str(other.pk)
    counts = [
        facts.collect(day, [actors.account.pk, other.pk])["contacts_active"].tolist() for day in (EARLIER, DAY_BEFORE)
    ]
    assert counts == [[1, 0], [0, 1]]


def test_moving_needs_the_right_on_both_sides_and_another_account(actors, other):
    person = person_at(actors.account, actors.OWN)
    strange = factories.AccountFactory(owner=actors.OTH)
    for by, account in ((actors.OWN, strange), (actors.OTH, strange), (actors.HELP, other), (actors.EX, other)):
        with pytest.raises(PermissionDenied):
            services.move_contact(contact=person, by=by, account=account, version=1)
    with pytest.raises(AccountsError):
        services.move_contact(contact=person, by=actors.OWN, account=actors.account, version=1)
    with pytest.raises(StaleError):
        services.move_contact(contact=person, by=actors.OWN, account=other, version=7)
    person.refresh_from_db()
    assert person.account == actors.account


def test_the_form_moves_by_code_and_knows_only_ones_own_accounts(actors, other, client):
    person = person_at(actors.account, actors.OWN)
    strange = factories.AccountFactory(owner=actors.OTH)
    client.force_login(actors.OWN)
    url = f"/contacts/{person.pk}/move/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"account": strange.code, "version": 1}).status_code == 422
    assert client.post(url, {"account": other.code, "version": 7}).status_code == 422
    assert client.post(url, {"account": other.code, "version": 1}).url == f"/contacts/{person.pk}/"
