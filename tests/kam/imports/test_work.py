"""What happens between the batches: kills, cancellation, lost rights, two imports at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Account, AccountNumber, Notification
from kam.choices import ImportState
from kam.imports import services, work, writing
from kam.imports.leases import claim
from kam.models import ImportBatch, ImportJob
from kam.notes import words
from sales.models import Order, OrderLine
from tests import factories
from tests.kam.imports.test_orders import HEADER, business_digest

pytestmark = pytest.mark.django_db
MANY = HEADER.replace("\n", ",product_code\n") + "".join(
    f"SO{n:03d},K{n % 9},2026-01-{n % 28 + 1:02d},{n},P{n % 5}\n" for n in range(1, 61)
)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    for limit in ("BATCH_LINES", "BATCH_MAX_LINES"):
        monkeypatch.setattr(writing, limit, 10)
    monkeypatch.setattr(writing.Pace, "learn", lambda self, lines, seconds: None)
    monkeypatch.setattr("kam.imports.work.queue_import", lambda pk: None)
    monkeypatch.setattr("kam.imports.services.queue_import", lambda pk: None)


class Killed(BaseException):
    """Stands for SIGKILL: no handler runs, the row keeps its lease."""


@pytest.fixture
def killed_after(monkeypatch):
    """Kill the work before a batch is committed, once a number of batches was."""

    def arm(batches: int):
        original, seen = writing._commit, []

        def commit(*args):
            if len(seen) == batches:
                raise Killed
            seen.append(1)
            return original(*args)

        monkeypatch.setattr(writing, "_commit", commit)
        return lambda: monkeypatch.setattr(writing, "_commit", original)

    return arm


def start(job: ImportJob) -> None:
    services.start_writing(job=job, is_queued=False)
    work.work_on(job.pk)


def lose_lease(job: ImportJob) -> None:
    ImportJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def contents() -> list:
    """What the business has, without the numbers that rows happen to get."""
    orders = Order.objects.order_by("account__code", "order_number")
    lines = OrderLine.objects.order_by("order__account__code", "order__order_number", "position")
    return [
        list(orders.values_list("account__code", "order_number", "amount", "kind", "ordered_on", "version")),
        list(lines.values_list("order__order_number", "position", "product__code", "amount")),
        list(Account.objects.order_by("code").values_list("code", "name", "created_on")),
    ]


@pytest.mark.parametrize("batches", [0, 1, 3])
def test_a_killed_import_goes_on_where_it_was(checked_import, imports, killed_after, batches):
    job = checked_import(MANY)
    heal = killed_after(batches)
    with pytest.raises(Killed):
        start(job)
    job.refresh_from_db()
    assert job.state == ImportState.RUNNING
    assert job.batches.count() == batches
    work.work_on(job.pk)
    assert job.batches.count() == batches
    heal()
    lose_lease(job)
    work.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.created_count, job.written_count) == (ImportState.DONE, 60, 60)
    resumed = contents()
    Order.objects.all().delete()
    Account.objects.all().delete()
    imports(MANY)
    assert contents() == resumed


def test_who_brought_the_file_is_told_once_that_it_is_done(checked_import):
    job = checked_import(MANY, user=factories.UserFactory(role="admin"))
    start(job)
    told = Notification.objects.get()
    assert (told.user, told.kind, told.url) == (job.user, "import_finished", f"/imports/{job.pk}/")
    assert told.text == f"{job.file_name}: Done"
    work.work_on(job.pk)
    assert Notification.objects.count() == 1


def test_cancel_while_writing_leaves_everything_as_before(checked_import, imports, killed_after):
    imports(MANY.replace(",5,", ",7,").replace("SO00", "OLD"))
    imports("order_number,account_code,ordered_on,amount,product_code\nSO001,K1,2026-01-09,77,P1\n")
    before, counter = business_digest(), list(AccountNumber.objects.values())
    job = checked_import(MANY + "SO999,NEW,2026-01-05,5,P9\n")
    heal = killed_after(4)
    with pytest.raises(Killed):
        start(job)
    assert business_digest() != before
    services.cancel_import(job=job)
    heal()
    lose_lease(job)
    work.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.created_count, job.message) == (ImportState.CANCELLED, 0, "")
    assert business_digest() == before
    assert list(AccountNumber.objects.values()) == counter


def test_cancel_is_seen_by_the_worker_between_two_batches(checked_import, monkeypatch):
    before = business_digest()
    job = checked_import(MANY)
    original = writing._leave_room

    def cancel(seconds):
        if ImportBatch.objects.count() == 2:
            services.cancel_import(job=ImportJob.objects.get(pk=job.pk))
        original(seconds)

    monkeypatch.setattr(writing, "_leave_room", cancel)
    start(job)
    job.refresh_from_db()
    assert job.state == ImportState.CANCELLED
    assert business_digest() == before


def test_what_others_have_worked_on_stays_when_an_import_is_cancelled(checked_import, killed_after):
    job = checked_import(MANY)
    heal = killed_after(3)
    with pytest.raises(Killed):
        start(job)
    touched = Account.objects.order_by("pk").first()
    factories.ContactFactory(account=touched)
    services.cancel_import(job=job)
    heal()
    lose_lease(job)
    work.work_on(job.pk)
    job.refresh_from_db()
    assert list(Account.objects.all()) == [touched]
    assert "1 records stay" in words(job.message)
    assert job.summary["kept"] == [{"name": str(touched), "reason": "used"}]


@pytest.mark.allow_error_logs
def test_an_unexpected_error_takes_everything_back(checked_import, monkeypatch):
    before = business_digest()
    job = checked_import(MANY)
    original = writing._leave_room

    def fail(seconds):
        if ImportBatch.objects.count() == 2:
            raise RuntimeError("disk on fire")
        original(seconds)

    monkeypatch.setattr(writing, "_leave_room", fail)
    start(job)
    job.refresh_from_db()
    assert job.state == ImportState.FAILED
    assert "Nothing was kept" in job.message
    assert business_digest() == before


def test_a_deactivated_user_writes_nothing_more(checked_import, actors):
    job = checked_import(MANY, user=actors.MGR)
    before = business_digest()
    services.start_writing(job=job, is_queued=False)
    actors.MGR.is_active = False
    actors.MGR.save()
    work.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == ImportState.FAILED
    assert business_digest()["sales.Order"] == before["sales.Order"]


def test_rights_are_those_of_the_moment_of_writing(checked_import, actors):
    job = checked_import(HEADER + f"1,{actors.account.code},2026-01-05,5\n", user=actors.HELP)
    assert job.accepted_count == 1
    actors.account.members.filter(user=actors.HELP).delete()
    start(job)
    job.refresh_from_db()
    assert (job.state, job.accepted_count, job.rejected_count) == (ImportState.DONE, 0, 1)
    assert not Order.objects.exists()


def test_only_one_import_writes_at_a_time(checked_import):
    first, second = checked_import(MANY), checked_import(MANY)
    for job in (first, second):
        services.start_writing(job=job, is_queued=False)
    ImportJob.objects.filter(pk=first.pk).update(state=ImportState.RUNNING)
    work.work_on(second.pk)
    second.refresh_from_db()
    assert (second.state, second.lease_until) == (ImportState.WAITING, None)
    work.work_on(first.pk)
    work.work_on(second.pk)
    second.refresh_from_db()
    assert (second.state, second.unchanged_count) == (ImportState.DONE, 60)


def test_an_import_is_claimed_once(checked_import):
    job = checked_import(MANY)
    services.start_writing(job=job, is_queued=False)
    assert claim(job.pk) is not None
    assert claim(job.pk) is None


def test_a_file_that_kills_its_worker_again_and_again_is_undone(checked_import):
    job = checked_import(MANY)
    services.start_writing(job=job, is_queued=False)
    ImportJob.objects.filter(pk=job.pk).update(attempt=5)
    work.work_on(job.pk)
    job.refresh_from_db()
    assert job.state == ImportState.FAILED
    assert not Order.objects.exists()
