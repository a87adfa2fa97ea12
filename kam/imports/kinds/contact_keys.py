"""Which person a line of a file means: by e-mail address, else mobile number, else name, within the account."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from accounts.mobile import mobile_number
from accounts.models import Account, Contact
from core.search import fold
from kam.imports.staging import Stage

BY_EMAIL, BY_MOBILE, BY_NAME = "e:", "m:", "n:"
LINES = "SELECT number, account_key, object_key, payload FROM line WHERE account_key IN ({marks}) ORDER BY number"
CHANGE = "UPDATE line SET object_key = ?, payload = ? WHERE number = ?"
ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
OF_LINE = "number = ?"


def contact_key(email: str | None, mobile: str | None, name: str | None) -> str:
    """The natural key of a person within an account."""
    if email:
        return BY_EMAIL + email.casefold()
    return BY_MOBILE + mobile if mobile else BY_NAME + fold(name or "")


@dataclass
class KnownContacts:
    """The people of some accounts: their natural keys, and who else could be meant by a number or a name."""

    keys: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    others: dict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, accounts: Collection[int]) -> "KnownContacts":
        known = cls()
        rows = Contact.objects.filter(account__in=accounts).order_by("pk")
        for pk, account, email, mobile, name in rows.values_list("pk", "account", "email", "mobile", "name"):
            key = contact_key(email, mobile, name)
            known.keys[account, key].append(pk)
            for other in (BY_MOBILE + mobile, BY_NAME + fold(name)):
                known.others[account, other].add(key)
        return known

    def meant(self, account: int, key: str) -> str | None:
        """The key of the person that ``key`` means: its own, or that of the only one with this number or name.

        None when several people have the name.
        """
        own = self.keys.get((account, key), [])
        if len(own) > 1 and key.startswith(BY_NAME):
            return None
        if own or key.startswith(BY_EMAIL):
            return key
        others = self.others.get((account, key), set())
        if len(others) > 1:
            return None if key.startswith(BY_NAME) else key
        return next(iter(others), key)


def settle_keys(stage: Stage, accounts: dict[str, Account]) -> None:
    """Bring mobile numbers into one form and give each staged line the key of the person it means."""
    known = KnownContacts.of({account.pk for account in accounts.values()})
    changes = []
    marks = ",".join("?" * len(accounts))
    for number, account_key, key, payload in stage.query(LINES.format(marks=marks), *accounts):
        account, values = accounts[account_key], json.loads(payload)
        try:
            if values.get("mobile"):
                values["mobile"] = mobile_number(values["mobile"], account.country.code or "")
        except ValueError:
            stage.reject_lines(OF_LINE, "mobile", "not_a_phone", number)
            continue
        meant = known.meant(account.pk, contact_key(values.get("email"), values.get("mobile"), values["name"]))
        if meant is None:
            stage.reject_lines(OF_LINE, "name", "ambiguous_contact", number)
        elif meant != key or values.get("mobile"):
            changes.append((meant, ENCODE(values), number))
    stage.connection.executemany(CHANGE, changes)


def rank_reports(stage: Stage, accounts: dict[str, Account], known: dict[tuple[int, str], int]) -> None:
    """Put bosses before those who report to them; reject circles, warn of bosses that nobody knows."""
    marks = ",".join("?" * len(accounts))
    rows = stage.query(LINES.format(marks=marks), *accounts)
    people = [(number, account, key, json.loads(payload)) for number, account, key, payload in rows]
    inside = _inside(people)
    bosses: dict[tuple[str, str], tuple[str, str]] = {}
    for number, account, key, values in people:
        if not (boss := values.get("reports_to")):
            continue
        if (account, fold(boss)) in inside:
            bosses[account, key] = (account, inside[account, fold(boss)])
        elif (accounts[account].pk, fold(boss)) not in known:
            stage.warn("unknown_boss", number, boss)
    for person in bosses:
        depth = depth_of(person, bosses)
        if depth is None:
            stage.reject_lines("account_key = ? AND object_key = ?", "reports_to", "boss_circle", *person)
        else:
            stage.query("UPDATE line SET rank = ? WHERE account_key = ? AND object_key = ?", depth, *person)


def _inside(people: list[tuple]) -> dict[tuple[str, str], str]:
    """(account, folded name or e-mail address) → key of the person in the file, where that is one only."""
    names = Counter((account, name) for account, name, _key in {(a, fold(v["name"]), k) for _n, a, k, v in people})
    found = {}
    for _number, account, key, values in people:
        if names[account, fold(values["name"])] == 1:
            found[account, fold(values["name"])] = key
        if values.get("email"):
            found[account, fold(values["email"])] = key
    return found


def depth_of(person: tuple[str, str], bosses: dict[tuple[str, str], tuple[str, str]]) -> int | None:
    """How many bosses of the file stand above ``person``; None in a circle."""
    depth, seen = 0, {person}
    while person in bosses:
        person = bosses[person]
        if person in seen:
            return None
        seen.add(person)
        depth += 1
    return depth
