"""Note an interaction that took place, once, with what follows from it."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import InteractionKind, InteractionState, TaskKind
from accounts.models import Account, Contact, Interaction, Task
from accounts.permissions import can_write_interaction
from accounts.services.contact import create_contact
from accounts.services.interaction import TEXT_FIELDS, day_of, plan_interaction, planned_moment, set_people
from accounts.services.task import create_task, finish_task
from core.idempotency import once


@dataclass(frozen=True)
class NextStep:
    """What follows an interaction: a planned one of ``kind``, or a task when ``kind`` is 'task'."""

    on: date
    text: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Promise:
    """What one side promised the other, and by when."""

    text: str
    on: date
    is_ours: bool = True


@dataclass(frozen=True)
class Report:
    """What is told about one interaction: who, how, when, and what it fulfils."""

    account: Account
    kind: str
    happened_at: datetime | None = None
    contacts: list[Contact] = field(default_factory=list)
    colleagues: list = field(default_factory=list)
    new_names: list[str] = field(default_factory=list)
    next_step: NextStep | None = None
    promise: Promise | None = None
    plan: Interaction | None = None
    task: Task | None = None
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> dict[str, Any]:
        """The report as plain values, to be compared with a repetition."""
        return {
            "account": self.account.pk,
            "kind": self.kind,
            "happened_at": self.happened_at,
            "contacts": sorted(contact.pk for contact in self.contacts),
            "colleagues": sorted(colleague.pk for colleague in self.colleagues),
            "new_names": self.new_names,
            "next_step": self.next_step and asdict(self.next_step),
            "promise": self.promise and asdict(self.promise),
            "plan": self.plan and self.plan.pk,
            "task": self.task and self.task.pk,
            "texts": self.texts,
        }


@transaction.atomic
def log_interaction(*, by, uuid: UUID, report: Report) -> tuple[Interaction, bool]:
    """Note an interaction that took place (now, when the report names no moment), and what follows from it.

    ``uuid`` comes from the sender: the same one again returns the first result and False. People known by name only
    become contacts; the plan and the task it fulfils are closed; a plan that is not open any more is left alone.
    Raises PermissionDenied, KeyReusedError for the same ``uuid`` with another content, AccountsError.
    """
    if not can_write_interaction(by, report.account) or set(report.texts) - TEXT_FIELDS:
        raise PermissionDenied
    pk, is_new = once(user=by, key=log_key(uuid), content=report.content, act=lambda: _write(by, uuid, report))
    return Interaction.objects.get(pk=pk), is_new


def log_key(uuid: UUID) -> str:
    """The key under which the first answer to a log is kept."""
    return f"interaction:{uuid}"


def _write(by, uuid: UUID, report: Report) -> int:
    interaction = _write_done(by, uuid, report)
    names = [name.strip() for name in report.new_names if name.strip()]
    new = [create_contact(account=report.account, by=by, name=name) for name in names]
    set_people(interaction, [*report.contacts, *new], report.colleagues)
    if report.next_step:
        _write_next_step(interaction, by, report.next_step)
    if report.promise:
        _write_promise(interaction, by, report.promise)
    if report.task:
        finish_task(task=report.task, by=by)
    return interaction.pk


def _write_done(by, uuid: UUID, report: Report) -> Interaction:
    """The done interaction: the open plan turned into it, else a new one."""
    moment = report.happened_at or timezone.now()
    values = report.texts | {"kind": report.kind, "state": InteractionState.DONE, "owner": by, "happened_at": moment}
    values["happened_on"] = day_of(moment, InteractionState.DONE)
    plan = report.plan
    if plan and plan.account_id == report.account.pk:
        rows = Interaction.objects.filter(pk=plan.pk, state=InteractionState.PLANNED)
        if rows.update(**values, version=F("version") + 1):
            plan.refresh_from_db()
            return plan
    return Interaction.objects.create(account=report.account, uuid=uuid, created_by=by, **values)


def _write_next_step(interaction: Interaction, by, step: NextStep) -> None:
    Interaction.objects.filter(pk=interaction.pk).update(next_on=step.on, next_step=step.text)
    kind = step.kind or interaction.kind
    if kind == TaskKind.TASK:
        _write_task(interaction, by, TaskKind.TASK, step.text or str(_("Follow up")), step.on)
        return
    plan_interaction(
        by=by,
        account=interaction.account,
        kind=InteractionKind(kind),
        happened_at=planned_moment(step.on),
        purpose=step.text,
        contacts=interaction.contacts.all(),
        follows=interaction,
        uuid=uuid5(interaction.uuid, f"next {interaction.version}"),
    )


def _write_promise(interaction: Interaction, by, promise: Promise) -> None:
    kind = TaskKind.PROMISE_OURS if promise.is_ours else TaskKind.PROMISE_THEIRS
    _write_task(interaction, by, kind, promise.text, promise.on)


def _write_task(interaction: Interaction, by, kind: str, title: str, due_on: date) -> None:
    account = interaction.account
    create_task(by=by, account=account, interaction=interaction, kind=kind, title=title, due_on=due_on)
