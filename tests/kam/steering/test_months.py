"""Missing month ends made in the background: one at a time, with a lease, cancelled, and going on after a kill."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Standing
from core import sheets, versions
from core.models import FactSheet
from core.sheets import Part
from kam.models import MonthBuild
from kam.steering import services
from kam.steering.months import month_ends, months, progress
from tests import factories

AS_OF = date(2026, 3, 4)


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel("2026-03-05T08:00:00Z", tick=False):
        yield


@pytest.fixture
def hints(monkeypatch) -> list[int]:
    """What was sent to the workers."""
    sent = []
    monkeypatch.setattr(services.app, "send_task", lambda name, args, **more: sent.append(args[0]))
    return sent


@pytest.fixture
def admin(db):
    return factories.UserFactory(role="admin")


@pytest.fixture
def account(db):
    account = factories.AccountFactory()
    factories.OrderFactory(account=account, ordered_on=date(2025, 12, 10), amount=100)
    return account


def asked(admin, days: int = 24) -> list[MonthBuild]:
    services.request_months(as_of=AS_OF, by=admin)
    MonthBuild.objects.exclude(day__in=month_ends(AS_OF, days)).delete()
    return list(MonthBuild.objects.all())


def test_the_last_24_month_ends_are_asked_for_once(admin, hints, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert services.request_months(as_of=AS_OF, by=admin) == 24
    assert services.request_months(as_of=AS_OF, by=admin) == 0
    days = list(MonthBuild.objects.values_list("day", flat=True))
    assert (days[0], days[-1], len(days)) == (date(2026, 2, 28), date(2024, 3, 31), 24)
    assert hints == [MonthBuild.objects.get(day=days[0]).pk]


def test_a_month_is_made_and_marked_as_made_later(admin, account, hints):
    build = asked(admin, 2)[0]
    services.work_on_month(build.pk)
    build.refresh_from_db()
    assert (build.state, build.done_count, build.total_count, build.row_count) == ("done", 1, 1, 1)
    tiers = sheets.read_sheet(build.day, Part.TIER)
    assert list(tiers.index) == [account.pk]
    assert FactSheet.objects.filter(as_of=build.day, part=Part.TIER, is_reconstructed=True).exists()
    known = {month.day: (month.is_kept, month.is_reconstructed) for month in months(AS_OF)}
    assert known[build.day] == (True, True)
    assert known[date(2026, 1, 31)] == (False, False)
    assert hints == [MonthBuild.objects.get(day=date(2026, 1, 31)).pk]


def test_only_one_month_is_made_at_a_time(admin, account, hints):
    first, second = asked(admin, 2)
    assert services.claim(first.pk) is not None
    assert services.claim(first.pk) is None
    assert services.claim(second.pk) is None
    services.queue_months()
    assert hints == []


def test_a_killed_worker_costs_a_lease_and_the_next_goes_on(admin, account, hints):
    build = asked(admin, 1)[0]
    dead = services.claim(build.pk)
    sheets.write_facts(build.day, 0)
    kept = list(FactSheet.objects.values_list("pk", flat=True))
    MonthBuild.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    services.queue_months()
    assert hints == [build.pk]
    services.work_on_month(build.pk)
    build.refresh_from_db()
    assert (build.state, build.attempt) == ("done", 2)
    assert set(kept) <= set(FactSheet.objects.values_list("pk", flat=True))
    with pytest.raises(services.Interrupted):
        services._beat(dead)


def test_cancelling_stops_what_waits_and_what_is_worked_on(admin, account, hints):
    running, waiting = asked(admin, 2)
    claimed = services.claim(running.pk)
    assert services.cancel_months(by=admin) == 1
    waiting.refresh_from_db()
    assert waiting.state == "cancelled"
    with pytest.raises(services.Interrupted):
        services._keep_facts(claimed)
    services._end_if_cancelled(claimed)
    running.refresh_from_db()
    assert running.state == "cancelled"
    assert not sheets.has_sheet(running.day)
    assert services.request_months(as_of=AS_OF, by=admin) == 24


def test_who_may_not_control_runs_any_more_gets_no_month_made(admin, account, hints):
    build = asked(admin, 1)[0]
    admin.role = "manager"
    admin.save()
    services.work_on_month(build.pk)
    build.refresh_from_db()
    assert build.state == "failed"
    assert not sheets.has_sheet(build.day)


@pytest.mark.allow_error_logs
def test_a_month_that_fails_does_not_stop_the_others(admin, account, hints):
    first, second = asked(admin, 2)
    MonthBuild.objects.filter(pk=first.pk).update(configuration={})
    services.work_on_month(first.pk)
    first.refresh_from_db()
    assert first.state == "failed"
    assert "KeyError" in first.message
    assert hints == [second.pk]


def test_the_configuration_is_that_of_the_request(admin, account, hints):
    build = asked(admin, 1)[0]
    assert build.configuration == versions.pin()


def test_progress_counts_whole_months_and_parts():
    rows = [MonthBuild(state="done"), MonthBuild(state="running", done_count=1, total_count=4), MonthBuild()]
    assert progress(rows) == 42
    assert progress([]) == 0


def test_the_page_starts_shows_and_stops_the_work_for_administrators(admin, account, hints, client):
    Standing.objects.create(account=account, as_of=AS_OF, calculated_at=timezone.now())
    client.force_login(admin)
    assert "24 of the last 24 month ends are not kept." in client.get("/tiers/").content.decode()
    client.post("/tiers/months/build/")
    text = client.get("/tiers/months/").content.decode()
    assert 'hx-trigger="every 2s"' in text
    client.post("/tiers/months/cancel/")
    assert "every 2s" not in client.get("/tiers/months/").content.decode()
    client.force_login(factories.UserFactory(role="executive"))
    page = client.get("/tiers/").content.decode()
    assert "An administrator can have them made." in page
    assert client.post("/tiers/months/build/").status_code == 403
