"""The tiers as a file."""

from django.utils.translation import gettext_lazy as _

from core.tables import Column

TIER_COLUMNS = (
    Column("tier", _("Tier"), value="tier.code"),
    Column("name", _("Name"), value="tier.label"),
    Column("count", _("Accounts"), kind="number"),
    Column("revenue", _("Revenue 12 months"), kind="amount"),
    Column("share", _("Share"), kind="percent"),
    Column("came", _("In"), kind="number"),
    Column("went", _("Out"), kind="number"),
)
