"""Small files and an import from end to end, without a worker in between."""

import pytest

from kam.choices import ImportState
from kam.imports import services, work
from kam.models import ImportJob

ORDERS = """order_number,account_code,account_name,ordered_on,product_code,product_name,quantity,unit_price
SO1,K1,Nine Rivers Rail,2026-01-05,P1,Valve,2,10.50
SO1,K1,Nine Rivers Rail,2026-01-06,P2,Pump,1,200
SO2,K2,Old Harbour Works,2026-01-07,P1,Valve,4,10.50
C3,K1,Nine Rivers Rail,2026-01-08,P1,Valve,-1,10.50
"""


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def imports():
    """Import a text from end to end and give back its job."""

    def run(text: str | bytes, *, kind="orders", user=None, name="file.csv", mapping=None, **options) -> ImportJob:
        job = checked(text, kind=kind, user=user, name=name, mapping=mapping, **options)
        if job.state == ImportState.CHECKED:
            services.start_writing(job=job, is_queued=False)
            work.work_on(job.pk)
            job.refresh_from_db()
        return job

    return run


@pytest.fixture
def checked_import():
    """Check a text and stop before anything is written."""
    return checked


def checked(text: str | bytes, *, kind="orders", user=None, name="file.csv", mapping=None, **options) -> ImportJob:
    content = text.encode() if isinstance(text, str) else text
    job = services.receive_file(user=user, kind=kind, name=name, chunks=[content])
    services.start_check(job=job, mapping=job.mapping | (mapping or {}), options=options, is_queued=False)
    work.work_on(job.pk)
    job.refresh_from_db()
    return job
