"""What is told about tiers: how accounts moved since the last month end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import Account, Standing, Tier
from core import sheets
from core.lazy import pd
from core.periods import month_end_before
from core.sheets import Part
from segmentation import tiers


@dataclass(frozen=True)
class Movements:
    """``rows``: an account each (index ``account_id``) with ``before`` and ``after`` (tier codes or None) and
    ``movement``: up, down, same, new or gone. ``since``: the date of the sheet compared with, None without one."""

    since: date | None
    rows: pd.DataFrame

    def between(self) -> dict[tuple[str | None, str | None], int]:
        """How many accounts went from which tier to which."""
        pairs = zip(self.rows["before"], self.rows["after"], strict=True)
        return pd.Series(list(pairs), dtype=object).value_counts().to_dict()


def tier_movements(user, accounts=None) -> Movements:
    """Tier now against the sheet of the last month end, over the accounts ``user`` sees (or those of ``accounts``).

    The accounts come from ``visible_to`` both now and then, so nothing shows of others.
    """
    seen = Account.objects.visible_to(user) if accounts is None else accounts
    standings = Standing.objects.filter(account__in=seen, tier__isnull=False).order_by("account")
    now = list(standings.values_list("account_id", "tier__code", "as_of"))
    since = month_end_before(max(as_of for *_, as_of in now)) if now else None
    if since is None or not sheets.has_sheet(since, Part.TIER):
        return Movements(None, _frame({}, {}))
    then = sheets.read_sheet(since, Part.TIER, ["tier"])
    visible = set(seen.order_by().values_list("pk", flat=True))
    before = {account: tier for account, tier in then["tier"].items() if account in visible}
    return Movements(since, _frame(before, {account: tier for account, tier, _ in now}))


def _frame(before: dict[int, str], after: dict[int, str]) -> pd.DataFrame:
    ranks = dict(Tier.objects.values_list("code", "rank"))
    old, new = pd.Series(before, dtype=object), pd.Series(after, dtype=object)
    frame = pd.DataFrame({"before": old, "after": new}).rename_axis("account_id")
    frame["movement"] = tiers.movement(frame["before"], frame["after"], ranks)
    return frame.where(frame.notna(), None)
