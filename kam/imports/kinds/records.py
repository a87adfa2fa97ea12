"""What imports of plain records have in common: a line is a record, found again by its natural key."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import Account
from core.dated import dated_snapshot, record_changes
from core.editing import save_changes
from core.periods import business_date
from kam.imports.fields import Field
from kam.imports.kinds.account_access import Problem, usable_accounts
from kam.imports.kinds.base import Context, Written
from kam.imports.resolving import account_key
from kam.imports.rows import Row
from kam.imports.staging import Group, Line, Rejection, Stage
from kam.imports.undoing import Kept, history_of, image_of, put_back, put_back_history, removable

ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
OF_ACCOUNT = "account_key = ?"
OF_RECORD = "account_key = ? AND object_key = ?"
REPEATED = """SELECT account_key, object_key, max(number) FROM line
    GROUP BY rank, account_key, object_key HAVING count(*) > 1 ORDER BY 3"""
ACCOUNT_COLUMNS = ("account_code", "account_name")
PREVIEW_COLUMNS = 7
REHEARSED = 2_000  # records that are planned at a time


class Refused(Exception):
    """A record cannot be written: the column to blame and the key of the reason."""

    def __init__(self, column: str, reason: str):
        super().__init__(reason)
        self.problem = (column, reason)


@dataclass
class Wanted:
    """One record as the file has it: its filled values, its account, and the record that stands there now."""

    group: Group
    values: dict[str, Any]
    account: Account | None
    stored: Model | None = None


@dataclass
class Draft:
    """Values by attribute name as they shall stand, and the people of many-to-many fields by field name."""

    values: dict[str, Any]
    people: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class Change:
    """A stored record and what of it differs from the draft."""

    record: Model
    values: dict[str, Any]
    people: dict[str, list[int]]


@dataclass
class RecordsPlan:
    """Records to create and changes of records that exist."""

    new: list[tuple[Model, Draft]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0


class RecordImport:
    """See `kam.imports.kinds.base.Kind`; a kind says what its key is, what is stored, and what a line means."""

    model: ClassVar[type[Model]]
    fields: ClassVar[tuple[Field, ...]]
    own: ClassVar[frozenset[str]] = frozenset()  # tables whose rows go with a record
    has_account: ClassVar[bool] = True
    key_column: ClassVar[str]

    # What each kind says.

    @staticmethod
    def may_write(user, account: Account) -> bool:
        """Whether the user may write records of this kind at an account they see."""
        return True

    def settle(self, row: Row, context: Context) -> None:
        """Bring the values of a row into the form the table wants, and reject what one row shows to be wrong."""

    def object_key(self, values: dict, key: str) -> str:
        """The natural key within the account."""
        raise NotImplementedError

    def check_records(self, stage: Stage, context: Context) -> None:
        """Reject and warn of what only the stored data shows."""

    def find(self, wanted: list[Wanted], context: Context) -> None:
        """Set ``stored`` of each wanted record whose natural key is known, and load what `draft` refers to."""
        raise NotImplementedError

    def draft(self, wanted: Wanted, context: Context) -> Draft:
        """What the record shall be. Raises Refused."""
        raise NotImplementedError

    def build(self, wanted: Wanted, draft: Draft, context: Context) -> Model:
        """The unsaved new record."""
        raise NotImplementedError

    def derived(self, record: Model, changes: dict) -> dict:
        """Columns that follow from others, for a record with ``changes``."""
        return {}

    def created(self, plan: RecordsPlan, context: Context) -> None:
        """What hangs on records that were just created: dated rows, people."""

    # What they have in common.

    def stage(self, row: Row, context: Context) -> Line | Rejection:
        values = row.values
        code, name = (values.pop(column, None) for column in ACCOUNT_COLUMNS) if self.has_account else ("", "")
        key = account_key(code, name) if self.has_account else ""
        bad = {column for column, _reason in row.problems}
        if key is None and not bad & set(ACCOUNT_COLUMNS):
            row.reject("account_code", "missing_account")
        for one in self.fields:
            if one.is_required and values.get(one.key) is None and one.key not in bad:
                row.reject(one.key, "missing")
        self.settle(row, context)
        if row.problems:
            return Rejection(row.number, row.problems, key)
        filled = {name: plain(value) for name, value in values.items() if value is not None}
        return Line(row.number, key, self.object_key(values, key), ENCODE(filled))

    def check(self, stage: Stage, context: Context) -> dict:
        if self.has_account:
            for keys in stage.account_keys():
                for key, problem in usable_accounts(context, keys, self.may_write)[1].items():
                    stage.reject_lines(OF_ACCOUNT, *problem, key)
        self.check_records(stage, context)
        for account, key, number in stage.query(REPEATED):
            stage.warn("same_record", number, " ".join(filter(None, (account[2:], self.key_text(key)))))
        return self._rehearse(stage, context)

    def _rehearse(self, stage: Stage, context: Context) -> dict:
        """Plan the whole file without writing it: what would be refused is refused now, the rest is counted."""
        stage.drop_rejected()
        figures = {"will_create": 0, "will_update": 0, "will_stay": 0}
        for groups in in_chunks(stage.groups(), REHEARSED):
            plan = self.plan(stage, groups, context)
            figures["will_create"] += len(plan.new)
            figures["will_update"] += len(plan.changes)
            figures["will_stay"] += plan.unchanged
        return figures

    @staticmethod
    def key_text(key: str) -> str:
        """The natural key in the words of the file."""
        return key

    def preview(self, groups: list[Group], context: Context) -> list[list[str]]:
        """The first records, as far as the file fills them."""
        shown = [one for one in self.fields if one.key in context.mapped - set(ACCOUNT_COLUMNS)][:PREVIEW_COLUMNS]
        heads = [*([_("Account")] if self.has_account else []), *(str(one.label) for one in shown)]
        rows = []
        for group in groups:
            values = merged(group)
            texts = [shown_text(one, values.get(one.key)) for one in shown]
            rows.append([*([group.account_key[2:]] if self.has_account else []), *texts])
        return [heads, *rows]

    def plan(self, stage: Stage, groups: list[Group], context: Context) -> RecordsPlan:
        """Compare with what is stored, with the rights of this moment; what may not be written is rejected here."""
        wanted, refused = self.allowed(groups, context)
        for group, problem in refused:
            reject(stage, group, problem)
        self.find(wanted, context)
        plan = RecordsPlan()
        for one in wanted:
            try:
                self.add(plan, one, context)
            except Refused as problem:
                reject(stage, one.group, problem.problem)
        return plan

    def allowed(self, groups: list[Group], context: Context) -> tuple[list[Wanted], list[tuple[Group, Problem]]]:
        """The groups whose account the user may write on; the others with column and reason."""
        keys = list(dict.fromkeys(group.account_key for group in groups))
        accounts, problems = usable_accounts(context, keys, self.may_write) if self.has_account else ({}, {})
        refused = [(group, problems[group.account_key]) for group in groups if group.account_key in problems]
        free = [group for group in groups if group.account_key not in problems]
        return [Wanted(group, merged(group), accounts.get(group.account_key)) for group in free], refused

    def add(self, plan: RecordsPlan, wanted: Wanted, context: Context) -> None:
        """Put one record into the plan as new, changed or unchanged. Raises Refused."""
        draft = self.draft(wanted, context)
        if wanted.stored is None:
            plan.new.append((self.build(wanted, draft, context), draft))
            return
        values = changed_values(wanted.stored, draft.values)
        people = {name: ids for name, ids in draft.people.items() if set(ids) != people_of(wanted.stored, name)}
        if not values and not people:
            plan.unchanged += 1
            return
        self.allow_change(wanted, values, context)
        plan.changes.append(Change(wanted.stored, values, people))

    def allow_change(self, wanted: Wanted, changes: dict, context: Context) -> None:
        """Whether a stored record may be brought to ``changes``. Raises Refused."""

    def write(self, plan: RecordsPlan, context: Context) -> Written:
        """Create and change the records of one batch. Inside a transaction; StaleError when somebody saved one."""
        self.model._base_manager.bulk_create([record for record, _draft in plan.new], batch_size=500)
        self.created(plan, context)
        before = [self._change(change, context) for change in plan.changes]
        undo = {"created": [record.pk for record, _draft in plan.new], "before": before}
        return Written(len(plan.new), len(plan.changes), plan.unchanged, undo)

    def _change(self, change: Change, context: Context) -> dict:
        record = change.record
        derived = self.derived(record, change.values)
        image = image_of(record, {*change.values, *derived})
        if hasattr(record, "dated_values"):
            image |= history_of(record, change.values.keys())
            snapshot = dated_snapshot(record)
        save_changes(record, version=record.version, changes=change.values, derived=derived)
        if hasattr(record, "dated_values"):
            record_changes(record, before=snapshot, on=business_date(), by=context.by)
        if change.people:
            image["people"] = {name: sorted(people_of(record, name)) for name in change.people}
            for name, ids in change.people.items():
                getattr(record, name).set(ids)
        return image

    def undo(self, undo: dict, context: Context) -> list[Kept]:
        """Take one batch back: restore what it changed, delete what it created. Inside a transaction."""
        restored, changed = put_back(self.model, undo["before"], context.user)
        if hasattr(self.model, "dated_model"):
            put_back_history(self.model, restored)
        for image in restored:
            for name, ids in image.get("people", {}).items():
                getattr(self.model._base_manager.get(pk=image["id"]), name).set(ids)
        free, kept = removable(self.model, undo["created"], context.user, own=self.own)
        self.model._base_manager.filter(pk__in=free).delete()
        return changed + kept


def merged(group: Group) -> dict[str, Any]:
    """The values of all lines of one record; the first one wins."""
    values: dict[str, Any] = {}
    for payload in group.payloads:
        values = json.loads(payload) | values
    return values


def reject(stage: Stage, group: Group, problem: tuple[str, str]) -> None:
    for number in group.numbers:
        stage.reject(Rejection(number, [problem]))


def shown_text(one: Field, value) -> str:
    """A value of a payload as a person reads it."""
    if value is None:
        return ""
    if one.type == "choice":
        return str(dict(one.choices).get(value, value))
    if one.type == "flag":
        return _("Yes") if value else _("No")
    return format(Decimal(value).normalize(), "f") if one.type in ("number", "quantity") else str(value)


def plain(value):
    """A value as JSON keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def changed_values(record: Model, values: dict[str, Any]) -> dict[str, Any]:
    """The values that differ from what the record has, by attribute name."""
    return {name: value for name, value in values.items() if getattr(record, name) != value}


def people_of(record: Model, name: str) -> set[int]:
    """The keys of the people in a many-to-many field, from what was loaded with the record if it was."""
    return {person.pk for person in getattr(record, name).all()}


def typed(model: type[Model], values: dict[str, Any]) -> dict[str, Any]:
    """Values of a payload in the types of the columns of ``model``, by attribute name."""
    fields = {name: model._meta.get_field(name) for name in values}
    return {field.attname: field.to_python(values[name]) for name, field in fields.items()}


def in_chunks(items: Iterable, size: int = 500) -> Iterator[list]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
