"""Interaction files: days, people and authors of the other system, what is planned, what is locked."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Interaction
from core.models import AuditEntry
from core.periods import business_date, business_zone
from tests import factories
from tests.kam.imports.test_orders import business_digest, reasons, warnings

pytestmark = pytest.mark.django_db
HEAD = "account_code,happened at,kind,owner,subject"


@pytest.fixture
def wang():
    return factories.UserFactory(username="wang", name="王芳", email="wang@example.com")


@pytest.fixture
def account(wang):
    return factories.AccountFactory(code="K1", name="One", owner=wang)


def run(imports, text: str, **values):
    return imports(text, kind="interactions", **values)


def test_people_days_and_authors_are_those_of_the_file(imports, account, wang, actors):
    left = factories.UserFactory(username="left", name="Former Rep", is_active=False)
    met = factories.ContactFactory(account=account, name="李雷", email="li@x.example")
    other = factories.ContactFactory(account=account, name="Han")
    text = f"{HEAD},contacts,colleagues,created by,created\n"
    text += "K1,2024-03-05 15:20,走访,Former Rep,Valves,李雷;Han,wang,left,2024-03-06\n"
    job = run(imports, text, user=actors.AD)
    assert (reasons(job), warnings(job)) == ({}, {})
    visit = Interaction.objects.get()
    assert (visit.kind, visit.state, visit.owner, visit.created_by) == ("visit", "done", left, left)
    assert visit.happened_at.astimezone(business_zone()).strftime("%Y-%m-%d %H:%M") == "2024-03-05 15:20"
    assert visit.happened_on == date(2024, 3, 5)
    assert visit.created_at.astimezone(business_zone()).date() == date(2024, 3, 6)
    assert set(visit.contacts.all()) == {met, other}
    assert list(visit.colleagues.all()) == [wang]


def test_without_an_owner_it_is_the_importers_and_without_both_the_account_managers(imports, account, wang, actors):
    run(imports, "account_code,date,kind\nK1,2026-01-05,visit\n", user=actors.AD)
    run(imports, "account_code,date,kind\nK1,2026-01-06,visit\n")
    assert set(Interaction.objects.values_list("owner", "created_by")) == {
        (actors.AD.pk, actors.AD.pk),
        (wang.pk, None),
    }


def test_the_same_moment_in_another_zone_is_the_same_interaction(imports, account):
    run(imports, f"{HEAD}\nK1,2026-01-05T06:30:00Z,visit,wang,x\n")
    again = run(imports, f"{HEAD}\nK1,2026-01-05T14:30:00+08:00,visit,wang,x\n")
    assert (again.created_count, again.unchanged_count) == (0, 1)


def test_a_uuid_of_ours_finds_what_was_logged_here(imports, account, wang):
    logged = factories.InteractionFactory(account=account, owner=wang, created_by=wang, subject="Old")
    last = business_date() - timedelta(days=1)
    Interaction.objects.update(happened_on=last)
    run(imports, f"{HEAD},external id\nK1,{last},visit,wang,New,{logged.uuid}\n")
    logged.refresh_from_db()
    assert (logged.subject, logged.version, Interaction.objects.count()) == ("New", 2, 1)


def test_future_days_are_plans_and_what_happened_meanwhile_is_not_planned_again(imports, account):
    ahead = business_date() + timedelta(days=3)
    text = f"{HEAD},status,external id\nK1,{ahead},visit,wang,x,planned,A1\n"
    text += f"K1,{ahead},visit,wang,y,,A2\nK1,{ahead},visit,wang,z,done,A3\n"
    job = run(imports, text)
    assert reasons(job) == {"still_to_come": 1}
    assert set(Interaction.objects.values_list("state", flat=True)) == {"planned"}
    Interaction.objects.filter(subject="x").update(state="done")
    again = run(imports, text)
    assert (again.unchanged_count, Interaction.objects.get(subject="x").state) == (2, "done")


def test_a_closed_interaction_is_changed_by_a_manager_only_and_that_is_written_down(imports, account, wang, actors):
    factories.AccountMemberFactory(account=account, user=actors.HELP)
    text = f"{HEAD},external id\nK1,2025-01-05,visit,wang,Old,X1\n"
    run(imports, text)
    job = run(imports, text.replace("Old", "New"), user=actors.HELP)
    assert (job.rejected_count, Interaction.objects.get().subject) == (1, "Old")
    run(imports, text.replace("Old", "New"), user=actors.AD)
    assert Interaction.objects.get().subject == "New"
    entry = AuditEntry.objects.get(action="interaction.change_after_lock")
    assert (entry.user, entry.details["interactions"]) == (actors.AD, [Interaction.objects.get().pk])


def test_what_cannot_be_is_refused_or_warned_of(imports, account):
    rows = [
        "K1,soon,visit,wang,a,,",
        "K1,2026-01-05,dance,wang,b,,",
        "K1,2026-01-05,visit,nobody,c,,",
        "K1,2026-01-05,visit,wang,d,Stranger,nobody",
        "K404,2026-01-05,visit,wang,e,,",
        "K1,,visit,wang,f,,",
    ]
    job = run(imports, f"{HEAD},contacts,colleagues\n" + "\n".join(rows) + "\n")
    assert reasons(job) == {
        "not_a_date": 1,
        "not_a_choice": 1,
        "unknown_owner": 1,
        "account_cannot_be_used": 1,
        "missing": 1,
    }
    assert warnings(job) == {"unknown_contact": 1, "unknown_colleague": 1}
    assert Interaction.objects.get().subject == "d"


def test_a_rep_names_only_colleagues_they_know(imports, actors):
    factories.UserFactory(username="far", name="Far Away")
    code = actors.account.code
    job = run(
        imports,
        f"{HEAD}\n{code},2026-01-05,visit,far,x\n{code},2026-01-05,visit,{actors.OWN.username},y\n",
        user=actors.OWN,
    )
    assert (reasons(job), job.created_count) == ({"unknown_owner": 1}, 1)


def test_the_number_of_anothers_record_is_not_told_apart(imports, account, wang, actors):
    """A UUID that the same author used for another account: refused, and nothing is said about it."""
    taken = factories.InteractionFactory(owner=actors.OWN, created_by=actors.OWN)
    before = business_digest()
    code = actors.account.code
    job = run(imports, f"{HEAD},external id\n{code},2026-01-05,visit,,x,{taken.uuid}\n", user=actors.OWN)
    assert (job.created_count, job.rejected_count) == (0, 1)
    assert business_digest() == before


def test_moments_come_back_from_what_the_page_exports(imports, account, wang):
    moment = timezone.now().replace(microsecond=0) - timedelta(days=2)
    job = run(imports, f"{HEAD}\nK1,{moment.isoformat()},visit,wang,x\n")
    assert job.created_count == 1
    assert Interaction.objects.get().happened_at == moment
