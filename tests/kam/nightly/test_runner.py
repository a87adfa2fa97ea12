"""The state machine, with small steps of its own and both kinds of work: over shards, and over all accounts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.periods import last_full_day
from kam.choices import RunTrigger, WorkState
from kam.models import Run, RunError, RunShard
from kam.nightly import services
from kam.nightly.hints import no_hints
from kam.nightly.inline import drive
from kam.nightly.leases import Heartbeat, Interrupted, claim
from kam.nightly.runner import advance
from kam.nightly.services import RunRefused
from kam.nightly.steps import Outcome, Step
from kam.nightly.workers import work_on
from kam.notes import words
from tests import factories


class Notebook:
    """Steps that write down what they were asked to do."""

    def __init__(self):
        self.calls = []
        self.steps = (self.step("facts", True), self.step("score", False), self.step("standing", True))

    def step(self, name: str, is_sharded: bool) -> Step:
        def work(told):
            self.calls.append((name, told.shard))
            return Outcome(rows=2, figures={"written": 1})

        return Step(name, name, is_sharded, work)


@pytest.fixture
def notebook(db) -> Notebook:
    return Notebook()


def start(steps, **options) -> Run:
    run = services.start_run(trigger=RunTrigger.COMMAND, steps=steps, queue=no_hints, **options)[0]
    advance(run.pk, steps=steps, queue=no_hints)
    return run


def test_run_works_through_the_steps_in_order(notebook):
    accounts_from_one(3)
    run = drive(start(notebook.steps, shard_size=2).pk, steps=notebook.steps)
    assert run.state == WorkState.DONE
    assert notebook.calls == [("facts", 0), ("facts", 1), ("score", None), ("standing", 0), ("standing", 1)]
    rows = [(step.name, step.state, step.row_count, step.result) for step in run.steps.all()]
    assert rows == [
        ("facts", "done", 4, {"written": 2}),
        ("score", "done", 2, {"written": 1}),
        ("standing", "done", 4, {"written": 2}),
    ]
    assert (run.account_count, run.shard_count, run.error_count) == (4, 2, 0)


def test_second_start_gets_the_running_run(notebook):
    first = start(notebook.steps)
    second, is_new = services.start_run(steps=notebook.steps, queue=no_hints)
    assert (second, is_new) == (first, False)
    assert Run.objects.count() == 1


def test_next_step_opens_only_after_the_last_shard(notebook):
    run = start(notebook.steps, shard_size=shard_size_of_three())
    shards = list(RunShard.objects.filter(step__run=run).values_list("pk", flat=True))
    assert len(shards) == 3
    for done, shard_id in enumerate(shards, start=1):
        assert work_on(shard_id, steps=notebook.steps, queue=no_hints)
        opened = run.steps.get(name="score").shards.count()
        assert opened == (1 if done == 3 else 0)


def accounts_from_one(count: int) -> None:
    """Accounts with the ids 1, 2, … whatever the sequence of the database has given out before."""
    for number in range(1, count + 1):
        factories.AccountFactory(pk=number)


def shard_size_of_three() -> int:
    """Accounts enough for three shards."""
    accounts_from_one(9)
    return services.shard_size_for(3)


def test_shard_is_claimed_once(notebook):
    factories.AccountFactory()
    run = start(notebook.steps)
    shard_id = run.steps.first().shards.get().pk
    assert claim(shard_id).attempt == 1
    assert claim(shard_id) is None
    RunShard.objects.filter(pk=shard_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(shard_id).attempt == 2


def test_worker_that_lost_its_lease_writes_nothing(notebook):
    """A worker that hung for longer than its lease finds that the shard is another's."""

    def slow(told):
        RunShard.objects.filter(step__run__state="running").update(worker="another")
        return Outcome(rows=7)

    steps = (Step("facts", "facts", False, slow),)
    run = start(steps)
    shard = run.steps.get().shards.get()
    work_on(shard.pk, steps=steps, queue=no_hints)
    shard.refresh_from_db()
    assert (shard.state, shard.worker, shard.row_count) == (WorkState.RUNNING, "another", 0)


def test_heartbeat_renews_the_lease_and_notices_a_cancel(notebook):
    run = start(notebook.steps)
    shard = claim(run.steps.first().shards.get().pk)
    before = shard.lease_until
    heartbeat = Heartbeat(shard)
    heartbeat.beat()
    heartbeat.check()
    shard.refresh_from_db()
    assert shard.lease_until > before
    Run.objects.update(is_cancel_requested=True)
    heartbeat.beat()
    with pytest.raises(Interrupted):
        heartbeat.check()


def test_passing_fault_is_tried_again(notebook, monkeypatch):
    monkeypatch.setattr("kam.nightly.inline.RETRY_DELAY_SECONDS", 0)
    faults = [OSError("disk"), OSError("disk")]

    def flaky(told):
        if faults:
            raise faults.pop()
        return Outcome(rows=1)

    steps = (Step("facts", "facts", False, flaky),)
    run = drive(start(steps).pk, steps=steps)
    assert run.state == WorkState.DONE
    assert run.steps.get().shards.get().attempt == 3


@pytest.mark.allow_error_logs
def test_lasting_fault_fails_the_run_with_its_message(notebook, monkeypatch):
    monkeypatch.setattr("kam.nightly.inline.RETRY_DELAY_SECONDS", 0)

    def broken(told):
        raise ZeroDivisionError("no accounts")

    steps = (Step("facts", "facts", False, broken), *notebook.steps[1:])
    run = drive(start(steps).pk, steps=steps)
    assert (run.state, words(run.message)) == (WorkState.FAILED, "facts: ZeroDivisionError: no accounts")
    assert notebook.calls == []
    assert [step.state for step in run.steps.all()] == ["failed", "cancelled", "cancelled"]
    assert services.start_run(steps=steps, queue=no_hints)[1]


def test_shard_that_kills_every_worker_is_given_up(notebook):
    factories.AccountFactory()
    run = start(notebook.steps)
    shard = run.steps.first().shards.get()
    RunShard.objects.filter(pk=shard.pk).update(attempt=20)
    work_on(shard.pk, steps=notebook.steps, queue=no_hints)
    run.refresh_from_db()
    assert (run.state, words(run.message)) == (WorkState.FAILED, "facts: given up after 20 attempts")


def test_cancel_ends_the_run_before_the_next_shard(notebook):
    run = start(notebook.steps, shard_size=shard_size_of_three())
    work_on(run.steps.first().shards.first().pk, steps=notebook.steps, queue=no_hints)
    services.request_cancel(run, steps=notebook.steps)
    run.refresh_from_db()
    assert run.state == WorkState.CANCELLED
    assert set(RunShard.objects.filter(step__run=run).values_list("state", flat=True)) == {"done", "cancelled"}
    with pytest.raises(RunRefused):
        services.request_cancel(run, steps=notebook.steps)


def test_cancel_waits_for_who_is_at_work(notebook):
    def cancelled_meanwhile(told):
        services.request_cancel(Run.objects.get(), steps=steps)
        assert Run.objects.get().state == WorkState.RUNNING
        return Outcome(rows=1)

    steps = (Step("facts", "facts", False, cancelled_meanwhile), *notebook.steps[1:])
    run = drive(start(steps).pk, steps=steps)
    assert (run.state, notebook.calls) == (WorkState.CANCELLED, [])


def test_run_of_a_person_without_the_right_stops(notebook, actors):
    run = services.start_run(trigger=RunTrigger.PERSON, requested_by=actors.AD, steps=notebook.steps, queue=no_hints)[0]
    actors.AD.is_active = False
    actors.AD.save()
    run = drive(run.pk, steps=notebook.steps)
    assert (run.state, notebook.calls) == (WorkState.CANCELLED, [])
    assert run.message


def test_advance_may_be_called_by_anybody_at_any_time(notebook):
    run = start(notebook.steps)
    for _ in range(3):
        advance(run.pk, steps=notebook.steps, queue=no_hints)
    assert RunShard.objects.filter(step__run=run).count() == 1
    drive(run.pk, steps=notebook.steps)
    advance(run.pk, steps=notebook.steps, queue=no_hints)
    assert Run.objects.get().state == WorkState.DONE


def test_run_without_accounts_ends(notebook):
    steps = notebook.steps[1:2]
    assert drive(start(steps).pk, steps=steps).state == WorkState.DONE


def test_errors_of_accounts_are_kept_once_and_resolved_by_a_good_run(notebook):
    account = factories.AccountFactory()
    is_broken = [True]

    def picky(told):
        if is_broken[0]:
            told.record_error(account.pk, "amount beyond all bounds")
            told.record_error(account.pk, "amount beyond all bounds")
        return Outcome(rows=0)

    steps = (Step("facts", "facts", True, picky),)
    run = drive(start(steps).pk, steps=steps)
    assert (run.state, run.error_count) == (WorkState.DONE, 1)
    assert not RunError.objects.get().is_resolved
    is_broken[0] = False
    again = drive(start(steps, account_ids=[account.pk]).pk, steps=steps)
    assert again.error_count == 0
    assert RunError.objects.get().is_resolved


def test_sweep_queues_what_lost_its_worker_or_its_message(notebook):
    queued = []
    run = start(notebook.steps, shard_size=shard_size_of_three())
    lost, unheard, fresh = run.steps.first().shards.all()
    long_ago = timezone.now() - timedelta(hours=1)
    claim(lost.pk)
    RunShard.objects.filter(pk=lost.pk).update(lease_until=long_ago)
    RunShard.objects.filter(pk=unheard.pk).update(queued_at=long_ago)
    services.sweep(steps=notebook.steps, queue=lambda ids: queued.extend(ids))
    assert set(queued) == {lost.pk, unheard.pk}
    assert fresh.pk not in queued


def test_sweep_goes_on_where_the_last_worker_died_between_two_steps(notebook):
    queued = []
    factories.AccountFactory()
    run = start(notebook.steps)
    run.steps.first().shards.update(state=WorkState.DONE)
    services.sweep(steps=notebook.steps, queue=lambda ids: queued.extend(ids))
    assert queued == [run.steps.get(name="score").shards.get().pk]


def test_sweep_leaves_a_run_to_the_process_that_drives_it(notebook):
    run = start(notebook.steps)
    Run.objects.update(driven_until=timezone.now() + timedelta(minutes=1))
    RunShard.objects.update(queued_at=None)
    services.sweep(steps=notebook.steps, queue=lambda ids: pytest.fail("swept"))
    assert run.steps.first().shards.get().state == WorkState.WAITING


def test_day_that_is_not_over_is_refused(notebook):
    with pytest.raises(RunRefused):
        start(notebook.steps, as_of=last_full_day() + timedelta(days=1))


@pytest.mark.parametrize(("days", "expected"), [(0, False), (7, False), (8, True)])
def test_run_is_historic_when_older_than_seven_days(notebook, days, expected):
    assert start(notebook.steps, as_of=last_full_day() - timedelta(days=days)).is_historic is expected
