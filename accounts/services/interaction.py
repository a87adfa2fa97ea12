"""Log, plan, move and correct interactions."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.choices import InteractionState
from accounts.constants import INTERACTION_LOCK_DAYS, PLAN_HOUR
from accounts.models import Account, Contact, Interaction
from accounts.permissions import can_change_after_lock, can_write_interaction, needs_reason_after_lock
from accounts.services.errors import AccountsError, LockedError, StateError
from core import audit
from core.editing import kept_values, record_values, save_changes
from core.periods import business_date, business_zone

TEXT_FIELDS = frozenset({"kind", "direction", "happened_at", "subject", "purpose", "result", "mood"})
PEOPLE_FIELDS = frozenset({"contacts", "colleagues"})


@transaction.atomic
def plan_interaction(
    *,
    by,
    account: Account,
    kind: str,
    happened_at: datetime,
    purpose: str = "",
    contacts: Iterable[Contact] = (),
    owner=None,
    follows: Interaction | None = None,
    uuid: UUID | None = None,
) -> Interaction:
    """A planned interaction of ``owner`` (``by`` when left out). Raises PermissionDenied, AccountsError."""
    if not can_write_interaction(by, account):
        raise PermissionDenied
    interaction = Interaction(
        account=account,
        kind=kind,
        state=InteractionState.PLANNED,
        happened_at=happened_at,
        happened_on=business_date(happened_at),
        purpose=purpose,
        owner=owner or by,
        follows=follows,
        created_by=by,
    )
    if uuid:
        interaction.uuid = uuid
    interaction.save(force_insert=True)
    set_people(interaction, list(contacts), [])
    return interaction


@transaction.atomic
def update_interaction(
    *, interaction: Interaction, by, version: int, changes: dict[str, Any], reason: str = "", base=None
) -> None:
    """Correct an interaction if it still has ``version``.

    After INTERACTION_LOCK_DAYS only who may change locked ones can, and the change goes with its reason into the
    audit trail. Raises PermissionDenied, LockedError (reason missing), StaleError, AccountsError.
    """
    if not can_write_interaction(by, interaction.account) or set(changes) - TEXT_FIELDS - PEOPLE_FIELDS:
        raise PermissionDenied
    _pass_lock(interaction, by, reason, sorted(changes))
    texts = {field: value for field, value in changes.items() if field in TEXT_FIELDS}
    derived = {}
    if "happened_at" in texts:
        derived["happened_on"] = day_of(texts["happened_at"], interaction.state)
    save_changes(interaction, version=version, changes=texts, derived=derived, base=base, by=by)
    people = {field: changes.get(field) for field in PEOPLE_FIELDS}
    set_people(interaction, people["contacts"], people["colleagues"])


@transaction.atomic
def reschedule_interaction(*, interaction: Interaction, by, happened_at: datetime) -> None:
    """Move a planned interaction. Raises PermissionDenied, StateError when it is not planned any more."""
    _move_state(
        interaction,
        by,
        (InteractionState.PLANNED,),
        happened_at=happened_at,
        happened_on=business_date(happened_at),
    )


@transaction.atomic
def cancel_interaction(*, interaction: Interaction, by, reason: str = "") -> str:
    """Call off a planned interaction, or withdraw one noted by mistake; returns the state it had, for an undo.

    Raises PermissionDenied, LockedError as `update_interaction`, StateError when it is cancelled already.
    """
    former = interaction.state
    _pass_lock(interaction, by, reason, ["state"])
    _move_state(interaction, by, (InteractionState.PLANNED, InteractionState.DONE), state=InteractionState.CANCELLED)
    return former


@transaction.atomic
def reopen_interaction(*, interaction: Interaction, by, state: str) -> None:
    """Undo `cancel_interaction`: give it back the ``state`` it had. Raises PermissionDenied, StateError."""
    _move_state(interaction, by, (InteractionState.CANCELLED,), state=state)


def is_locked(interaction: Interaction) -> bool:
    """Whether the days are over in which the people of the account may correct the interaction freely."""
    is_old = interaction.happened_on + timedelta(days=INTERACTION_LOCK_DAYS) < business_date()
    return is_old and interaction.state == InteractionState.DONE


def planned_moment(day: date) -> datetime:
    """The moment that stands for a planned ``day`` without a time."""
    return datetime.combine(day, time(PLAN_HOUR), business_zone())


def day_of(moment: datetime, state: str) -> date:
    day = business_date(moment)
    if state == InteractionState.DONE and day > business_date():
        raise AccountsError(_("This day is still to come. Plan the interaction instead."), "happened_at")
    return day


def set_people(interaction: Interaction, contacts: list | None, colleagues: list | None) -> None:
    """Set the people of both sides; None leaves a side as it is. Who moved away later stays among those met."""
    if contacts is not None:
        known = set(interaction.contacts.values_list("pk", flat=True))
        if any(contact.account_id != interaction.account_id and contact.pk not in known for contact in contacts):
            raise AccountsError(_("Choose people of this account."), "contacts")
        interaction.contacts.set(contacts)
    if colleagues is not None:
        if not all(colleague.is_active for colleague in colleagues):
            raise AccountsError(_("A colleague is not active any more."), "colleagues")
        interaction.colleagues.set(colleagues)


def _pass_lock(interaction: Interaction, by, reason: str, fields: list[str]) -> None:
    if not is_locked(interaction):
        return
    if not can_change_after_lock(by, interaction.account):
        raise PermissionDenied
    if needs_reason_after_lock(by, interaction.account) and not reason.strip():
        raise LockedError(_("This interaction is closed. Say why you change it."), "reason")
    audit.record(by, "interaction.change_after_lock", interaction, reason=reason.strip(), fields=fields)


def _move_state(interaction: Interaction, by, states: tuple, **values) -> None:
    """Write ``values`` if the interaction is in one of ``states``. Raises PermissionDenied, StateError."""
    if not can_write_interaction(by, interaction.account):
        raise PermissionDenied
    before = kept_values(interaction, values)
    rows = Interaction.objects.filter(pk=interaction.pk, state__in=states)
    if not rows.update(**values, version=F("version") + 1):
        raise StateError(_("Somebody changed this interaction meanwhile."))
    interaction.refresh_from_db()
    record_values(interaction, by, before=before)
