"""People at the customer."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Contact, ContactHistory
from accounts.services import archive_contact, create_contact, leave_contact, restore_contact, update_contact
from accounts.services.errors import AccountsError
from core.editing import StaleError
from tests import factories

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
