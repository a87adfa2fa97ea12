"""Tasks and promises: create, finish, move, cancel."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import NotificationKind, TaskKind, TaskState
from accounts.models import Account, Interaction, Task
from accounts.permissions import can_write_task
from accounts.services.errors import AccountsError, StateError
from accounts.services.notification import notify
from core.editing import kept_values, record_values


@transaction.atomic
def create_task(
    *,
    by,
    title: str,
    due_on: date,
    account: Account | None = None,
    assignee=None,
    kind: str = TaskKind.TASK,
    note: str = "",
    interaction: Interaction | None = None,
) -> Task:
    """A task of ``assignee`` (``by`` when left out), on an account or on nothing; somebody else is told of it.

    Raises PermissionDenied, and AccountsError when the assignee cannot see the account.
    """
    assignee = assignee or by
    task = Task(
        account=account,
        title=title,
        due_on=due_on,
        assignee=assignee,
        kind=kind,
        note=note,
        interaction=interaction,
        created_by=by,
    )
    if not can_write_task(by, task):
        raise PermissionDenied
    if account and not Account.objects.visible_to(assignee).filter(pk=account.pk).exists():
        raise AccountsError(_("This colleague does not see the account."), "assignee")
    task.save(force_insert=True)
    notify(
        kind=NotificationKind.TASK_ASSIGNED,
        users=[assignee],
        key=f"task:{task.pk}",
        url=reverse("accounts:task_page", args=[task.pk]),
        account=account,
        text=title,
        by=by,
    )
    return task


@transaction.atomic
def complete_task(*, task: Task, by) -> None:
    """Mark an open task as done; `reopen_task` undoes it. Raises PermissionDenied, StateError."""
    _move(task, by, (TaskState.OPEN,), state=TaskState.DONE, done_at=timezone.now())


@transaction.atomic
def finish_task(*, task: Task, by) -> None:
    """Mark a task as done if it is still open; what somebody else closed meanwhile stays as it is."""
    task.refresh_from_db()
    if task.state == TaskState.OPEN:
        complete_task(task=task, by=by)


@transaction.atomic
def cancel_task(*, task: Task, by) -> None:
    """Mark an open task as not needed; `reopen_task` undoes it. Raises PermissionDenied, StateError."""
    _move(task, by, (TaskState.OPEN,), state=TaskState.CANCELLED)


@transaction.atomic
def reopen_task(*, task: Task, by) -> None:
    """Undo `complete_task` and `cancel_task`. Raises PermissionDenied, StateError."""
    _move(task, by, (TaskState.DONE, TaskState.CANCELLED), state=TaskState.OPEN, done_at=None)


@transaction.atomic
def reschedule_task(*, task: Task, by, due_on: date) -> None:
    """Give an open task another day. Raises PermissionDenied, StateError."""
    _move(task, by, (TaskState.OPEN,), due_on=due_on)


def _move(task: Task, by, states: tuple, **values) -> None:
    """Write ``values`` if the task is in one of ``states``. Raises PermissionDenied, StateError."""
    if not can_write_task(by, task):
        raise PermissionDenied
    before = kept_values(task, values)
    if not Task.objects.filter(pk=task.pk, state__in=states).update(**values, version=F("version") + 1):
        raise StateError(_("Somebody changed this task meanwhile."))
    task.refresh_from_db()
    record_values(task, by, before=before)
