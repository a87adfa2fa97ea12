"""Columns chosen once are proposed again: for the same kind and set of headers, one's own choice, else the last one."""

import hashlib

from django.utils import timezone

from kam.imports.headers import squeeze
from kam.models import ImportJob, ImportMapping

REMEMBERED_OPTIONS = ("currency", "date_order", "is_creating_accounts")


def shape_of(headers: list[str]) -> str:
    """The fingerprint of the headers of a file, in whatever order they stand."""
    return hashlib.sha256("\n".join(sorted(map(squeeze, headers))).encode()).hexdigest()


def remember_columns(job: ImportJob) -> None:
    """Keep the columns and choices with which ``job`` is about to be checked, for the next file of this shape."""
    columns = {key: [job.headers[at], job.headers[:at].count(job.headers[at])] for key, at in job.mapping.items()}
    options = {name: job.options[name] for name in REMEMBERED_OPTIONS if name in job.options}
    ImportMapping.objects.update_or_create(
        kind=job.kind,
        shape=shape_of(job.headers),
        user=job.user,
        defaults={"columns": columns, "options": options, "used_at": timezone.now()},
    )


def recall_columns(job: ImportJob) -> ImportMapping | None:
    """What was chosen last time for a file like this: by the same person, else by anybody of the installation."""
    known = ImportMapping.objects.filter(kind=job.kind, shape=shape_of(job.headers)).order_by("-used_at")
    return known.filter(user=job.user).first() or known.first()


def columns_in(remembered: ImportMapping, headers: list[str]) -> dict[str, int]:
    """Field key → column of a file whose headers may stand in another order."""
    places: dict[tuple[str, int], int] = {}
    for index, header in enumerate(map(squeeze, headers)):
        places[header, [squeeze(one) for one in headers[:index]].count(header)] = index
    found = {key: places.get((squeeze(header), nth)) for key, (header, nth) in remembered.columns.items()}
    return {key: index for key, index in found.items() if index is not None}
