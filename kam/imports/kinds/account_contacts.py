"""People in a sheet of accounts: each row may tell of one person beside its account."""

import json
from collections.abc import Iterator
from typing import Any

from accounts.mobile import mobile_number
from accounts.models import Account
from accounts.permissions import can_write_contact
from core.search import fold
from kam.imports.kinds.account_access import usable_accounts
from kam.imports.kinds.base import Context
from kam.imports.kinds.contact_keys import KnownContacts, contact_key
from kam.imports.kinds.contacts import ContactImport, settle_contact
from kam.imports.kinds.record_columns import OF_CONTACT
from kam.imports.kinds.records import RecordsPlan, Refused, Wanted, plain
from kam.imports.rows import Row
from kam.imports.staging import Group, Rejection, Stage

CONTACT = "contact"
OF_LINE = "number = ?"
CONTACTS = ContactImport()


def take_contact(row: Row) -> dict[str, Any] | None:
    """The person that a row tells of, out of its values and checked by itself; None when it tells of nobody."""
    columns = [name for name in row.values if name.startswith(OF_CONTACT)]
    values = {name.removeprefix(OF_CONTACT): row.values.pop(name) for name in columns}
    if not any(value is not None for value in values.values()):
        return None
    person = Row(row.number, values)
    settle_contact(person)
    row.problems += [(OF_CONTACT + column, reason) for column, reason in person.problems]
    if values.get("name") is None:
        row.warnings.append(("contact_without_name", values.get("email") or values.get("mobile") or ""))
        return None
    return {name: plain(value) for name, value in values.items() if value is not None}


def people(group: Group) -> Iterator[tuple[int, dict[str, Any]]]:
    """Row number and person of each row of one account that tells of somebody."""
    for number, payload in zip(group.numbers, group.payloads, strict=True):
        if person := json.loads(payload).get(CONTACT):
            yield number, person


def check_contacts(stage: Stage, rows: dict[str, dict], context: Context) -> None:
    """Reject rows whose person cannot be reached so, or may not be written by the user; ``rows`` are the accounts'."""
    for keys in stage.account_keys():
        accounts, _problems = usable_accounts(context, keys, can_write_contact)
        for group in list(stage.groups_of(keys)):
            account = accounts.get(group.account_key) or Account(country=rows[group.account_key].get("country", ""))
            for number, person in people(group):
                try:
                    mobile_number(person.get("mobile", ""), account.country.code or "")
                except ValueError:
                    stage.reject_lines(OF_LINE, OF_CONTACT + "mobile", "not_a_phone", number)


def plan_contacts(
    stage: Stage, groups: list[Group], accounts: dict[str, Account], stored: set[str], context: Context
) -> RecordsPlan:
    """The people of one batch of accounts; ``stored`` names the accounts that exist, where a right is needed."""
    kind, plan, wanted = CONTACTS, RecordsPlan(), {}
    known = KnownContacts.of({accounts[key].pk for key in stored})
    for group in groups:
        account = accounts.get(group.account_key)
        for number, person in people(group) if account else ():
            if group.account_key in stored and not can_write_contact(context.user, account):
                stage.reject(Rejection(number, [(OF_CONTACT + "name", "may_not_update")]))
                continue
            one = _wanted(group, account, number, person, known)
            if one is None:
                stage.reject(Rejection(number, [(OF_CONTACT + "name", "ambiguous_contact")]))
            else:
                first = wanted.setdefault((group.account_key, one.group.object_key), one)
                first.values = one.values | first.values
    kind.find(list(wanted.values()), context)
    for one in wanted.values():
        try:
            kind.add(plan, one, context)
        except Refused as refused:
            column, reason = refused.problem
            stage.reject(Rejection(one.group.numbers[0], [(OF_CONTACT + column, reason)]))
    return plan


def _wanted(group: Group, account: Account, number: int, person: dict, known: KnownContacts) -> Wanted | None:
    """The person with their natural key; None when several of the account have the name."""
    if person.get("mobile"):
        person["mobile"] = mobile_number(person["mobile"], account.country.code or "")
    key = contact_key(person.get("email"), person.get("mobile"), fold(person["name"]))
    meant = known.meant(account.pk, key) if account.pk else key
    if meant is None:
        return None
    return Wanted(Group(0, group.account_key, meant, "", "", [number], []), person, account)
