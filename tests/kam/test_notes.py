"""Texts of long work: kept as source and values, read in the language of the reader."""

import pytest
from django.utils import translation

from core.problems import Problem
from kam.models import ImportJob, Run, RunStep
from kam.nightly.page import problem_text
from kam.notes import Note, kept, words
from tests import factories

SPLIT = "The file has more than %(count)s rows. Split it."


def test_a_note_is_read_in_the_language_of_the_reader():
    text = kept([Note(SPLIT) % {"count": 5}])
    assert words(text) == "The file has more than 5 rows. Split it."
    with translation.override("zh-hans"):
        assert words(text) != "The file has more than 5 rows. Split it."
        assert "5" in words(text)


@pytest.mark.parametrize("text", ["", "ValueError: no sense", "5", "{}", '{"text": 1'])
def test_plain_texts_stay_as_they_are(text):
    assert words(text) == text


def test_notes_are_told_one_after_another_and_hold_each_other():
    inner = kept([Note("given up after %(count)s attempts") % {"count": 20}])
    outer = kept([Note("%(step)s: %(reason)s") % {"step": "facts", "reason": inner}, "ValueError:\nbad"])
    assert words(outer) == "facts: given up after 20 attempts ValueError: bad"
    assert words(outer, {"facts": "Facts"}).startswith("Facts: ")


def test_a_fault_of_a_rule_is_told_with_its_key():
    problem = {"rule": "order_gap", "code": "unknown_fact", "subject": "moon"}
    assert problem_text(problem) == f"order_gap: {Problem('unknown_fact', subject='moon')}"


def test_pages_of_runs_and_imports_translate_what_was_kept(actors, client):
    failed = kept([Note("%(step)s: %(reason)s") % {"step": "facts", "reason": "ValueError: x"}])
    run = Run.objects.create(as_of="2026-01-05", state="failed", message=failed)
    faults = [{"rule": "order_gap", "code": "unknown_fact", "subject": "moon"}]
    RunStep.objects.create(run=run, name="alerts", position=0, state="done", result={"problems": faults})
    message = kept([Note(SPLIT) % {"count": 5}])
    job = ImportJob.objects.create(kind="orders", state="failed", user=actors.AD, folder="x", message=message)
    reader = factories.UserFactory(role="admin", language="zh-hans")
    client.force_login(reader)
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "指标：ValueError: x" in page
    assert "order_gap: 没有指标“moon”" in page
    assert "拆分" in client.get(f"/imports/{job.pk}/").content.decode()
