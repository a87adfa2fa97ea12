"""Files of imports are kept for ninety days after their end; what the import came to stays."""

import os
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kam.choices import ImportState
from kam.imports.constants import KEPT_DAYS, STRAY_SECONDS
from kam.imports.rejects import rejects_path
from kam.imports.retention import purge_files
from kam.models import ImportJob
from kam.models.imports import imports_folder
from kam.notes import words
from tests.kam.imports.conftest import ORDERS

pytestmark = pytest.mark.django_db
BAD = ORDERS.replace("10.50", "dear", 1)


def age(job: ImportJob, *, days: int, **values) -> None:
    """Make ``job`` as old as that, and its folder as well."""
    then = timezone.now() - timedelta(days=days)
    ended = {"finished_at": then} if job.is_finished else {}
    ImportJob.objects.filter(pk=job.pk).update(created_at=then, **ended | values)
    os.utime(job.path, (then.timestamp(), then.timestamp()))


def test_files_leave_after_their_time_and_the_figures_stay(imports, client, actors):
    old, young = imports(BAD, user=actors.AD), imports(ORDERS, user=actors.AD)
    assert rejects_path(old).exists()
    age(old, days=KEPT_DAYS + 1)
    age(young, days=KEPT_DAYS - 1)
    assert purge_files() == 1
    assert (old.path.exists(), young.source.exists()) == (False, True)
    assert ImportJob.objects.get(pk=old.pk).read_count == old.read_count == 4
    client.force_login(actors.AD)
    page = client.get(reverse("import_page", args=[old.pk]))
    assert page.status_code == 200
    assert reverse("import_source", args=[old.pk]) not in page.text
    assert client.get(reverse("import_source", args=[old.pk])).status_code == 404
    assert purge_files() == 0


def test_an_import_that_ended_lately_keeps_its_files_however_early_it_was_brought(imports):
    job = imports(ORDERS)
    age(job, days=KEPT_DAYS + 1, finished_at=timezone.now())
    assert purge_files() == 0
    assert job.source.exists()


def test_an_import_at_work_keeps_its_files(checked_import):
    job = checked_import(ORDERS)
    age(job, days=KEPT_DAYS + 1, state=ImportState.WAITING)
    assert purge_files() == 0


def test_an_import_that_nobody_starts_is_ended(checked_import):
    job = checked_import(ORDERS)
    age(job, days=KEPT_DAYS + 1)
    purge_files()
    job.refresh_from_db()
    assert job.state == ImportState.CANCELLED
    assert "90 days" in words(job.message)


def test_a_folder_without_an_import_leaves_once_no_upload_can_be_behind_it():
    stray, fresh = imports_folder() / "stray", imports_folder() / "fresh"
    for folder in (stray, fresh):
        folder.mkdir(parents=True)
    before = timezone.now().timestamp() - STRAY_SECONDS - 1
    os.utime(stray, (before, before))
    assert purge_files() == 1
    assert (stray.exists(), fresh.exists()) == (False, True)
