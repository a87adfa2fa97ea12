from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EntryKind(models.TextChoices):
    """What an entry of the points ledger does to the balances of a wallet."""

    EARN = "earn", _("Earned")
    PENDING = "pending", _("Earned, waiting for payment")
    ACTIVATE = "activate", _("Payment received")
    HOLD = "hold", _("Set aside for a redemption")
    COMMIT = "commit", _("Redeemed")
    RELEASE = "release", _("Given back")
    REVERSE = "reverse", _("Reversed")
    EXPIRE = "expire", _("Expired")
    ADJUST = "adjust", pgettext_lazy("points", "Corrected")


class RewardKind(models.TextChoices):
    GIFT = "gift", _("Gift")
    SERVICE = "service", _("Service")


class StockKind(models.TextChoices):
    """Why the stock of a reward changed."""

    RECEIVED = "received", pgettext_lazy("stock", "Received")
    COUNTED = "counted", pgettext_lazy("stock", "Counted")
    REDEEMED = "redeemed", pgettext_lazy("stock", "Set aside")
    RETURNED = "returned", pgettext_lazy("stock", "Came back")


class RedemptionState(models.TextChoices):
    """How far a wish for a reward has come."""

    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    FULFILLED = "fulfilled", _("Handed over")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Withdrawn")


class CorrectionState(models.TextChoices):
    """Whether a second person has looked at a correction."""

    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")
