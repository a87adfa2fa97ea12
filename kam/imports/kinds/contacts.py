"""People at the customers, from a file: created or updated by account and e-mail address, mobile number or name."""

from collections import defaultdict
from datetime import date

from accounts.constants import GROUP_DEPTH
from accounts.lunar import is_birthday
from accounts.models import Contact
from accounts.permissions import can_write_contact
from core.dated import open_dated_rows
from core.periods import business_date
from core.search import fold, search_key
from kam.imports.kinds.account_access import usable_accounts
from kam.imports.kinds.base import Context
from kam.imports.kinds.contact_keys import KnownContacts, contact_key, rank_reports, settle_keys
from kam.imports.kinds.interactions import read_moment
from kam.imports.kinds.people import colleagues_by_name, contacts_by_name
from kam.imports.kinds.record_columns import CONTACTS
from kam.imports.kinds.records import Draft, RecordImport, RecordsPlan, Refused, Wanted, typed
from kam.imports.rows import Row
from kam.imports.staging import Stage

NOT_COLUMNS = ("birthday", "reports_to", "author", "created_at")
SEARCHED = ("name", "title", "email")


class ContactImport(RecordImport):
    """See `RecordImport`."""

    model = Contact
    fields = CONTACTS
    own = frozenset({"accounts.ContactHistory"})
    key_column = "name"
    may_write = staticmethod(can_write_contact)

    def settle(self, row: Row, context: Context) -> None:
        settle_contact(row)

    def object_key(self, values: dict, key: str) -> str:
        return contact_key(values.get("email"), values.get("mobile"), values["name"])

    @staticmethod
    def key_text(key: str) -> str:
        return key[2:]

    def check_records(self, stage: Stage, context: Context) -> None:
        for keys in stage.account_keys():
            accounts, _problems = usable_accounts(context, keys, self.may_write)
            if accounts:
                settle_keys(stage, accounts)
                rank_reports(stage, accounts, contacts_by_name({one.pk for one in accounts.values()}))
        colleagues = colleagues_by_name(context)
        authors = "SELECT DISTINCT json_extract(payload, '$.author') FROM line"
        for (author,) in stage.query(authors):
            if author and fold(author) not in colleagues:
                stage.reject_lines("json_extract(payload, '$.author') = ?", "author", "unknown_owner", author)

    def find(self, wanted: list[Wanted], context: Context) -> None:
        accounts = {one.account.pk for one in wanted if one.account.pk}
        known = KnownContacts.of(accounts)
        self.colleagues = colleagues_by_name(context)
        self.bosses = contacts_by_name(accounts)
        found = {id(one): known.keys.get((one.account.pk, one.group.object_key), [None])[0] for one in wanted}
        stored = Contact.objects.in_bulk([pk for pk in found.values() if pk])
        for one in wanted:
            one.stored = stored.get(found[id(one)])

    def draft(self, wanted: Wanted, context: Context) -> Draft:
        values = wanted.values
        draft = typed(Contact, {name: value for name, value in values.items() if name not in NOT_COLUMNS})
        draft |= birthday_parts(values.get("birthday"))
        if boss := self.bosses.get((wanted.account.pk, fold(values.get("reports_to", "")))):
            draft["reports_to_id"] = boss
        check_person(wanted.stored, draft)
        return Draft(draft)

    def build(self, wanted: Wanted, draft: Draft, context: Context) -> Contact:
        author, values = wanted.values.get("author"), dict(draft.values)
        if author and fold(author) not in self.colleagues:
            raise Refused("author", "unknown_owner")
        if created := wanted.values.get("created_at"):
            values["created_at"] = read_moment(created)
        values["created_on"] = business_date(values.get("created_at"))
        contact = Contact(account=wanted.account, **values)
        contact.created_by = self.colleagues[fold(author)] if author else context.by
        contact.search_key = search_key(contact.name, contact.title, contact.email)
        return contact

    def derived(self, record: Contact, changes: dict) -> dict:
        if not changes.keys() & set(SEARCHED):
            return {}
        return {"search_key": search_key(*(changes.get(name, getattr(record, name)) for name in SEARCHED))}

    def allow_change(self, wanted: Wanted, changes: dict, context: Context) -> None:
        if "reports_to_id" in changes and _is_above(wanted.stored.pk, changes["reports_to_id"]):
            raise Refused("reports_to", "boss_circle")

    def created(self, plan: RecordsPlan, context: Context) -> None:
        """What a file tells of a person holds since they joined, or since the other system knew them."""
        by_day: dict[date, list[Contact]] = defaultdict(list)
        for contact, _draft in plan.new:
            by_day[min(contact.joined_on or contact.created_on, business_date())].append(contact)
        for day, contacts in by_day.items():
            open_dated_rows(contacts, on=day, by=context.by)


def settle_contact(row: Row) -> None:
    """Reject what one row shows to be wrong about a person."""
    joined_on, left_on = row.values.get("joined_on"), row.values.get("left_on")
    if joined_on and left_on and left_on < joined_on:
        row.reject("left_on", "leaves_before_joining")
    parts = birthday_parts(row.values.get("birthday"))
    if parts and not _is_day(parts, is_lunar=bool(row.values.get("is_birthday_lunar"))):
        row.reject("birthday", "not_a_date")


def birthday_parts(text: str | None) -> dict[str, int]:
    """``1980-03-15`` or ``03-15`` as the columns of a contact."""
    if not text:
        return {}
    *year, month, day = (int(part) for part in text.split("-"))
    return {"birth_month": month, "birth_day": day} | ({"birth_year": year[0]} if year else {})


def _is_day(parts: dict[str, int], *, is_lunar: bool) -> bool:
    return is_birthday(parts["birth_month"], parts["birth_day"], parts.get("birth_year"), is_lunar)


def check_person(stored: Contact | None, draft: dict) -> None:
    """Whether the person may become so, also with what the file leaves as it is. Raises Refused."""

    def value(name: str):
        return draft.get(name, getattr(stored, name, None))

    if value("joined_on") and value("left_on") and value("left_on") < value("joined_on"):
        raise Refused("left_on", "leaves_before_joining")
    is_lunar = bool(value("is_birthday_lunar"))
    if not is_birthday(value("birth_month"), value("birth_day"), value("birth_year"), is_lunar):
        raise Refused("birthday", "not_a_date")
    if stored is not None and draft.get("reports_to_id") == stored.pk:
        raise Refused("reports_to", "boss_circle")


def _is_above(contact_id: int, boss_id: int) -> bool:
    """Whether the person stands above the one who shall be their boss."""
    above: int | None = boss_id
    for _level in range(GROUP_DEPTH):
        if above is None or above == contact_id:
            return above == contact_id
        above = Contact.objects.filter(pk=above).values_list("reports_to", flat=True).first()
    return True
