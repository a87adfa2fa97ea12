"""`/metrics`: figures about the work, for administrators and for who names the token."""

import pytest
from django.utils import timezone

from core.periods import last_full_day
from kam.choices import ImportKind, ImportState, WorkState
from kam.models import ImportJob, Run, RunShard, RunStep, Sweep
from tests import factories

TOKEN = "a-token-of-the-settings"


@pytest.fixture
def admin(client, db):
    client.force_login(factories.UserFactory(role="admin"))
    return client


def values(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def test_figures_tell_how_the_work_stands(admin):
    run = Run.objects.create(as_of=last_full_day(), state=WorkState.DONE, finished_at=timezone.now())
    step = RunStep.objects.create(run=run, name="facts", position=0)
    for number, state in enumerate([WorkState.FAILED, WorkState.WAITING, WorkState.WAITING, WorkState.DONE]):
        RunShard.objects.create(step=step, number=number, state=state)
    ImportJob.objects.create(kind=ImportKind.ORDERS, state=ImportState.CHECKING, folder="a")
    ImportJob.objects.create(kind=ImportKind.ORDERS, state=ImportState.DONE, folder="b")
    Sweep.objects.create(name="nightly")
    found = values(admin.get("/metrics").content.decode())
    assert found["kam_failed_shards"] == 1
    assert found["kam_waiting_shards"] == 2
    assert found["kam_open_imports"] == 1
    assert 0 <= found["kam_last_night_age_seconds"] < 60
    assert 0 <= found["kam_queue_age_seconds"] < 60
    assert found['kam_check_ok{check="database"}'] == 1
    assert 'kam_info{version="' in "".join(found)


def test_requests_are_counted_by_route_and_not_by_address(admin):
    account = factories.AccountFactory(name="Nine Rivers Rail")
    admin.get(f"/accounts/{account.pk}/")
    admin.get("/no-such-page-of-nine-rivers/")
    text = admin.get("/metrics").content.decode()
    found = values(text)
    assert found['kam_requests_total{method="GET",route="account_page",status="200"}'] >= 1
    assert found['kam_request_seconds_count{route="account_page"}'] >= 1
    assert "ine" + " Rivers" not in text
    assert "nine-rivers" not in text


def test_token_of_the_settings_opens_it_and_no_other(client, db, settings):
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    for wrong in ("Bearer ", "Bearer other", TOKEN, f"bearer {TOKEN}"):
        assert client.get("/metrics", headers={"authorization": wrong}).status_code == 302
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 302


@pytest.mark.parametrize(("role", "code"), [("rep", 403), ("manager", 403), ("executive", 403), ("admin", 200)])
def test_row_of_the_table_decides_for_who_is_signed_in(client, db, role, code):
    client.force_login(factories.UserFactory(role=role))
    assert client.get("/metrics").status_code == code
