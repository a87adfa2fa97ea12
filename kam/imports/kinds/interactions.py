"""Visits, calls and meetings of another system: with their own days, people and authors."""

import json
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from accounts.choices import InteractionState
from accounts.models import Interaction
from accounts.permissions import can_change_after_lock, can_write_interaction
from accounts.services.interaction import is_locked, planned_moment
from core import audit
from core.periods import business_date
from core.search import fold
from kam.imports.kinds.base import Context, Written
from kam.imports.kinds.people import colleagues_by_name, contacts_by_name, split_names
from kam.imports.kinds.record_columns import INTERACTIONS
from kam.imports.kinds.records import Draft, RecordImport, RecordsPlan, Refused, Wanted, in_chunks, typed
from kam.imports.rows import Row
from kam.imports.staging import Stage
from users.models import User

IMPORTED = UUID("0d0c7d2e-3f55-5b8e-9a52-5d7b3c4f1a60")  # namespace of the keys that imports derive
BY_ID, BY_CONTENT = "id:", "h:"
TEXTS = ("kind", "direction", "subject", "purpose", "result", "mood", "next_step", "next_on")
PEOPLE = ("contacts", "colleagues")


class InteractionImport(RecordImport):
    """See `RecordImport`."""

    model = Interaction
    fields = INTERACTIONS
    own = frozenset({"accounts.Interaction_contacts", "accounts.Interaction_colleagues"})
    key_column = "happened_at"
    may_write = staticmethod(can_write_interaction)

    def __init__(self):
        self.locked: list[int] = []

    def settle(self, row: Row, context: Context) -> None:
        moment, state = row.values.get("happened_at"), row.values.get("state")
        if moment is None:
            return
        is_ahead = _day(moment) > business_date()
        if state == InteractionState.DONE and is_ahead:
            row.reject("happened_at", "still_to_come")

    def object_key(self, values: dict, key: str) -> str:
        if number := values.get("external_id"):
            return BY_ID + number
        names = ("kind", "owner", "subject")
        content = [_instant(values["happened_at"]), *(values.get(name) or "" for name in names)]
        return BY_CONTENT + json.dumps(content, ensure_ascii=False)

    @staticmethod
    def key_text(key: str) -> str:
        if key.startswith(BY_ID):
            return key.removeprefix(BY_ID)
        return " ".join(filter(None, json.loads(key.removeprefix(BY_CONTENT))))

    def check_records(self, stage: Stage, context: Context) -> None:
        colleagues = colleagues_by_name(context)
        for groups in in_chunks(stage.groups()):
            wanted, _refused = self.allowed(groups, context)
            contacts = contacts_by_name({one.account.pk for one in wanted if one.values.get("contacts")})
            for one in wanted:
                self._check(stage, one, colleagues, contacts, context)

    def _check(self, stage: Stage, one: Wanted, colleagues: dict, contacts: dict, context: Context) -> None:
        number = one.group.numbers[0]
        for name in ("owner", "author"):
            if one.values.get(name) and fold(one.values[name]) not in colleagues:
                stage.reject_lines("number = ?", name, "unknown_owner", number)
        if not one.values.get("owner") and context.by is None and one.account.owner_id is None:
            stage.reject_lines("number = ?", "owner", "missing", number)
        for name in split_names(one.values.get("contacts", "")):
            if (one.account.pk, fold(name)) not in contacts:
                stage.warn("unknown_contact", number, name)
        for name in split_names(one.values.get("colleagues", "")):
            if fold(name) not in colleagues:
                stage.warn("unknown_colleague", number, name)

    def find(self, wanted: list[Wanted], context: Context) -> None:
        self.colleagues = colleagues_by_name(context)
        self.contacts = contacts_by_name({one.account.pk for one in wanted if one.values.get("contacts")})
        keys = {record_uuid(one.account.pk, one.group.object_key): one for one in wanted}
        rows = Interaction.objects.filter(account__in={one.account.pk for one in wanted}, uuid__in=keys)
        for row in rows.select_related("account").prefetch_related(*PEOPLE).order_by("-pk"):
            if keys[row.uuid].account.pk == row.account_id:
                keys[row.uuid].stored = row
        self.taken = set(
            Interaction.objects.filter(created_by__in={*self.colleagues.values(), context.by} - {None}, uuid__in=keys)
            .values_list("created_by", "uuid")
        )  # fmt: skip

    def draft(self, wanted: Wanted, context: Context) -> Draft:
        values = wanted.values
        moment = read_moment(values["happened_at"])
        draft = typed(Interaction, {name: values[name] for name in TEXTS if name in values})
        draft |= {"happened_at": moment, "happened_on": business_date(moment), "state": _state(wanted, moment)}
        if values.get("owner") or wanted.stored is None:
            draft["owner_id"] = self._owner(wanted, context)
        return Draft(draft, self._people(wanted))

    def _owner(self, wanted: Wanted, context: Context) -> int:
        if name := wanted.values.get("owner"):
            return self._colleague(name, "owner").pk
        owner = context.by.pk if context.by else wanted.account.owner_id
        if owner is None:
            raise Refused("owner", "missing")
        return owner

    def _colleague(self, name: str, column: str) -> User:
        if fold(name) not in self.colleagues:
            raise Refused(column, "unknown_owner")
        return self.colleagues[fold(name)]

    def _people(self, wanted: Wanted) -> dict[str, list[int]]:
        """The people of both sides that are known; a cell without any leaves them as they are."""
        contacts = [self.contacts.get((wanted.account.pk, fold(name))) for name in _names(wanted, "contacts")]
        colleagues = [self.colleagues.get(fold(name)) for name in _names(wanted, "colleagues")]
        people = {
            "contacts": [pk for pk in dict.fromkeys(contacts) if pk],
            "colleagues": [person.pk for person in dict.fromkeys(colleagues) if person],
        }
        return {name: ids for name, ids in people.items() if ids}

    def build(self, wanted: Wanted, draft: Draft, context: Context) -> Interaction:
        author = self._colleague(wanted.values["author"], "author") if wanted.values.get("author") else context.by
        uuid = record_uuid(wanted.account.pk, wanted.group.object_key)
        if author and (author.pk, uuid) in self.taken:
            raise Refused("external_id", "id_taken")
        created = {"created_at": read_moment(wanted.values["created_at"])} if wanted.values.get("created_at") else {}
        return Interaction(account=wanted.account, uuid=uuid, created_by=author, **created, **draft.values)

    def allow_change(self, wanted: Wanted, changes: dict, context: Context) -> None:
        if is_locked(wanted.stored):
            if not can_change_after_lock(context.user, wanted.account):
                raise Refused("happened_at", "locked")
            self.locked.append(wanted.stored.pk)

    def created(self, plan: RecordsPlan, context: Context) -> None:
        for name, column in (("contacts", "contact_id"), ("colleagues", "user_id")):
            through = getattr(Interaction, name).through
            rows = [(record.pk, pk) for record, draft in plan.new for pk in draft.people.get(name, ())]
            through.objects.bulk_create((through(interaction_id=of, **{column: pk}) for of, pk in rows), batch_size=500)

    def write(self, plan: RecordsPlan, context: Context) -> Written:
        written = super().write(plan, context)
        if self.locked:
            details = {"reason": "import", "interactions": self.locked[:200], "count": len(self.locked)}
            audit.record(context.by, "interaction.change_after_lock", "import", **details)
            self.locked = []
        return written


def record_uuid(account_id: int, key: str) -> UUID:
    """The key that stands for a line of a file: its own UUID, else one derived from the account and its natural key."""
    try:
        return UUID(key.removeprefix(BY_ID))
    except ValueError:
        return uuid5(IMPORTED, f"{account_id}:{key}")


def read_moment(text: str) -> datetime:
    """A moment of a payload; a plain day stands for the hour that planned days have."""
    if len(text) == len("2026-01-05"):
        return planned_moment(date.fromisoformat(text))
    return datetime.fromisoformat(text)


def _day(moment: datetime | date) -> date:
    return business_date(moment) if isinstance(moment, datetime) else moment


def _instant(moment: datetime | date) -> str:
    """One text for one moment, whatever zone the file writes it in."""
    return (moment.astimezone(UTC) if isinstance(moment, datetime) else moment).isoformat()


def _state(wanted: Wanted, moment: datetime) -> str:
    """The state of the file; what took place here meanwhile is not planned again."""
    state, stored = wanted.values.get("state"), wanted.stored
    if stored is not None and state in (None, InteractionState.PLANNED):
        return stored.state
    return state or (InteractionState.PLANNED if business_date(moment) > business_date() else InteractionState.DONE)


def _names(wanted: Wanted, column: str) -> list[str]:
    return split_names(wanted.values.get(column, ""))
