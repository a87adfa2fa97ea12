"""Contact files: who is meant, dates and authors of the other system, bosses, what is refused."""

from datetime import date

import pytest

from accounts.models import Contact
from kam.imports.rejects import rejects_path
from tests import factories
from tests.kam.imports.test_orders import business_digest, reasons, warnings

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return factories.AccountFactory(code="K1", name="One", country="CN")


def run(imports, text: str, **values):
    return imports(text, kind="contacts", **values)


def test_the_person_is_found_by_email_then_mobile_then_name(imports, account):
    email = factories.ContactFactory(account=account, name="A", email="A@x.example")
    mobile = factories.ContactFactory(account=account, name="B", mobile="+8613800138000")
    name = factories.ContactFactory(account=account, name="李 雷")
    text = "account_code,name,email,mobile,title\nK1,AA,a@X.example,,1\nK1,BB,,138-0013-8000,2\nK1,李  雷,,,3\n"
    job = run(imports, text)
    assert (job.created_count, job.updated_count) == (0, 3)
    titles = dict(Contact.objects.values_list("pk", "title"))
    assert titles == {email.pk: "1", mobile.pk: "2", name.pk: "3"}
    mobile.refresh_from_db()
    assert (mobile.name, mobile.version) == ("BB", 2)
    assert "bb" in mobile.search_key


def test_a_name_finds_the_only_one_who_has_it_and_refuses_among_several(imports, account):
    only = factories.ContactFactory(account=account, name="Only", email="o@x.example")
    for address in ("t1@x.example", "t2@x.example"):
        factories.ContactFactory(account=account, name="Twin", email=address)
    job = run(imports, "account_code,name,title\nK1,only,Boss\nK1,Twin,Boss\n")
    only.refresh_from_db()
    assert (only.title, job.updated_count, job.created_count) == ("Boss", 1, 0)
    assert reasons(job) == {"ambiguous_contact": 1}


def test_dates_and_authors_of_the_other_system_are_kept(imports, account, actors):
    author = factories.UserFactory(username="gone", name="Gone Author", is_active=False)
    text = "account_code,name,created,created by,joined on,birthday\n"
    text += "K1,Li,2021-05-06 09:30,Gone Author,2020-02-03,3/8\n"
    run(imports, text, user=actors.AD)
    contact = Contact.objects.get()
    assert (contact.created_by, contact.created_on, contact.joined_on) == (author, date(2021, 5, 6), date(2020, 2, 3))
    assert (contact.birth_month, contact.birth_day, contact.birth_year) == (3, 8, None)
    assert contact.created_at.date() == date(2021, 5, 6)
    assert contact.dated_values.get(field="account").valid_from == date(2020, 2, 3)


def test_an_update_keeps_author_dates_and_empty_cells_and_dates_the_change(imports, account):
    contact = factories.ContactFactory(account=account, name="Li", title="Clerk", phone="1", department="Sales")
    run(imports, "account_code,name,title,phone,department,created\nK1,Li,Head,,Purchase,2020-01-01\n")
    before = contact.created_on
    contact.refresh_from_db()
    assert (contact.title, contact.phone, contact.created_on) == ("Head", "1", before)
    assert contact.dated_values.open().get(field="department").value == "Purchase"


def test_bosses_come_first_wherever_they_stand(imports, account):
    factories.ContactFactory(account=account, name="Stored", email="s@x.example")
    rows = "K1,Low,Mid\nK1,Mid,s@x.example\nK1,Lost,Nobody\nK1,A,B\nK1,B,A\n"
    job = run(imports, "account_code,name,reports to\n" + rows)
    assert reasons(job) == {"boss_circle": 2}
    assert warnings(job) == {"unknown_boss": 1}
    bosses = dict(Contact.objects.values_list("name", "reports_to__name"))
    assert bosses == {"Stored": None, "Low": "Mid", "Mid": "Stored", "Lost": None}


def test_a_boss_below_the_person_is_refused(imports, account):
    top = factories.ContactFactory(account=account, name="Top")
    factories.ContactFactory(account=account, name="Low", reports_to=top)
    assert reasons(run(imports, "account_code,name,reports to\nK1,Top,Low\n")) == {"boss_circle": 1}


def test_choices_are_read_in_both_languages_and_as_stored(imports, account):
    text = "account_code,name,level,buying role,stance\nK1,A,Top,Decision maker,支持\nK1,B,1,decision_maker,1\n"
    job = run(imports, text)
    assert reasons(job) == {}
    rows = set(Contact.objects.values_list("level", "buying_role", "stance"))
    assert len(rows) == 1


def test_what_cannot_be_is_refused_by_row_column_and_reason_and_comes_back(imports, account):
    factories.ContactFactory(account=account, name="Stored", joined_on=date(2024, 1, 1))
    rows = [
        "K1,,a@x.example,,,",
        "K1,Mail,not a mail,,,",
        "K1,Phone,,12,,",
        "K1,Days,,,2024-02-01,2024-01-01",
        "K1,Stored,,,,2023-01-01",
        "K404,Li,,,,",
        ",Li,,,,",
        "K1,Good,,,,",
        "K1,Good,,,,",
    ]
    job = run(imports, "account_code,name,email,mobile,joined on,left on\n" + "\n".join(rows) + "\n")
    assert reasons(job) == {
        "missing": 1,
        "not_an_email": 1,
        "not_a_phone": 1,
        "leaves_before_joining": 2,
        "account_cannot_be_used": 1,
        "missing_account": 1,
    }
    assert warnings(job) == {"same_record": 1}
    assert job.rejected_count == 7
    back = rejects_path(job).read_text(encoding="utf-8-sig")
    for wrong, right in (
        ("not a mail", "m@x.example"),
        (",12,", ",13800138001,"),
        ("2024-01-01", "2024-03-01"),
        ("K404", "K1"),
        (",,Li,", ",K1,Li two,"),
        ("2023-01-01", "2025-01-01"),
        ("K1,,a@x", "K1,A,a@x"),
    ):
        assert wrong in back
        back = back.replace(wrong, right)
    again = run(imports, back)
    assert (reasons(again), again.created_count, again.updated_count) == ({}, 6, 1)


def test_a_stranger_reads_nothing_from_a_refusal(imports, account, actors):
    before = business_digest()
    factories.AccountFactory(code="MINE", owner=actors.OTH)
    job = run(imports, "account_code,name\nK1,Li\nK404,Li\nMINE,Li\n", user=actors.OTH)
    assert reasons(job) == {"account_cannot_be_used": 2}
    assert list(Contact.objects.values_list("account__code", flat=True)) == ["MINE"]
    assert business_digest()["accounts.Contact"] != before["accounts.Contact"]
