from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AlertState(models.TextChoices):
    OPEN = "open", pgettext_lazy("alert", "Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    CLOSED = "closed", _("Closed")


class Severity(models.TextChoices):
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")


class Disposition(models.TextChoices):
    """What a person found when they looked into an alert."""

    REAL = "real", _("Real")
    FALSE = "false", _("False alarm")
    TOO_EARLY = "too_early", _("Too early")
    HANDLED = "handled", _("Already handled")


class CloseReason(models.TextChoices):
    """Why an alert is closed."""

    PERSON = "person", _("Closed by a colleague")
    QUIET = "quiet", _("The reason has gone")
    RULE_CHANGED = "rule_changed", _("The rule was changed")
    RULE_RETIRED = "rule_retired", _("The rule was retired")
    ACCOUNT_ARCHIVED = "account_archived", _("The account was archived")


class AlertEventKind(models.TextChoices):
    """What happened to an alert."""

    OPENED = "opened", _("Opened")
    ACKNOWLEDGED = "acknowledged", _("Taken on")
    GIVEN_BACK = "given_back", _("Given back")
    ESCALATED = "escalated", _("The manager was told")
    CLOSED = "closed", pgettext_lazy("alert", "Closed")
    REOPENED = "reopened", _("Opened again")
