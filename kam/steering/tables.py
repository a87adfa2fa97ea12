"""The tiers, and who moved between them, as files."""

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
MOVE_COLUMNS = (
    Column("code", _("Code"), value="account.code"),
    Column("account", _("Account"), value="account.name"),
    Column("before", _("Tier then"), value="tier_before"),
    Column("after", _("Tier now"), value="tier_after"),
    Column("moved_on", _("Since"), kind="date"),
    Column("score_before", _("Score then"), kind="score"),
    Column("score_after", _("Score now"), kind="score"),
    Column("revenue", _("Revenue 12 months"), kind="amount"),
    Column("owner", _("Owner"), value="account.owner"),
    Column("why", _("Why")),
)
