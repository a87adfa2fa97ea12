"""Account files: natural keys, updates, parents, rights."""

import pytest

from accounts.models import Account
from kam.choices import ImportState
from kam.imports import services, work
from tests import factories
from tests.kam.imports.test_orders import business_digest, reasons, warnings

pytestmark = pytest.mark.django_db


def run(imports, text: str, **values):
    job = imports(text, kind="accounts", **values)
    assert job.state == ImportState.DONE, job.message
    return job


def test_accounts_without_codes_get_one_and_a_second_run_changes_nothing(imports):
    text = "account,sector,employees,office_location\nAcme,retail,2822,United States\n九川轨道,rail,12,中国\n"
    assert run(imports, text).created_count == 2
    assert set(Account.objects.values_list("code", "name", "country", "employee_count")) == {
        ("A000001", "Acme", "US", 2822),
        ("A000002", "九川轨道", "CN", 12),
    }
    before = business_digest()
    assert run(imports, text).unchanged_count == 2
    assert business_digest() == before


def test_an_update_keeps_what_the_file_leaves_empty_and_opens_a_dated_row(imports):
    account = factories.AccountFactory(code="K1", name="Nine", industry="Rail", phone="1")
    job = run(imports, "code,name,industry,phone\nK1,Nine,Metro,\n")
    account.refresh_from_db()
    assert (job.updated_count, account.industry, account.phone, account.version) == (1, "Metro", "1", 2)
    assert account.dated_values.open().get(field="industry").value == "Metro"


def test_parents_come_first_wherever_they_stand(imports):
    job = run(imports, "name,subsidiary_of\nGrandchild,Child\nChild,Top\nTop,\nOther,Nobody\n")
    assert reasons(job) == {"unknown_parent": 1}
    names = dict(Account.objects.values_list("name", "parent__name"))
    assert names == {"Top": None, "Child": "Top", "Grandchild": "Child"}


def test_circles_of_parents_are_rejected(imports):
    job = run(imports, "name,subsidiary_of\nA,B\nB,A\nC,\n")
    assert reasons(job) == {"parent_cycle": 2}


def test_duplicates_are_reported_and_the_first_value_counts(imports):
    job = run(imports, "code,name,industry\nK1,Nine,Rail\nK1,Nine,Metro\n")
    assert Account.objects.get().industry == "Rail"
    assert warnings(job) == {"attribute_conflict": 1, "duplicate_row": 1}


def test_a_rep_creates_nothing_and_writes_only_what_is_theirs_to_write(imports, actors):
    factories.AccountFactory(code="STRANGE", name="Strange")
    code = actors.account.code
    job = run(imports, f"code,name\n{code},Renamed\nSTRANGE,X\nNEW,Y\n", user=actors.OWN)
    assert reasons(job) == {"account_cannot_be_used": 2}
    actors.account.refresh_from_db()
    assert actors.account.name == "Renamed"
    job = run(imports, f"code,name,region\n{code},Renamed,East\n", user=actors.OWN)
    assert reasons(job) == {"field_not_allowed": 1}
    job = run(imports, f"code,name\n{code},Again\n", user=actors.HELP)
    assert reasons(job) == {"may_not_update": 1}


SHEET = """客户编码,客户名称,行业,联系人,职务,邮箱,手机
K1,九川轨道,Rail,李雷,采购总监,li@k1.example,138 0013 8000
K1,,,韩梅,Buyer,,139 0013 9000
K2,Harbour,,Old Hand,Head,old@k2.example,
K3,Nobody There,,,,,
"""


def test_accounts_and_contacts_in_one_sheet(imports):
    old = factories.AccountFactory(code="K2", name="Harbour")
    hand = factories.ContactFactory(account=old, name="Hand", email="old@k2.example")
    before = business_digest()
    job = run(imports, SHEET.replace("K1,,,", "K1,九川轨道,,"))
    assert (reasons(job), warnings(job)) == ({}, {})
    assert (job.created_count, job.updated_count, job.unchanged_count) == (4, 1, 1)
    rail = Account.objects.get(code="K1")
    assert set(rail.contacts.values_list("name", "title", "mobile")) == {
        ("李雷", "采购总监", "+8613800138000"),
        ("韩梅", "Buyer", "+8613900139000"),
    }
    hand.refresh_from_db()
    assert (hand.name, hand.title) == ("Old Hand", "Head")
    after = business_digest()
    again = run(imports, SHEET.replace("K1,,,", "K1,九川轨道,,"))
    assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 6)
    assert business_digest() == after
    services.start_undo(job=job, is_queued=False)
    work.work_on(job.pk)
    assert business_digest() == before


def test_a_wrong_number_rejects_its_row_and_a_person_without_a_name_is_left_out(imports):
    text = "code,name,contact,mobile,email\nK1,One,Li,12,\nK2,Two,,,info@two.example\n"
    job = run(imports, text)
    assert (reasons(job), warnings(job)) == ({"not_a_phone": 1}, {"contact_without_name": 1})
    assert list(Account.objects.values_list("code", "contacts__name")) == [("K2", None)]


def test_a_helper_adds_people_to_an_account_they_may_not_change(imports, actors):
    account = actors.account
    count = account.contacts.count()
    job = run(imports, f"code,name,contact\n{account.code},{account.name},New Face\n", user=actors.HELP)
    assert (reasons(job), account.contacts.count()) == ({}, count + 1)
