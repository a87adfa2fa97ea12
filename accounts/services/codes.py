"""Codes for accounts that come without one: A000001, A000002 …"""

from django.db.models import F

from accounts.constants import CODE_DIGITS, CODE_PREFIX
from accounts.models import Account, AccountNumber


def take_codes(count: int) -> list[str]:
    """``count`` codes nobody has or gets; call it inside the transaction that creates the accounts.

    The counter row is raised by UPDATE and stays locked until the transaction ends, so two cannot take one number.
    Codes that were imported or typed in this form are skipped.
    """
    codes: list[str] = []
    while missing := count - len(codes):
        last = _raise_counter(missing)
        drawn = [f"{CODE_PREFIX}{number:0{CODE_DIGITS}d}" for number in range(last - missing + 1, last + 1)]
        taken = set(Account.objects.filter(code__in=drawn).values_list("code", flat=True))
        codes += [code for code in drawn if code not in taken]
    return codes


def _raise_counter(count: int) -> int:
    """The last number after ``count`` more were given out."""
    counter, _ = AccountNumber.objects.get_or_create(pk=1)
    AccountNumber.objects.filter(pk=1).update(last=F("last") + count)
    counter.refresh_from_db()
    return counter.last
