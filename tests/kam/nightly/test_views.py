"""Pages of the nightly runs: who sees and steers them, what they show, and what their buttons do."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from core.models import ConfigurationVersion
from core.periods import last_full_day
from kam.choices import RunTrigger, WorkState
from kam.models import Run, RunError, RunShard, RunStep
from kam.nightly import schedule
from kam.nightly.page import pin_name
from tests import factories

READERS = {"OWN": 403, "HELP": 403, "TEAM": 403, "MGR": 200, "REG": 200, "EX": 200, "AD": 200}
STEERERS = {"OWN": 403, "MGR": 403, "EX": 403, "AD": 200}


@pytest.fixture
def run(db) -> Run:
    run = Run.objects.create(
        as_of=last_full_day(), state=WorkState.DONE, account_count=7, configuration={"alert_rule": {"order_gap": 1}}
    )
    for position, name in enumerate(("facts", "rfm")):
        step = RunStep.objects.create(run=run, name=name, position=position, state=WorkState.DONE)
        RunShard.objects.create(step=step, number=0, state=WorkState.DONE, row_count=7)
    return run


def add_error(run: Run, account) -> RunError:
    Run.objects.filter(pk=run.pk).update(error_count=run.errors.count() + 1)
    return RunError.objects.create(run=run, step_name="facts", account=account, message="amount beyond all bounds")


@pytest.mark.parametrize(("actor", "status"), READERS.items())
def test_runs_are_read_by_who_may(client, actors, run, actor, status):
    client.force_login(getattr(actors, actor))
    for url in (reverse("run_list"), reverse("run_page", args=[run.pk]), reverse("run_progress", args=[run.pk])):
        assert client.get(url).status_code == status


@pytest.mark.parametrize(("actor", "status"), STEERERS.items())
def test_runs_are_steered_by_who_may(client, actors, run, actor, status):
    client.force_login(getattr(actors, actor))
    assert client.get(reverse("run_start")).status_code == status
    assert client.get(reverse("nightly_schedule")).status_code == status
    for name in ("run_again", "run_cancel", "run_repair"):
        answer = client.post(reverse(name, args=[run.pk]), {})
        assert answer.status_code == (302 if status == 200 else 403)
        Run.objects.active().update(state=WorkState.CANCELLED)


def test_page_of_an_active_run_asks_for_itself(client, actors, run):
    client.force_login(actors.MGR)
    url = reverse("run_progress", args=[run.pk])
    assert f'hx-get="{url}"' not in client.get(url).content.decode()
    Run.objects.update(state=WorkState.RUNNING)
    assert f'hx-get="{url}"' in client.get(url).content.decode()


def test_page_shows_steps_and_versions(client, actors, run):
    client.force_login(actors.AD)
    page = client.get(reverse("run_page", args=[run.pk]))
    assert [(line.percent, line.row_count) for line in page.context["steps"]] == [(100, 7), (100, 7)]
    assert [number for _name, number in page.context["pins"]] == ["version 1"]


def test_progress_counts_the_shards_that_are_done(client, actors, run):
    Run.objects.update(state=WorkState.RUNNING)
    step = run.steps.get(name="rfm")
    RunStep.objects.filter(pk=step.pk).update(state=WorkState.RUNNING)
    RunShard.objects.bulk_create(RunShard(step=step, number=number) for number in (1, 2, 3))
    client.force_login(actors.AD)
    page = client.get(reverse("run_page", args=[run.pk]))
    assert [(line.percent, line.shards) for line in page.context["steps"]] == [(100, ""), (25, "1/4")]
    assert page.context["percent"] == 62


def test_manager_sees_errors_of_own_accounts_and_the_number_of_others(client, actors, run):
    stranger = factories.AccountFactory(owner=actors.OTH, name="Somebody Else Ltd")
    add_error(run, actors.account)
    add_error(run, stranger)
    client.force_login(actors.MGR)
    page = client.get(reverse("run_page", args=[run.pk]))
    assert [error.account for error in page.context["errors"]] == [actors.account]
    assert page.context["hidden_error_count"] == 1
    assert "Somebody Else" not in page.content.decode()


def test_run_now_starts_a_run_of_the_person(client, actors, django_capture_on_commit_callbacks):
    client.force_login(actors.AD)
    answer = client.post(reverse("run_start"), {"as_of": last_full_day().isoformat()})
    run = Run.objects.get()
    assert answer["Location"] == reverse("run_page", args=[run.pk])
    assert (run.trigger, run.requested_by, run.as_of) == (RunTrigger.PERSON, actors.AD, last_full_day())
    again = client.post(reverse("run_start"), {"as_of": last_full_day().isoformat()})
    assert again["Location"] == reverse("run_page", args=[run.pk])
    assert Run.objects.count() == 1


def test_night_that_is_not_over_is_refused_in_the_form(client, actors):
    client.force_login(actors.AD)
    answer = client.post(reverse("run_start"), {"as_of": (last_full_day() + timedelta(days=1)).isoformat()})
    assert answer.status_code == 422
    assert answer.context["form"].errors["as_of"]
    assert not Run.objects.exists()


def test_run_again_keeps_the_versions_unless_told_otherwise(client, actors, run):
    Run.objects.update(configuration={"alert_rule": {"order_gap": 77}})
    client.force_login(actors.AD)
    client.post(reverse("run_again", args=[run.pk]), {})
    same = Run.objects.latest("pk")
    assert same.configuration == {"alert_rule": {"order_gap": 77}}
    Run.objects.active().update(state=WorkState.CANCELLED)
    client.post(reverse("run_again", args=[run.pk]), {"configuration": "current"})
    today = Run.objects.latest("pk")
    assert today.is_current_configuration
    assert today.configuration["alert_rule"]["order_gap"] == 1


def test_repair_is_about_the_accounts_that_failed(client, actors, run):
    add_error(run, actors.account)
    client.force_login(actors.AD)
    client.post(reverse("run_repair", args=[run.pk]))
    assert Run.objects.latest("pk").account_ids == [actors.account.pk]


def test_cancel_ends_a_run_that_nobody_works_on(client, actors, run):
    Run.objects.update(state=WorkState.RUNNING)
    client.force_login(actors.AD)
    client.post(reverse("run_cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == WorkState.CANCELLED


def test_schedule_is_changed_by_the_admin(client, actors):
    client.force_login(actors.AD)
    answer = client.post(reverse("nightly_schedule"), {"at": "03:15", "is_enabled": "on"})
    assert answer["Location"] == reverse("run_list")
    assert schedule.nightly_schedule() == schedule.Schedule(time(3, 15), is_enabled=True)
    assert client.post(reverse("nightly_schedule"), {"at": "25:00"}).status_code == 422


def test_queries_are_the_same_for_few_and_many_runs(client, actors, django_assert_max_num_queries):
    client.force_login(actors.AD)
    counts = []
    for number in (10, 40):
        Run.objects.all().delete()
        for day in range(number):
            Run.objects.create(
                as_of=last_full_day() - timedelta(days=day), state=WorkState.DONE, requested_by=actors.AD
            )
        with django_assert_max_num_queries(8) as captured:
            client.get(reverse("run_list"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_queries_of_a_run_are_the_same_for_few_and_many_errors(client, actors, run, django_assert_max_num_queries):
    client.force_login(actors.AD)
    counts = []
    for number in (5, 20):
        for account in factories.AccountFactory.create_batch(number):
            add_error(run, account)
        with django_assert_max_num_queries(10) as captured:
            client.get(reverse("run_page", args=[run.pk]))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_version_of_a_rule_is_named_by_the_rule():
    rule = ConfigurationVersion(key="order_gap", document={"name": {"en": "Silent longer than usual"}})
    assert pin_name("Alert rules", "order_gap", rule) == "Alert rules: Silent longer than usual"
    assert pin_name("Tier limits", "default", ConfigurationVersion(document={})) == "Tier limits"
