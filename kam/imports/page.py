"""What the page of one import shows in each of its states."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.choices import ImportState
from kam.imports.constants import CONFIDENT_FROM
from kam.imports.forms import LayoutForm, MappingForm
from kam.imports.reasons import text_of
from kam.imports.rejects import column_name, rejects_path
from kam.imports.tables import tone_of
from kam.imports.undoing import KEPT_REASONS
from kam.models import ImportJob
from kam.notes import words

POLL_SECONDS = 2
WHOLE = 100
PARTS = {
    ImportState.MAPPING: "kam/_import_mapping.html",
    ImportState.CHECKED: "kam/_import_preview.html",
    ImportState.CHECKING: "kam/_import_progress.html",
    ImportState.WAITING: "kam/_import_progress.html",
    ImportState.RUNNING: "kam/_import_progress.html",
}
RESULT = "kam/_import_result.html"


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file: its header, some values, the choice of a field, and whether the guess is sure."""

    header: str
    samples: list[str]
    field: object
    is_unsure: bool


@dataclass(frozen=True)
class ReasonLine:
    """Why lines were rejected or worth a warning, how many, and where."""

    text: str
    column: str
    count: int
    examples: str


@dataclass(frozen=True)
class KeptLine:
    """A record that stayed when the import was taken back."""

    name: str
    reason: str


def import_context(job: ImportJob, *, form: MappingForm | None = None) -> dict:
    context = {
        "job": job,
        "message": words(job.message),
        "tone": tone_of(job),
        "part": PARTS.get(job.state, RESULT),
        "poll_seconds": POLL_SECONDS if job.is_at_work else 0,
        "percent": percent_of(job),
        "minutes_left": minutes_left(job),
        "errors": error_lines(job),
        "warnings": warning_lines(job),
        "has_rejects": rejects_path(job).exists(),
        "has_source": job.source.exists(),
        "is_checking": job.state == ImportState.CHECKING,
        "can_undo": job.can_be_undone,
        "kept": kept_lines(job),
    }
    return context | (mapping_context(job, form) if job.state == ImportState.MAPPING else {})


def mapping_context(job: ImportJob, form: MappingForm | None) -> dict:
    form = form or MappingForm(job=job)
    confidence = {job.mapping[key]: sure for key, sure in job.summary["confidence"].items() if key in job.mapping}
    columns = [
        ColumnLine(header, samples, form[f"column_{index}"], confidence.get(index, 1) < CONFIDENT_FROM)
        for index, (header, samples) in enumerate(zip(job.headers, job.summary["samples"], strict=True))
    ]
    options = [form[name] for name in form.fields if not name.startswith("column_")]
    remembered = job.summary.get("remembered")
    return {
        "form": form,
        "columns": columns,
        "options": options,
        "layout_form": LayoutForm(job=job),
        "remembered": remembered and remembered | {"on": datetime.fromisoformat(remembered["on"])},
    }


def percent_of(job: ImportJob) -> int:
    """The share of the objects that are written, or of the batches that are taken back, 0–100."""
    if job.is_undo:
        batches = job.summary.get("undo_batches", 0)
        return WHOLE - WHOLE * job.batches.count() // batches if batches else WHOLE
    if job.state == ImportState.RUNNING and job.object_count:
        return WHOLE * job.written_count // job.object_count
    return 0


def minutes_left(job: ImportJob) -> int | None:
    """Whole minutes that the rest will take at the pace so far; None when nothing tells yet."""
    if job.state != ImportState.RUNNING or job.is_undo or not job.written_count or not job.started_at:
        return None
    elapsed = (timezone.now() - job.started_at).total_seconds()
    rest = elapsed * (job.object_count - job.written_count) / job.written_count
    return round(rest / 60)


def error_lines(job: ImportJob) -> list[ReasonLine]:
    return [
        ReasonLine(text_of(e["reason"]), column_name(job, e["column"]), e["count"], ", ".join(map(str, e["rows"])))
        for e in job.summary.get("errors_by_reason", [])
    ]


def warning_lines(job: ImportJob) -> list[ReasonLine]:
    return [
        ReasonLine(text_of(w["reason"]), "", w["count"], "; ".join(detail for _row, detail in w["examples"] if detail))
        for w in job.summary.get("warnings_by_reason", [])
    ]


def kept_lines(job: ImportJob) -> list[KeptLine]:
    """What stayed when the import was taken back, by name and reason."""
    return [
        KeptLine(one["name"] or str(_("(hidden)")), str(KEPT_REASONS[one["reason"]]))
        for one in job.summary.get("kept", [])
    ]
