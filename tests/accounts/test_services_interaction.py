"""Interactions: noted once, planned, moved, locked after a week."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from accounts.models import Contact, Interaction, Task
from accounts.services import (
    NextStep,
    Promise,
    Report,
    cancel_interaction,
    create_task,
    log_interaction,
    plan_interaction,
    reopen_interaction,
    reschedule_interaction,
    update_interaction,
)
from accounts.services.errors import AccountsError, LockedError, StateError
from core.editing import StaleError
from core.idempotency import KeyReusedError
from core.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.usefixtures("noon")
WRITERS = ("OWN", "HELP", "MGR", "REG", "AD")


@pytest.fixture
def noon(time_machine):
    time_machine.move_to("2026-05-12 12:00Z")


def log(actors, by=None, **values):
    uuid = values.pop("uuid", None) or uuid4()
    report = Report(**{"account": actors.account, "kind": "visit"} | values)
    return log_interaction(by=by or actors.OWN, uuid=uuid, report=report)


def plan(actors, **values):
    moment = datetime(2026, 5, 12, 10, tzinfo=UTC)
    return plan_interaction(
        **{"by": actors.OWN, "account": actors.account, "kind": "visit", "happened_at": moment} | values
    )


@pytest.mark.parametrize("actor", ["OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX", "AD"])
def test_log_follows_the_table(actors, actor):
    by = getattr(actors, actor)
    if actor in WRITERS:
        assert log(actors, by)[0].owner == by
    else:
        with pytest.raises(PermissionDenied):
            log(actors, by)
    assert Interaction.objects.count() == (actor in WRITERS)


def test_log_writes_people_promise_and_next_step(actors):
    known = factories.ContactFactory(account=actors.account)
    interaction, is_new = log(
        actors,
        contacts=[known],
        colleagues=[actors.HELP],
        new_names=["Ingrid Solheim", " "],
        texts={"mood": "warm", "result": "Trial went well."},
        next_step=NextStep(date(2026, 5, 26), "Bring the trial quote"),
        promise=Promise("Send the test report", date(2026, 5, 20)),
    )
    assert is_new
    assert (interaction.happened_on, interaction.state, interaction.mood) == (date(2026, 5, 12), "done", "warm")
    assert set(interaction.contacts.values_list("name", flat=True)) == {known.name, "Ingrid Solheim"}
    assert list(interaction.colleagues.all()) == [actors.HELP]
    following = Interaction.objects.planned().get()
    assert (following.kind, following.happened_on, following.purpose) == (
        "visit",
        date(2026, 5, 26),
        "Bring the trial quote",
    )
    assert following.follows == interaction
    assert following.contacts.count() == 2
    task = Task.objects.get()
    assert (task.kind, task.title, task.due_on) == ("promise_ours", "Send the test report", date(2026, 5, 20))
    assert (task.interaction, task.assignee) == (interaction, actors.OWN)


def test_next_step_may_be_a_task(actors):
    log(actors, next_step=NextStep(date(2026, 5, 26), "Renewal draft", "task"))
    assert Task.objects.get().title == "Renewal draft"
    assert not Interaction.objects.planned().exists()


def test_the_same_report_twice_is_one_interaction(actors):
    uuid = uuid4()
    values = {"uuid": uuid, "new_names": ["Ingrid"], "next_step": NextStep(date(2026, 5, 26))}
    first, is_first_new = log(actors, **values)
    again, is_again_new = log(actors, **values)
    assert (first, is_first_new) == (again, True)
    assert not is_again_new
    assert (Interaction.objects.count(), Contact.objects.count()) == (2, 1)
    with pytest.raises(KeyReusedError):
        log(actors, **values | {"texts": {"result": "something else"}})
    other, is_new = log(actors, by=actors.HELP, **values)
    assert is_new
    assert other != first


def test_a_refused_report_leaves_nothing_and_its_uuid_free(actors):
    uuid = uuid4()
    stranger = factories.ContactFactory()
    with pytest.raises(AccountsError):
        log(actors, uuid=uuid, contacts=[stranger], new_names=["Ingrid"])
    assert not Interaction.objects.exists()
    assert not Contact.objects.exclude(pk=stranger.pk).exists()
    assert log(actors, uuid=uuid)[1]


@pytest.mark.django_db(transaction=True)
def test_a_double_click_in_parallel_makes_one_interaction(actors):
    uuid = uuid4()

    def click(_):
        try:
            return log(actors, uuid=uuid)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(click, range(8)))
    assert Interaction.objects.count() == 1
    assert sum(is_new for _interaction, is_new in results) == 1


def test_log_fulfils_its_plan_and_task(actors):
    planned = plan(actors, purpose="Offer")
    task = create_task(by=actors.OWN, account=actors.account, title="Visit", due_on=date(2026, 5, 12))
    interaction, _ = log(actors, by=actors.HELP, plan=planned, task=task, texts={"mood": "tense"})
    assert interaction == planned
    assert (interaction.state, interaction.purpose, interaction.owner) == ("done", "Offer", actors.HELP)
    task.refresh_from_db()
    assert task.state == "done"


def test_log_of_a_plan_done_meanwhile_is_kept_beside_it(actors):
    planned = plan(actors)
    log(actors, plan=planned)
    second, is_new = log(actors, by=actors.HELP, plan=planned, texts={"result": "also there"})
    assert is_new
    assert second != planned
    assert Interaction.objects.done().count() == 2


def test_a_day_to_come_is_planned_not_logged(actors):
    with pytest.raises(AccountsError):
        log(actors, happened_at=datetime(2026, 5, 13, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-05-11T15:30:00+00:00", "UTC", date(2026, 5, 11)),
        ("2026-05-11T16:30:00+00:00", "Asia/Shanghai", date(2026, 5, 12)),
        ("2026-05-12T03:30:00+00:00", "America/New_York", date(2026, 5, 11)),
    ],
)
def test_the_business_zone_decides_the_day(actors, settings, moment, zone, day):
    settings.BUSINESS_TIME_ZONE = zone
    assert log(actors, happened_at=datetime.fromisoformat(moment))[0].happened_on == day


def test_correcting_a_stale_interaction_is_refused(actors):
    interaction, _ = log(actors)
    update_interaction(interaction=interaction, by=actors.HELP, version=1, changes={"result": "theirs"})
    with pytest.raises(StaleError):
        update_interaction(interaction=interaction, by=actors.OWN, version=1, changes={"result": "mine"})
    assert Interaction.objects.get().result == "theirs"


def test_a_correction_moves_the_business_day_and_the_people(actors):
    interaction, _ = log(actors)
    person = factories.ContactFactory(account=actors.account)
    changes = {"happened_at": datetime(2026, 5, 9, 8, tzinfo=UTC), "contacts": [person]}
    update_interaction(interaction=interaction, by=actors.OWN, version=1, changes=changes)
    interaction = Interaction.objects.get()
    assert (interaction.happened_on, list(interaction.contacts.all())) == (date(2026, 5, 9), [person])


def test_after_a_week_only_a_manager_with_a_reason_changes_it(actors, time_machine):
    interaction, _ = log(actors)
    time_machine.move_to("2026-05-19 12:00Z")
    update_interaction(interaction=interaction, by=actors.OWN, version=1, changes={"result": "late"})
    time_machine.move_to("2026-05-20 12:00Z")
    correction = {"interaction": interaction, "version": 2, "changes": {"result": "too late"}}
    for actor in (actors.OWN, actors.HELP):
        with pytest.raises(PermissionDenied):
            update_interaction(by=actor, **correction)
    with pytest.raises(LockedError):
        update_interaction(by=actors.MGR, **correction)
    late = AuditEntry.objects.filter(action="interaction.change_after_lock")
    assert not late.exists()
    update_interaction(by=actors.MGR, reason="Wrong account noted", **correction)
    entry = late.get()
    assert entry.user == actors.MGR
    assert entry.details == {"reason": "Wrong account noted", "fields": ["result"]}


def test_a_plan_moves_and_is_called_off_with_undo(actors):
    planned = plan(actors)
    reschedule_interaction(interaction=planned, by=actors.OWN, happened_at=datetime(2026, 5, 14, 8, tzinfo=UTC))
    assert planned.happened_on == date(2026, 5, 14)
    former = cancel_interaction(interaction=planned, by=actors.OWN)
    assert (former, planned.state) == ("planned", "cancelled")
    with pytest.raises(StateError):
        reschedule_interaction(interaction=planned, by=actors.OWN, happened_at=planned.happened_at)
    reopen_interaction(interaction=planned, by=actors.OWN, state=former)
    assert Interaction.objects.planned().get() == planned
