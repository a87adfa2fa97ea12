"""The list of imports."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tables import Column, Table
from kam.choices import ImportState

TONES = {
    ImportState.MAPPING: "info",
    ImportState.CHECKING: "info",
    ImportState.CHECKED: "info",
    ImportState.WAITING: "info",
    ImportState.RUNNING: "info",
    ImportState.DONE: "ok",
    ImportState.FAILED: "bad",
    ImportState.CANCELLED: "warn",
    ImportState.UNDONE: "warn",
}


def tone_of(job) -> str:
    return TONES[job.state]


class ImportTable(Table):
    columns = (
        Column("file_name", _("File"), href=lambda job: reverse("import_page", args=[job.pk]), ordering="file_name"),
        Column("kind", _("Kind"), ordering="kind"),
        Column("state", _("State"), kind="badge", value="state_text", tone=tone_of, ordering="state"),
        Column("created_at", _("Received"), kind="datetime", ordering="created_at"),
        Column("user", _("By"), value=lambda job: str(job.user) if job.user else str(_("command line")), phone=""),
        Column("read", _("Lines read"), kind="number", value="read_count", ordering="read_count"),
        Column("rejected", _("Rejected"), kind="number", value="rejected_count", ordering="rejected_count"),
        Column("created", _("Created"), kind="number", value="created_count", ordering="created_count"),
        Column("updated", _("Updated"), kind="number", value="updated_count", ordering="updated_count"),
    )
    default_ordering = "-created_at"
