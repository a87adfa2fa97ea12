"""Who looks after an account: owner, team, account team."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import MemberRole
from accounts.models import Account, AccountMember
from accounts.permissions import can_place_account, can_transfer_account, can_update_account
from accounts.services.errors import AccountsError, NotUnassignedError
from core.dated import dated_snapshot, record_changes
from core.editing import save_changes
from core.periods import business_date


@transaction.atomic
def transfer_account(*, account: Account, by, owner, team=None, version: int | None = None) -> None:
    """Hand ``account`` to ``owner`` (None: nobody) and ``team``, the owner's own when left out.

    The former owner leaves the account team on the same day. Raises PermissionDenied unless ``by`` has the right on
    the old and on the new side, StaleError when the account was saved meanwhile.
    """
    team = team or (owner.team if owner else None)
    is_allowed = can_transfer_account(by, account) and can_place_account(by, "account.transfer", owner=owner, team=team)
    if not is_allowed:
        raise PermissionDenied
    before = dated_snapshot(account)
    save_changes(account, version=version or account.version, changes={"owner": owner, "team": team}, by=by)
    changed = record_changes(account, before=before, on=business_date(), by=by)
    if "owner" in changed:
        _replace_owner(account)


@transaction.atomic
def assign_accounts(*, accounts: list[Account], by, owner) -> None:
    """Give accounts without owner to ``owner``, all or none.

    Raises NotUnassignedError when one of them has an owner, PermissionDenied and StaleError as `transfer_account`.
    """
    for account in accounts:
        if account.owner_id is not None:
            raise NotUnassignedError(_("One of these accounts has an owner meanwhile. Nothing was assigned."))
        transfer_account(account=account, by=by, owner=owner)


@transaction.atomic
def release_accounts(*, accounts: list[Account], by, owner) -> None:
    """Undo `assign_accounts`: take accounts from ``owner`` again, all or none. Raises as `transfer_account`."""
    for account in accounts:
        if account.owner_id != owner.pk:
            raise NotUnassignedError(_("One of these accounts has another owner meanwhile. Nothing was undone."))
        transfer_account(account=account, by=by, owner=None)


@transaction.atomic
def set_account_team(*, account: Account, by, members: dict) -> None:
    """Make ``members`` (colleague → role) the account team beside the owner, whose place is not touched.

    Raises PermissionDenied, and AccountsError when the owner's role is given away here.
    """
    if not can_update_account(by, account):
        raise PermissionDenied
    if MemberRole.OWNER in members.values() or account.owner in members:
        raise AccountsError(_("The owner is changed by handing the account over."), "members")
    current = {m.user_id: m for m in account.members.current().exclude(role=MemberRole.OWNER)}
    wanted = {user.pk: role for user, role in members.items()}
    for user_id, member in current.items():
        if wanted.get(user_id) != member.role:
            end_membership(member)
    _open_memberships(account, {u: role for u, role in wanted.items() if u not in current or current[u].role != role})


def end_membership(member: AccountMember) -> None:
    """The colleague leaves the account team today; a membership begun today never was."""
    today = business_date()
    if member.valid_from >= today:
        member.delete()
    else:
        AccountMember.objects.filter(pk=member.pk).update(valid_to=today)


def _replace_owner(account: Account) -> None:
    """The owner row follows ``account.owner``; a new owner who was on the team already changes role."""
    for member in account.members.current():
        if member.role == MemberRole.OWNER or member.user_id == account.owner_id:
            end_membership(member)
    if account.owner_id:
        _open_memberships(account, {account.owner_id: MemberRole.OWNER})


def _open_memberships(account: Account, roles: dict[int, str]) -> None:
    today = business_date()
    AccountMember.objects.bulk_create(
        AccountMember(account=account, user_id=user_id, role=role, valid_from=today) for user_id, role in roles.items()
    )
