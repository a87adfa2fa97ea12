"""What an import's stored choices mean to the code that reads and writes."""

from pathlib import Path

from django.conf import settings

from core.periods import business_zone
from kam.imports.fields import ParseOptions
from kam.imports.kinds.base import Context
from kam.imports.permissions import importer_of
from kam.imports.readers import Layout
from kam.models import ImportJob
from users.choices import Role
from users.models import User


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


def undo_context_of(job: ImportJob) -> Context:
    """Who takes an import back, with the rights of this moment: the person who asked, else the installation itself."""
    asked = User.objects.select_related("team").get(pk=job.undone_by_id) if job.undone_by_id else None
    return Context(user=asked or User(role=Role.ADMIN))


def parse_options(job: ImportJob) -> ParseOptions:
    return ParseOptions(zone=business_zone(), date_order=job.options.get("date_order", ""))


def stage_path(job: ImportJob) -> Path:
    return job.path / "stage.sqlite3"
