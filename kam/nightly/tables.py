"""The list of nightly runs."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tables import Column, Table
from kam.choices import WorkState
from kam.models import Run

TONES = {
    WorkState.WAITING: "info",
    WorkState.RUNNING: "info",
    WorkState.DONE: "ok",
    WorkState.FAILED: "bad",
    WorkState.CANCELLED: "warn",
}


def tone_of(record) -> str:
    """The colour of the state of a run, a step or a shard."""
    return TONES[record.state]


def seconds_of(record) -> float | None:
    """How long a run or a step took; None before its end."""
    if not (record.started_at and record.finished_at):
        return None
    return round((record.finished_at - record.started_at).total_seconds(), 1)


def starter_of(run: Run) -> str:
    """Who started a run: a colleague's name, or the schedule or command line."""
    return str(run.requested_by) if run.requested_by else run.get_trigger_display()


class RunTable(Table):
    columns = (
        Column("as_of", _("As of"), kind="date", ordering="as_of", href=lambda run: reverse("run_page", args=[run.pk])),
        Column("state", _("State"), kind="badge", tone=tone_of, ordering="state"),
        Column("started_at", _("Started"), kind="datetime", ordering="started_at"),
        Column("seconds", _("Seconds"), kind="number", value=seconds_of),
        Column("accounts", _("Accounts"), kind="number", value="account_count", ordering="account_count"),
        Column("errors", _("Errors"), kind="number", value="error_count", ordering="error_count"),
        Column("started_by", _("Started by"), value=starter_of, phone=""),
        Column("historic", _("Historic"), kind="bool", value="is_historic", phone=""),
    )
