from datetime import date

import pytest

from kam.models import Run, RunStep
from tests.api import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    run = Run.objects.create(as_of=date(2026, 1, 5), state="done")
    RunStep.objects.create(run=run, name="facts", position=1, state="done", row_count=3)
    return run


@pytest.mark.parametrize(("actor", "status"), {"OWN": 403, "HELP": 403, "MGR": 200, "EX": 200, "AD": 200}.items())
def test_runs_are_read_by_managers_executives_and_administrators(actors, run, actor, status):
    client = client_for(getattr(actors, actor))
    assert client.get("/api/v1/runs/").status_code == status
    assert client.get(f"/api/v1/runs/{run.pk}/").status_code == status


def test_run_names_its_steps(actors, run):
    content = client_for(actors.AD).get(f"/api/v1/runs/{run.pk}/").json()
    assert (content["as_of"], content["state"]) == ("2026-01-05", "done")
    assert [(step["name"], step["row_count"]) for step in content["steps"]] == [("facts", 3)]
