"""Many accounts at once: what an import creates, and takes back when it is cancelled."""

from django.db import transaction
from django.db.models import ProtectedError

from accounts.choices import MemberRole
from accounts.models import Account, AccountMember, AccountNumber
from accounts.services.account import derive_keys
from accounts.services.codes import take_codes
from core.dated import open_dated_rows
from core.periods import business_date


@transaction.atomic
def create_accounts(accounts: list[Account], *, by=None) -> None:
    """Create unsaved ``accounts``: codes where there are none, keys, dated rows, owners on their account teams.

    What a file tells about an account held before the file came, so its dated rows are open since ever. The caller has
    checked rights and natural keys; IntegrityError when somebody took a code meanwhile.
    """
    today = business_date()
    codeless = [account for account in accounts if not account.code]
    for account, code in zip(codeless, take_codes(len(codeless)) if codeless else [], strict=True):
        account.code = code
    for account in accounts:
        account.created_on, account.created_by = today, by
        account.team = account.owner.team if account.owner else None
        derive_keys(account)
    Account.objects.bulk_create(accounts, batch_size=500)
    open_dated_rows(accounts, on=None, by=by)
    AccountMember.objects.bulk_create(
        AccountMember(account=account, user=account.owner, role=MemberRole.OWNER, valid_from=today)
        for account in accounts
        if account.owner
    )


@transaction.atomic
def remove_accounts(ids: list[int]) -> list[int]:
    """Delete accounts nobody has worked on since; the ids of those that others have put something on and that stay."""
    kept = []
    for pk in ids:
        try:
            with transaction.atomic():
                Account.objects.filter(pk=pk).delete()
        except ProtectedError:
            kept.append(pk)
    return kept


def account_counter() -> int | None:
    """The last number given out as a code; None when there was never one."""
    return AccountNumber.objects.filter(pk=1).values_list("last", flat=True).first()


def reset_account_counter(before: int | None, after: int | None) -> None:
    """Bring the counter back to ``before`` unless somebody took a number after ``after``."""
    rows = AccountNumber.objects.filter(pk=1, last=after)
    if before == after or after is None:
        return
    if before is None:
        rows.delete()
    else:
        rows.update(last=before)
