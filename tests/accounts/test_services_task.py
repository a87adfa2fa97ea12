"""Tasks and promises."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Task
from accounts.services import cancel_task, complete_task, create_task, reopen_task, reschedule_task
from accounts.services.errors import AccountsError, StateError
from tests import factories


@pytest.mark.parametrize(
    ("actor", "is_allowed"),
    [("OWN", True), ("HELP", True), ("OTH", False), ("MOTH", False), ("EX", False), ("AD", True)],
)
def test_tasks_follow_the_table(actors, actor, is_allowed):
    by = getattr(actors, actor)
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    if is_allowed:
        complete_task(task=task, by=by)
    else:
        with pytest.raises(PermissionDenied):
            complete_task(task=task, by=by)
        with pytest.raises(PermissionDenied):
            create_task(by=by, account=actors.account, title="x", due_on=date(2026, 1, 1))
    assert Task.objects.get().state == ("done" if is_allowed else "open")


def test_completing_twice_is_told_and_undo_brings_it_back(actors):
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    complete_task(task=task, by=actors.OWN)
    assert task.done_at is not None
    with pytest.raises(StateError):
        complete_task(task=task, by=actors.HELP)
    reopen_task(task=task, by=actors.OWN)
    assert (task.state, task.done_at) == ("open", None)


def test_a_task_moves_and_is_cancelled_while_open(actors):
    task = factories.TaskFactory(account=actors.account, assignee=actors.OWN)
    reschedule_task(task=task, by=actors.OWN, due_on=date(2026, 2, 1))
    cancel_task(task=task, by=actors.OWN)
    assert (task.due_on, task.state, task.version) == (date(2026, 2, 1), "cancelled", 3)
    with pytest.raises(StateError):
        reschedule_task(task=task, by=actors.OWN, due_on=date(2026, 3, 1))


def test_a_task_goes_only_to_who_sees_the_account(actors):
    with pytest.raises(AccountsError) as refused:
        create_task(by=actors.OWN, account=actors.account, title="x", due_on=date(2026, 1, 1), assignee=actors.OTH)
    assert refused.value.field == "assignee"


def test_a_task_of_no_account_is_ones_own(actors):
    task = create_task(by=actors.OWN, title="Order cards", due_on=date(2026, 1, 1))
    with pytest.raises(PermissionDenied):
        complete_task(task=task, by=actors.AD)
    with pytest.raises(PermissionDenied):
        create_task(by=actors.EX, title="x", due_on=date(2026, 1, 1))
    complete_task(task=task, by=actors.OWN)
    assert not Task.objects.open().exists()
