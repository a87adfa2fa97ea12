"""What can be taken back, and is then as it was; what somebody changed since stays."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Account
from core.periods import business_date
from tests import factories


def undo_url(response) -> str:
    """Where the toast of the page sends its Undo."""
    found = re.search(r'class="k-toast.*?action="([^"]+)"', response.content.decode(), re.DOTALL)
    return found[1].replace("&amp;", "&")


def post(client, name, *keys, **data):
    return client.post(reverse(name, args=keys), data, follow=True)


@pytest.fixture
def as_manager(actors, client):
    client.force_login(actors.MGR)
    return client


def test_account_that_was_handed_over_goes_back(actors, as_manager):
    page = post(as_manager, "accounts:account_transfer", actors.account.pk, owner=actors.TEAM.pk)
    as_manager.post(undo_url(page))
    actors.account.refresh_from_db()
    assert actors.account.owner == actors.OWN
    assert not Account.objects.visible_to(actors.TEAM).exists()


def test_account_that_was_saved_since_is_not_handed_back(actors, as_manager):
    page = post(as_manager, "accounts:account_transfer", actors.account.pk, owner=actors.TEAM.pk)
    Account.objects.update(version=9)
    answer = as_manager.post(undo_url(page), follow=True)
    assert b"Somebody changed this account meanwhile." in answer.content
    assert Account.objects.get().owner == actors.TEAM


def test_another_person_cannot_use_the_undo(actors, as_manager, client):
    page = post(as_manager, "accounts:account_transfer", actors.account.pk, owner=actors.TEAM.pk)
    url = undo_url(page)
    client.force_login(actors.REG)
    assert client.post(url).status_code == 400
    assert Account.objects.get().owner == actors.TEAM


def test_account_team_is_as_it_was(actors, as_manager):
    page = post(as_manager, "accounts:account_team_remove", actors.account.pk, actors.HELP.pk)
    assert not Account.objects.visible_to(actors.HELP).exists()
    as_manager.post(undo_url(page))
    assert Account.objects.visible_to(actors.HELP).exists()
    page = post(as_manager, "accounts:account_team", actors.account.pk, user=actors.TEAM.pk, role="sales")
    as_manager.post(undo_url(page))
    assert not Account.objects.visible_to(actors.TEAM).exists()
    assert Account.objects.visible_to(actors.HELP).exists()


def test_contact_that_moved_goes_back_to_boss_reports_role_and_stance(actors, as_manager):
    other = factories.AccountFactory(owner=actors.OWN)
    boss = factories.ContactFactory(account=actors.account)
    contact = factories.ContactFactory(account=actors.account, reports_to=boss, buying_role="decision_maker", stance=1)
    report = factories.ContactFactory(account=actors.account, reports_to=contact)
    page = post(as_manager, "accounts:contact_move", contact.pk, version=contact.version, account=other.code)
    contact.refresh_from_db()
    assert contact.account == other
    as_manager.post(undo_url(page))
    contact.refresh_from_db()
    report.refresh_from_db()
    assert (contact.account, contact.reports_to, contact.buying_role) == (actors.account, boss, "decision_maker")
    assert (contact.stance, report.reports_to) == (1, contact)


def test_task_and_plan_that_were_moved_go_back_to_their_day(actors, as_manager):
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    page = post(as_manager, "accounts:task_reschedule", task.pk, on="2026-12-24")
    as_manager.post(undo_url(page))
    task.refresh_from_db()
    assert task.due_on == date(2026, 1, 10)
    plan = factories.InteractionFactory(account=actors.account, owner=actors.OWN, state="planned")
    before = plan.happened_at
    page = post(as_manager, "accounts:interaction_reschedule", plan.pk, on="2026-12-24")
    as_manager.post(undo_url(page))
    plan.refresh_from_db()
    assert plan.happened_at == before


def test_contact_who_left_and_came_back_can_both_be_undone(actors, as_manager):
    contact = factories.ContactFactory(account=actors.account)
    page = post(as_manager, "accounts:contact_leave", contact.pk)
    back = as_manager.post(undo_url(page), follow=True)
    contact.refresh_from_db()
    assert contact.left_on is None
    as_manager.post(undo_url(back))
    contact.refresh_from_db()
    assert contact.left_on == business_date()


def test_user_and_team_that_were_closed_come_back(actors, client):
    client.force_login(actors.AD)
    page = post(client, "users:user_deactivate", actors.OTH.pk)
    client.post(undo_url(page), follow=True)
    actors.OTH.refresh_from_db()
    assert actors.OTH.is_active
    team = factories.TeamFactory()
    page = post(client, "users:team_deactivate", team.pk)
    client.post(undo_url(page))
    team.refresh_from_db()
    assert team.is_active
