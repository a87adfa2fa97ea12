"""People at the customer: create, change, leave, archive."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.lunar import is_birthday
from accounts.mobile import mobile_number
from accounts.models import Account, Contact
from accounts.permissions import can_write_contact
from accounts.services.errors import AccountsError
from core import audit
from core.dated import dated_snapshot, open_dated_rows, record_changes
from core.editing import save_changes
from core.periods import business_date
from core.search import search_key

WRITABLE_FIELDS = frozenset(
    {
        "name",
        "title",
        "department",
        "level",
        "buying_role",
        "stance",
        "reports_to",
        "is_placeholder",
        "email",
        "mobile",
        "phone",
        "wechat",
        "character",
        "style",
        "hobbies",
        "buying_habits",
        "birth_month",
        "birth_day",
        "birth_year",
        "is_birthday_lunar",
        "consent",
        "note",
        "joined_on",
        "left_on",
    }
)


@transaction.atomic
def create_contact(*, account: Account, by, name: str, **values: Any) -> Contact:
    """A new person at ``account``, with the dated rows of role, stance, level and boss.

    Raises PermissionDenied, and AccountsError for a number, birthday, boss or span of days that cannot be.
    """
    if not can_write_contact(by, account) or set(values) - WRITABLE_FIELDS:
        raise PermissionDenied
    today = business_date()
    contact = Contact(account=account, name=name, created_by=by, created_on=today, **values)
    prepare_contact(contact)
    contact.save(force_insert=True)
    open_dated_rows([contact], on=min(contact.joined_on or today, today), by=by)
    return contact


@transaction.atomic
def update_contact(*, contact: Contact, by, version: int, changes: dict[str, Any], base=None) -> list[str]:
    """Change ``contact`` if it still has ``version``; returns the dated fields that changed.

    Raises PermissionDenied, AccountsError as `create_contact`, and StaleError when somebody saved it meanwhile.
    """
    if not can_write_contact(by, contact.account) or set(changes) - WRITABLE_FIELDS:
        raise PermissionDenied
    draft = Contact.objects.get(pk=contact.pk)
    for field, value in changes.items():
        setattr(draft, field, value)
    prepare_contact(draft)
    before = dated_snapshot(contact)
    mine = {field: getattr(draft, field) for field in changes}
    save_changes(contact, version=version, changes=mine, derived={"search_key": draft.search_key}, base=base, by=by)
    return record_changes(contact, before=before, on=business_date(), by=by)


@transaction.atomic
def move_contact(*, contact: Contact, by, account: Account, version: int) -> None:
    """The person works at ``account`` now: from the day they left the old one, else from today.

    What they were in the old decision chain (role, stance, boss, whose boss) ends there and stays known for that time;
    interactions stay with the old account. Raises PermissionDenied without the right to write on both sides,
    AccountsError for the same account, and StaleError.
    """
    former = contact.account
    if not (can_write_contact(by, former) and can_write_contact(by, account)):
        raise PermissionDenied
    if account == former:
        raise AccountsError(_("The person is at this account already."), "account")
    moved_on = _moved_on(contact)
    for report in list(contact.reports.all()):
        _change(report, report.version, {"reports_to": None}, on=business_date(), by=by)
    changes = {"account": account, "reports_to": None, "buying_role": "", "stance": None, "left_on": None}
    _change(contact, version, changes, on=moved_on, by=by)
    audit.record(by, "contact.move", contact, before=former.pk, after=account.pk, on=str(moved_on))


@transaction.atomic
def move_contact_back(*, contact: Contact, by, account: Account, version: int, place: dict[str, Any]) -> None:
    """Undo `move_contact`: to ``account``, with the role, stance, boss and reports of ``place`` who are still there.

    Raises as `move_contact`.
    """
    move_contact(contact=contact, by=by, account=account, version=version)
    boss = Contact.objects.filter(pk=place["reports_to_id"], account=account).first()
    changes = {"reports_to": boss, **{name: place[name] for name in ("buying_role", "stance", "left_on")}}
    _change(contact, contact.version, changes, on=business_date(), by=by)
    for report in Contact.objects.filter(pk__in=place["reports"], account=account, reports_to=None):
        _change(report, report.version, {"reports_to": contact}, on=business_date(), by=by)


def _moved_on(contact: Contact) -> date:
    """The day the person left, unless something about them has changed since; else today."""
    opened = contact.dated_values.open().aggregate(newest=Max("valid_from"))["newest"]
    if contact.left_on and contact.left_on <= business_date() and (opened is None or opened <= contact.left_on):
        return contact.left_on
    return business_date()


def _change(contact: Contact, version: int, changes: dict[str, Any], *, on: date, by) -> None:
    before = dated_snapshot(contact)
    save_changes(contact, version=version, changes=changes, by=by)
    record_changes(contact, before=before, on=on, by=by)


def leave_contact(*, contact: Contact, by, left_on: date | None) -> None:
    """Note the day on which the person left the account; None takes it back. Raises as `update_contact`."""
    update_contact(contact=contact, by=by, version=contact.version, changes={"left_on": left_on})


@transaction.atomic
def archive_contact(*, contact: Contact, by) -> None:
    """Take the person out of lists; `restore_contact` undoes it. Raises PermissionDenied."""
    _set_archived(contact, by, timezone.now())


@transaction.atomic
def restore_contact(*, contact: Contact, by) -> None:
    """Bring an archived person back. Raises PermissionDenied."""
    _set_archived(contact, by, None)


def prepare_contact(contact: Contact) -> None:
    """Normalise the mobile number, set the search key, and refuse what cannot be. Raises AccountsError."""
    try:
        contact.mobile = mobile_number(contact.mobile, contact.account.country.code or "")
    except ValueError as error:
        raise AccountsError(_("This is no telephone number. Write it with +country code."), "mobile") from error
    if contact.left_on and contact.joined_on and contact.left_on < contact.joined_on:
        raise AccountsError(_("The person cannot leave before joining."), "left_on")
    if not is_birthday(contact.birth_month, contact.birth_day, contact.birth_year, contact.is_birthday_lunar):
        raise AccountsError(_("There is no such day."), "birth_day")
    _check_boss(contact)
    contact.search_key = search_key(contact.name, contact.title, contact.email)


def _check_boss(contact: Contact) -> None:
    """The boss works at the same account and does not report to the person."""
    seen, boss = {contact.pk}, contact.reports_to
    if boss and boss.account_id != contact.account_id:
        raise AccountsError(_("Choose a person of the same account."), "reports_to")
    while boss:
        if boss.pk in seen:
            raise AccountsError(_("This person reports to the one you edit."), "reports_to")
        seen.add(boss.pk)
        boss = boss.reports_to


def _set_archived(contact: Contact, by, moment) -> None:
    if not can_write_contact(by, contact.account):
        raise PermissionDenied
    rows = Contact.objects.filter(pk=contact.pk, archived_at__isnull=moment is not None)
    if rows.update(archived_at=moment, version=F("version") + 1):
        audit.record(by, "contact.archived" if moment else "contact.restored", contact)
    contact.refresh_from_db(fields=["archived_at", "version"])
