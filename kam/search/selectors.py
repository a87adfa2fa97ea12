"""What the search box finds."""

from dataclasses import dataclass

from accounts.models import Account, Contact
from core.search import best_first

LONGEST = 100


@dataclass(frozen=True)
class Found:
    """Accounts and contacts that the user may see and that hold every word of the text."""

    accounts: list[Account]
    contacts: list[Contact]

    def __bool__(self) -> bool:
        return bool(self.accounts or self.contacts)


def found(user, text: str, limit: int) -> Found:
    """At most ``limit`` accounts and as many contacts; nothing for an empty text. Chinese, pinyin and initials work."""
    text = text.strip()[:LONGEST]
    if not text or "\x00" in text:
        return Found([], [])
    accounts = Account.objects.visible_to(user).active().select_related("standing__tier")
    contacts = Contact.objects.visible_to(user).active().filter(account__archived_at=None).select_related("account")
    return Found(list(best_first(accounts, text)[:limit]), list(best_first(contacts, text)[:limit]))
