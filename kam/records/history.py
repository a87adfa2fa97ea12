"""Who changed what of one record, and when: from the audit trail and from dated rows, old value and new."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.choices import RecordKind
from accounts.models import Account, Contact
from accounts.permissions import SENSITIVE_FIELDS, can_read_sensitive
from core import formats
from core.audit import subject_name
from core.models import AuditEntry
from users.models import Team, User

SHOWN = 200
"""The newest changes that are shown; the audit trail has the others (unit: entries)."""
HIDDEN = frozenset({"search_key", "name_key", "version", "done_at", "happened_on"})


@dataclass(frozen=True)
class Change:
    """One value that changed: since when, by whom, from what to what."""

    moment: datetime
    who: str
    label: str
    old: str
    new: str


def acts() -> dict[str, str]:
    """What an entry of the audit trail that names no fields says."""
    return {
        "account.archived": _("Archived"),
        "account.restored": _("Restored"),
        "contact.archived": _("Archived"),
        "contact.restored": _("Restored"),
        "contact.move": _("Moved to another account"),
        "interaction.change_after_lock": _("Changed after it was closed"),
    }


def history(user, kind: str, record) -> list[Change]:
    """The newest changes of ``record``; fields that ``user`` may not read and records they do not see are left out."""
    account = record if kind == RecordKind.ACCOUNT else record.account
    hidden = HIDDEN if can_read_sensitive(user, account) else HIDDEN | SENSITIVE_FIELDS
    noted = list(from_audit(record))
    told = {(field, new, moment.date()) for moment, _who, field, _old, new in noted}
    found = noted + [row for row in from_dated_rows(record) if (row[2], row[4], row[0].date()) not in told]
    found = [item for item in found if item[2] not in hidden and item[3] != item[4]]
    found.sort(key=lambda item: item[0], reverse=True)
    names = Names(user, type(record), found[:SHOWN])
    return [
        Change(moment, who, names.label(field), *names.values(field, old, new))
        for moment, who, field, old, new in found[:SHOWN]
    ]


def from_audit(record) -> Iterator[tuple]:
    """What colleagues changed, field by field, and acts on the whole record."""
    words = acts()
    for entry in AuditEntry.objects.filter(subject=subject_name(record)).select_related("user").order_by("-pk")[:SHOWN]:
        who = str(entry.user) if entry.user else ""
        for field, (old, new) in entry.details.get("changes", {}).items():
            yield entry.happened_at, who, field, old, new
        if entry.action in words:
            yield entry.happened_at, who, words[entry.action], "", entry.details.get("reason", "") or formats.NOTHING


def from_dated_rows(record) -> Iterator[tuple]:
    """Every span but the first of each dated field: what files, nights and times before the audit trail changed."""
    before: dict[str, str] = {}
    if not hasattr(record, "dated_values"):
        return
    for row in record.dated_values.select_related("recorded_by").order_by("pk"):
        if row.field in before and row.valid_from:
            moment = row.recorded_at or timezone.make_aware(datetime.combine(row.valid_from, time()))
            who = str(row.recorded_by) if row.recorded_by else _("computed")
            yield moment, who, row.field, before[row.field], row.value
        before[row.field] = row.value


class Names:
    """Turns fields and kept values into words; related records are looked up at once, and only visible ones named."""

    def __init__(self, user, model: type[models.Model], changes: list[tuple]):
        self.model = model
        self.known: dict[type, dict[str, str]] = {}
        wanted: dict[type, set[str]] = {}
        for _moment, _who, field, old, new in changes:
            related = getattr(self.field(field), "related_model", None)
            if related:
                wanted.setdefault(related, set()).update(value for value in (old, new) if value.isdigit())
        for related, keys in wanted.items():
            rows = rows_of(related, user).filter(pk__in=keys)
            self.known[related] = {str(row.pk): str(row) for row in rows}

    def field(self, name: str) -> models.Field | None:
        try:
            return self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return None

    def label(self, name: str) -> str:
        field = self.field(name)
        return capfirst(str(field.verbose_name)) if field else name

    def values(self, name: str, *kept: str) -> tuple[str, ...]:
        return tuple(self.words(self.field(name), text) for text in kept)

    def words(self, field: models.Field | None, text: str) -> str:
        if text == "":
            return formats.NOTHING
        if field is None:
            return text
        if field.related_model:
            return self.known.get(field.related_model, {}).get(text, formats.NOTHING)
        choices = {str(value): str(label) for value, label in field.flatchoices}
        return choices.get(text) or plain(field, text)


def rows_of(model: type[models.Model], user) -> models.QuerySet:
    """The rows of a related table that ``user`` may read the names of."""
    if model in (User, Team):
        return model.objects.all()
    return model.objects.visible_to(user) if model in (Account, Contact) else model.objects.none()


def plain(field: models.Field, text: str) -> str:
    """A kept value as a person reads it; what cannot be read stays as it was kept."""
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(text)):
        return formats.moment(moment)
    if isinstance(field, models.DateField) and (day := parse_date(text[:10])):
        return formats.day(day)
    if isinstance(field, models.DecimalField):
        try:
            return formats.amount(Decimal(text))
        except InvalidOperation:
            return text
    if isinstance(field, models.BooleanField):
        return formats.yes_no(text == "True")
    return text
