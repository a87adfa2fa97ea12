"""Accounts: creation, codes, locking, group, archive."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import Account, AccountHistory, AccountMember
from accounts.services import archive_account, create_account, restore_account, take_codes, update_account
from accounts.services.errors import AccountsError, CodeTakenError, GroupCycleError
from core.editing import StaleError
from tests import factories

MAY_UPDATE = ("OWN", "MGR", "REG", "AD")
MAY_ARCHIVE = ("MGR", "REG", "AD")
ACTORS = ("OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX", "AD")


def test_create_generates_a_code_writes_keys_dated_rows_and_membership(actors, time_machine):
    time_machine.move_to("2026-03-05 12:00Z")
    account = create_account(by=actors.OWN, owner=actors.OWN, name="九川轨道  Ltd", industry="Rail")
    assert account.code == "A000001"
    assert (account.name_key, account.search_key) == ("九川轨道 ltd", "九川轨道 ltd jiuchuanguidaoltd jcgdltd a000001")
    assert account.team == actors.OWN.team
    rows = AccountHistory.objects.filter(subject=account).values_list("field", "value", "valid_from", "valid_to")
    assert sorted(rows) == [
        ("industry", "Rail", date(2026, 3, 5), None),
        ("kind", "enterprise", date(2026, 3, 5), None),
        ("owner", str(actors.OWN.pk), date(2026, 3, 5), None),
        ("status", "active", date(2026, 3, 5), None),
        ("team", str(actors.OWN.team_id), date(2026, 3, 5), None),
    ]
    member = AccountMember.objects.get(account=account)
    assert (member.user, member.role, member.valid_from) == (actors.OWN, "owner", date(2026, 3, 5))


def test_generated_codes_skip_the_ones_in_use(actors):
    factories.AccountFactory(code="A000002")
    assert take_codes(2) == ["A000001", "A000003"]
    assert take_codes(1) == ["A000004"]


@pytest.mark.django_db(transaction=True)
def test_codes_generated_at_the_same_time_differ():
    admin = factories.UserFactory(role="admin")

    def create(number):
        try:
            return create_account(by=admin, name=f"Racer {number}").code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(create, range(24)))
    assert sorted(codes) == [f"A{n:06d}" for n in range(1, 25)]


@pytest.mark.parametrize("field", ["code", "credit_code"])
def test_a_strangers_code_is_refused_without_telling_whose_it_is(actors, field):
    factories.AccountFactory(**{field: "91310000ABCDEFGHI1"})
    with pytest.raises(CodeTakenError) as refused:
        create_account(by=actors.OWN, owner=actors.OWN, name="New", **{field: "91310000ABCDEFGHI1"})
    assert str(refused.value.message) == "This code cannot be used; ask an administrator."
    assert refused.value.field == field
    with pytest.raises(CodeTakenError) as seen:
        create_account(by=actors.AD, name="New", **{field: "91310000ABCDEFGHI1"})
    assert str(seen.value.message) == "Another account has this code."


def test_create_places_accounts_only_where_the_table_lets(actors):
    placed = {
        "rep for herself": (actors.OWN, actors.OWN, True),
        "rep for a colleague": (actors.OWN, actors.TEAM, False),
        "rep for nobody": (actors.OWN, None, False),
        "manager in the team": (actors.MGR, actors.TEAM, True),
        "regional manager below": (actors.REG, actors.TEAM, True),
        "manager elsewhere": (actors.MGR, actors.OTH, False),
        "manager for nobody": (actors.MGR, None, False),
        "executive": (actors.EX, actors.OWN, False),
        "admin for nobody": (actors.AD, None, True),
        "admin anywhere": (actors.AD, actors.OTH, True),
    }
    for case, (by, owner, is_allowed) in placed.items():
        if is_allowed:
            assert create_account(by=by, owner=owner, name=case).owner == owner, case
        else:
            with pytest.raises(PermissionDenied):
                create_account(by=by, owner=owner, name=case)


@pytest.mark.parametrize("field", ["region", "credit_limit_amount", "credit_rating", "owner", "team", "version"])
def test_rep_writes_no_forbidden_field(actors, field):
    with pytest.raises(PermissionDenied):
        update_account(account=actors.account, by=actors.OWN, version=1, changes={field: "1"})


@pytest.mark.parametrize("field", ["region", "credit_limit_amount", "credit_rating", "version"])
def test_rep_creates_with_no_forbidden_field(actors, field):
    with pytest.raises(PermissionDenied):
        create_account(by=actors.OWN, name="New", owner=actors.OWN, **{field: "1"})


def test_rep_creates_in_no_other_team(actors):
    with pytest.raises(PermissionDenied):
        create_account(by=actors.OWN, name="New", owner=actors.OWN, team=actors.OTH.team)


@pytest.mark.parametrize("actor", ACTORS)
def test_update_follows_the_table(actors, actor):
    change = {"account": actors.account, "by": getattr(actors, actor), "version": 1, "changes": {"name": "Renamed"}}
    if actor in MAY_UPDATE:
        update_account(**change)
        assert Account.objects.filter(name="Renamed", name_key="renamed", version=2).exists()
    else:
        with pytest.raises(PermissionDenied):
            update_account(**change)
        assert not Account.objects.filter(name="Renamed").exists()


def test_update_records_what_was_true_before(actors, time_machine):
    time_machine.move_to("2026-03-05 12:00Z")
    account = create_account(by=actors.OWN, owner=actors.OWN, name="Firm", industry="Rail")
    time_machine.move_to("2026-04-01 12:00Z")
    changed = update_account(account=account, by=actors.OWN, version=1, changes={"industry": "Water", "note": "x"})
    assert changed == ["industry"]
    rows = AccountHistory.objects.filter(subject=account, field="industry").order_by("valid_from")
    assert list(rows.values_list("value", "valid_from", "valid_to")) == [
        ("Rail", date(2026, 3, 5), date(2026, 4, 1)),
        ("Water", date(2026, 4, 1), None),
    ]


def test_stale_save_writes_nothing_and_shows_three_sides(actors):
    update_account(account=actors.account, by=actors.MGR, version=1, changes={"name": "Theirs", "phone": "1"})
    mine = Account.objects.get(pk=actors.account.pk)
    with pytest.raises(StaleError) as stale:
        update_account(
            account=mine,
            by=actors.OWN,
            version=1,
            changes={"name": "Mine", "phone": "1"},
            base={"name": "Nine Rivers Rail"},
        )
    assert Account.objects.get(pk=mine.pk).name == "Theirs"
    assert stale.value.base["name"] == "Nine Rivers Rail"
    assert (stale.value.theirs["name"], stale.value.mine["name"]) == ("Theirs", "Mine")
    assert stale.value.fields == ["name"]


def test_group_refuses_a_cycle_and_a_strangers_parent(actors):
    top, middle = (factories.AccountFactory(owner=actors.OWN) for _ in range(2))
    update_account(account=middle, by=actors.OWN, version=1, changes={"parent": top})
    for account, parent in ((top, middle), (top, top)):
        with pytest.raises(GroupCycleError):
            update_account(account=account, by=actors.OWN, version=1, changes={"parent": parent})
    with pytest.raises(AccountsError):
        update_account(account=top, by=actors.OWN, version=1, changes={"parent": factories.AccountFactory()})
    assert Account.objects.get(pk=top.pk).parent is None


@pytest.mark.parametrize("actor", ACTORS)
def test_archive_and_restore_follow_the_table(actors, actor):
    by = getattr(actors, actor)
    if actor not in MAY_ARCHIVE:
        with pytest.raises(PermissionDenied):
            archive_account(account=actors.account, by=by)
        assert Account.objects.active().filter(pk=actors.account.pk).exists()
        return
    archive_account(account=actors.account, by=by)
    assert not Account.objects.active().filter(pk=actors.account.pk).exists()
    restore_account(account=actors.account, by=by)
    assert Account.objects.active().filter(pk=actors.account.pk).exists()
