"""Account files: natural keys, updates, parents, rights."""

import pytest

from accounts.models import Account
from kam.choices import ImportState
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
