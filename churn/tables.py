"""The list of alerts, declared once for page and export."""

from dataclasses import replace
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from churn import explanations
from churn.choices import AlertState, Severity
from churn.models import Alert
from core.access import role_may
from core.periods import business_date
from core.tables import Column, Table

SEVERITY_TONES = {Severity.RED: "bad", Severity.AMBER: "warn"}
STATE_TONES = {AlertState.OPEN: "", AlertState.ACKNOWLEDGED: "info", AlertState.CLOSED: "none"}


def alert_url(alert: Alert) -> str:
    return reverse("churn:alert_page", args=[alert.pk])


def waiting_days(alert: Alert) -> int | None:
    """Days for which nobody has taken an open alert on."""
    return (business_date() - alert.opened_on).days if alert.state == AlertState.OPEN else None


class AlertTable(Table):
    columns = (
        Column("account", _("Account"), value="account.name", href=alert_url, ordering="account__name"),
        Column("tier", _("Tier"), kind="tier", value="account.standing.tier.code", ordering="account__standing__tier"),
        Column("rule", _("Rule"), value="rule_name", ordering="rule_key"),
        Column("reason", _("Reason"), value=explanations.sentence),
        Column(
            "severity", _("Severity"), kind="badge", tone=lambda alert: SEVERITY_TONES[alert.severity], phone="side"
        ),
        Column("state", _("State"), kind="badge", tone=lambda alert: STATE_TONES[alert.state], phone=""),
        Column("opened_on", _("Open since"), kind="date", ordering="opened_on"),
        Column("owner", _("Owner"), value="account.owner", ordering="account__owner__name", phone=""),
        Column(
            "keeper",
            _("Looked after by"),
            value="acknowledged_by",
            ordering="acknowledged_by__name",
            phone="meta",
        ),
        Column("waiting", _("Waits for"), kind="days", value=waiting_days, phone=""),
        Column(
            "revenue_365d",
            _("Orders, 12 months"),
            kind="money",
            value="account.standing.revenue_365d",
            ordering="account__standing__revenue_365d",
            phone="",
        ),
    )
    default_ordering = "-opened_on"


class AlertWorkTable(AlertTable):
    """The list on the page: rows can be picked by who may work on many at once."""

    columns = (
        Column("pick", _("Pick"), value=lambda row: row.pk, template="churn/_pick_cell.html", phone="side"),
        replace(AlertTable.columns[0], phone="title"),
        *AlertTable.columns[1:],
    )

    @cached_property
    def visible_columns(self) -> list[Column]:
        columns = super().visible_columns
        return columns if role_may(self.user, "bulk") else columns[1:]
