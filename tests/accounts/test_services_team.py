"""Handing accounts over, bulk assignment, the account team."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Account, AccountHistory, AccountMember
from accounts.services import assign_accounts, release_accounts, set_account_team, transfer_account
from accounts.services.errors import AccountsError, NotUnassignedError
from core.editing import StaleError
from tests import factories


def team_of(account):
    return dict(account.members.current().values_list("user__username", "role"))


def test_transfer_changes_owner_team_memberships_and_history(actors, time_machine):
    time_machine.move_to("2026-03-05 12:00Z")
    transfer_account(account=actors.account, by=actors.AD, owner=actors.OTH)
    account = Account.objects.get(pk=actors.account.pk)
    assert (account.owner, account.team, account.version) == (actors.OTH, actors.OTH.team, 2)
    assert team_of(account) == {"stranger": "owner", "helper": "sales"}
    assert not Account.objects.visible_to(actors.OWN).exists()
    former = AccountMember.objects.get(account=account, user=actors.OWN)
    assert (former.valid_from, former.valid_to) == (date(2020, 1, 1), date(2026, 3, 5))
    assert AccountHistory.objects.get(subject=account, field="owner").value == str(actors.OTH.pk)


def test_colleague_on_the_team_becomes_owner_once(actors):
    transfer_account(account=actors.account, by=actors.AD, owner=actors.HELP)
    assert team_of(actors.account) == {"helper": "owner"}


@pytest.mark.parametrize(
    ("actor", "new_owner", "is_allowed"),
    [
        ("OWN", "TEAM", False),
        ("HELP", "TEAM", False),
        ("MGR", "TEAM", True),
        ("MGR", "OTH", False),
        ("REG", "TEAM", True),
        ("MOTH", "OTH", False),
        ("EX", "TEAM", False),
        ("AD", "OTH", True),
    ],
)
def test_transfer_needs_rights_on_both_sides(actors, actor, new_owner, is_allowed):
    handover = {"account": actors.account, "by": getattr(actors, actor), "owner": getattr(actors, new_owner)}
    if is_allowed:
        transfer_account(**handover)
    else:
        with pytest.raises(PermissionDenied):
            transfer_account(**handover)
    owner = Account.objects.get(pk=actors.account.pk).owner
    assert owner == (handover["owner"] if is_allowed else actors.OWN)


def test_transfer_of_an_account_saved_meanwhile_is_stale(actors):
    Account.objects.filter(pk=actors.account.pk).update(version=2)
    with pytest.raises(StaleError):
        transfer_account(account=actors.account, by=actors.AD, owner=actors.OTH)
    assert team_of(actors.account) == {"own": "owner", "helper": "sales"}


def test_bulk_assignment_is_all_or_nothing_and_can_be_undone(actors):
    free = [factories.AccountFactory(owner=None) for _ in range(3)]
    with pytest.raises(NotUnassignedError):
        assign_accounts(accounts=[*free, actors.account], by=actors.AD, owner=actors.TEAM)
    assert Account.objects.unassigned().count() == 3
    free = list(Account.objects.unassigned())
    assign_accounts(accounts=free, by=actors.AD, owner=actors.TEAM)
    assert Account.objects.filter(owner=actors.TEAM, team=actors.TEAM.team).count() == 3
    release_accounts(accounts=free, by=actors.AD, owner=actors.TEAM)
    assert Account.objects.unassigned().count() == 3
    assert not AccountMember.objects.filter(user=actors.TEAM).exists()


@pytest.mark.parametrize("actor", ["OWN", "MGR", "REG", "EX"])
def test_bulk_assignment_is_refused_to_others(actors, actor):
    free = factories.AccountFactory(owner=None)
    with pytest.raises(PermissionDenied):
        assign_accounts(accounts=[free], by=getattr(actors, actor), owner=actors.TEAM)
    assert Account.objects.unassigned().count() == 1


def test_account_team_adds_changes_and_ends_memberships(actors, time_machine):
    time_machine.move_to("2026-03-05 12:00Z")
    set_account_team(account=actors.account, by=actors.OWN, members={actors.TEAM: "service"})
    assert team_of(actors.account) == {"own": "owner", "mate": "service"}
    assert AccountMember.objects.get(user=actors.HELP).valid_to == date(2026, 3, 5)
    set_account_team(account=actors.account, by=actors.OWN, members={actors.TEAM: "finance", actors.HELP: "sales"})
    assert team_of(actors.account) == {"own": "owner", "mate": "finance", "helper": "sales"}


def test_account_team_never_gives_the_owner_away(actors):
    with pytest.raises(AccountsError):
        set_account_team(account=actors.account, by=actors.OWN, members={actors.TEAM: "owner"})
    with pytest.raises(PermissionDenied):
        set_account_team(account=actors.account, by=actors.HELP, members={})
    assert team_of(actors.account) == {"own": "owner", "helper": "sales"}
