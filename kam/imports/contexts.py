"""What an import's stored choices mean to the code that reads and writes."""

from pathlib import Path

from django.conf import settings

from core.periods import business_zone
from kam.imports.fields import ParseOptions
from kam.imports.kinds.base import Context
from kam.imports.permissions import importer_of
from kam.imports.readers import Layout
from kam.models import ImportJob


def layout_of(job: ImportJob) -> Layout:
    return Layout(**(job.layout | {"sheets": tuple(job.layout.get("sheets", ()))}))


def context_of(job: ImportJob) -> Context:
    """The importer with the rights of this moment, and the choices made for the file."""
    return Context(
        user=importer_of(job),
        is_creating_accounts=job.options.get("is_creating_accounts", True),
        currency=job.options.get("currency") or settings.BASE_CURRENCY,
        mapped=frozenset(job.mapping),
    )


def parse_options(job: ImportJob) -> ParseOptions:
    return ParseOptions(zone=business_zone(), date_order=job.options.get("date_order", ""))


def stage_path(job: ImportJob) -> Path:
    return job.path / "stage.sqlite3"
