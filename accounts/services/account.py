"""Create, change, archive and restore accounts."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import MemberRole
from accounts.constants import GROUP_DEPTH
from accounts.models import Account, AccountMember
from accounts.permissions import can_archive_account, can_place_account, can_update_account, writable_fields
from accounts.services.codes import take_codes
from accounts.services.errors import AccountsError, CodeTakenError, GroupCycleError
from core import audit
from core.dated import dated_snapshot, open_dated_rows, record_changes
from core.editing import save_changes
from core.periods import business_date
from core.search import fold, search_key

DERIVED = ("name_key", "search_key", "credit_code")


@transaction.atomic
def create_account(*, by, name: str, owner=None, team=None, code: str = "", **values: Any) -> Account:
    """A new account in the hands of ``owner``, with its dated rows and its owner on the account team.

    Without ``code`` one is generated. Raises PermissionDenied when ``by`` may not place an account there or may not
    write one of the fields, CodeTakenError when the code or the credit code belongs to another account.
    """
    team = team or (owner.team if owner else None)
    if not can_place_account(by, "account.create", owner=owner, team=team):
        raise PermissionDenied
    today = business_date()
    account = Account(name=name, owner=owner, team=team, code=code.strip(), created_by=by, created_on=today, **values)
    _check_fields(by, account, set(values))
    _check_relatives(by, account, values)
    account.code = account.code or take_codes(1)[0]
    derive_keys(account)
    _insert(account, by)
    open_dated_rows([account], on=today, by=by)
    if owner:
        AccountMember.objects.create(account=account, user=owner, role=MemberRole.OWNER, valid_from=today)
    return account


@transaction.atomic
def update_account(*, account: Account, by, version: int, changes: dict[str, Any], base=None) -> list[str]:
    """Change plain fields of ``account`` if it still has ``version``; returns the dated fields that changed.

    Owner and team go through `transfer_account`. Raises PermissionDenied, CodeTakenError, GroupCycleError, and
    StaleError when somebody saved the account meanwhile; then nothing is written.
    """
    if not can_update_account(by, account):
        raise PermissionDenied
    _check_fields(by, account, set(changes))
    _check_relatives(by, account, changes)
    draft = Account.objects.get(pk=account.pk)
    for field, value in changes.items():
        setattr(draft, field, value)
    derive_keys(draft)
    check_codes(draft, by)
    before = dated_snapshot(account)
    derived = {key: getattr(draft, key) for key in DERIVED}
    save_changes(account, version=version, changes=changes, derived=derived, base=base, by=by)
    return record_changes(account, before=before, on=business_date(), by=by)


@transaction.atomic
def archive_account(*, account: Account, by) -> None:
    """Take ``account`` out of lists and search; `restore_account` undoes it. Raises PermissionDenied."""
    _set_archived(account, by, timezone.now())


@transaction.atomic
def restore_account(*, account: Account, by) -> None:
    """Bring an archived account back. Raises PermissionDenied."""
    _set_archived(account, by, None)


def derive_keys(account: Account) -> None:
    """Set what is computed from names and codes: the natural key, the search key, no credit code instead of ''."""
    account.credit_code = (account.credit_code or "").strip().upper() or None
    account.name_key = fold(account.name)[:200]
    account.search_key = search_key(account.name, account.other_name, account.code, account.credit_code)


def check_codes(account: Account, by) -> None:
    """Raise CodeTakenError when another account has the code or the credit code of ``account``."""
    for field in ("code", "credit_code"):
        value = getattr(account, field)
        other = Account.objects.filter(**{field: value}).exclude(pk=account.pk).first() if value else None
        if other:
            raise CodeTakenError(field, is_seen=Account.objects.visible_to(by).filter(pk=other.pk).exists())


def _insert(account: Account, by) -> None:
    check_codes(account, by)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        check_codes(account, by)
        raise


def _check_fields(by, account: Account, fields: set[str]) -> None:
    if fields - writable_fields(by, account):
        raise PermissionDenied


def _check_relatives(by, account: Account, changes: dict[str, Any]) -> None:
    """Parent and opinion leader are accounts that ``by`` sees, and the group stays a tree."""
    for field in ("parent", "opinion_leader"):
        other = changes.get(field)
        if other and not Account.objects.visible_to(by).filter(pk=other.pk).exists():
            raise AccountsError(_("Choose one of your accounts."), field)
    _check_tree(account, changes.get("parent"))


def _check_tree(account: Account, parent: Account | None) -> None:
    """Raise GroupCycleError when ``account`` is found on the way up from ``parent``."""
    above = parent.pk if parent else None
    for _level in range(GROUP_DEPTH):
        if above is None:
            return
        if above == account.pk:
            raise GroupCycleError
        above = Account.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    raise GroupCycleError


def _set_archived(account: Account, by, moment) -> None:
    if not can_archive_account(by, account):
        raise PermissionDenied
    rows = Account.objects.filter(pk=account.pk, archived_at__isnull=moment is not None)
    if rows.update(archived_at=moment, version=F("version") + 1):
        audit.record(by, "account.archived" if moment else "account.restored", account)
    account.refresh_from_db(fields=["archived_at", "version"])
