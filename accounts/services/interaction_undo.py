"""Take back an interaction that was noted a moment ago, with everything that followed from it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import InteractionState, TaskState
from accounts.models import Contact, Interaction, Task
from accounts.permissions import can_write_interaction
from accounts.services.contact import archive_contact
from accounts.services.errors import StateError
from accounts.services.interaction_log import Report, log_key
from core.models import IdempotencyKey
from core.periods import business_date
from core.undo import MAX_AGE_SECONDS


def memory_of(report: Report) -> dict:
    """What a log of ``report`` overwrites, as plain JSON; ask before it is saved, for `take_back_log`."""
    plan, task = report.plan, report.task
    return {
        "plan": plan and plan_values(plan),
        "task": task.pk if task and task.state == TaskState.OPEN else None,
    }


def plan_values(plan: Interaction) -> dict:
    return {
        "kind": plan.kind,
        "owner": plan.owner_id,
        "happened_at": plan.happened_at.isoformat(),
        "contacts": list(plan.contacts.values_list("pk", flat=True)),
        "colleagues": list(plan.colleagues.values_list("pk", flat=True)),
    }


@transaction.atomic
def take_back_log(*, by, uuid: UUID, memory: dict) -> Interaction:
    """Undo `log_interaction`: the interaction is cancelled, or again the plan it was before.

    What followed from it and is still open is cancelled, people made by the way are archived, a fulfilled task is open
    again. Raises StateError when ``by`` did not log it in the last minutes or it has changed meanwhile, and
    PermissionDenied.
    """
    since = timezone.now() - timedelta(seconds=MAX_AGE_SECONDS)
    logged = IdempotencyKey.objects.filter(user=by, key=log_key(uuid), created_at__gte=since).first()
    interaction = Interaction.objects.done().filter(pk=logged.response).first() if logged else None
    if interaction is None:
        raise StateError(_("This can no longer be undone."))
    if not can_write_interaction(by, interaction.account):
        raise PermissionDenied
    _take_back_what_followed(interaction, by, logged.created_at)
    _restore(interaction, memory["plan"])
    tasks = Task.objects.filter(pk=memory["task"], state=TaskState.DONE)
    tasks.update(state=TaskState.OPEN, done_at=None, version=F("version") + 1)
    interaction.refresh_from_db()
    return interaction


def _take_back_what_followed(interaction: Interaction, by, logged_at: datetime) -> None:
    mine = {"created_by": by, "created_at__gte": logged_at}
    steps = interaction.followed_by.planned().filter(**mine)
    steps.update(state=InteractionState.CANCELLED, version=F("version") + 1)
    interaction.tasks.open().filter(**mine).update(state=TaskState.CANCELLED, version=F("version") + 1)
    for contact in Contact.objects.filter(interactions=interaction, **mine):
        archive_contact(contact=contact, by=by)


def _restore(interaction: Interaction, plan: dict | None) -> None:
    """Cancel the interaction, with its words; one that was a plan is planned again as it was."""
    rows = Interaction.objects.filter(pk=interaction.pk)
    if plan is None:
        rows.update(state=InteractionState.CANCELLED, version=F("version") + 1)
        return
    moment = datetime.fromisoformat(plan["happened_at"])
    rows.update(
        state=InteractionState.PLANNED,
        kind=plan["kind"],
        owner=plan["owner"],
        happened_at=moment,
        happened_on=business_date(moment),
        next_step="",
        next_on=None,
        version=F("version") + 1,
    )
    interaction.contacts.set(plan["contacts"])
    interaction.colleagues.set(plan["colleagues"])
