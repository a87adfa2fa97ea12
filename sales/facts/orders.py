"""Facts on orders: windows, first and last, rhythm, tenure, comparisons with a year before."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.facts import Direction, Fact, FactKind, Scope
from core.lazy import pd
from sales import gaps, windows
from sales.facts.order_sums import order_sums

ORDERS = "sales.Order"


def compute_orders(scope: Scope) -> pd.DataFrame:
    """Facts on orders: sums by window, first and last order, comparisons with a year before."""
    return windows.order_facts(scope.once(order_sums).bands, scope.as_of)


def compute_rhythm(scope: Scope) -> pd.DataFrame:
    """Number of sale days and the gaps between them, over all time up to the day."""
    return gaps.gap_facts(scope.once(order_sums).rhythm)


def compute_tenure(scope: Scope) -> pd.DataFrame:
    """Days since the start of cooperation or the first sale, whichever was first."""
    started = scope.rows_of(Account.objects.filter(cooperation_started_on__lte=scope.as_of), "pk")
    rows = started.values_list("pk", "cooperation_started_on")
    starts = scope.frame(rows, ["account_id", "start"], dates=["start"]).set_index("account_id")["start"]
    sales = scope.once(order_sums).bands.groupby("account_id")["first_sale"].min().dropna()
    first = pd.concat([starts, sales]).groupby(level=0).min()
    return pd.DataFrame({"tenure_days": (pd.Timestamp(scope.as_of) - first).dt.days})


def first_orders(scope: Scope) -> pd.Series:
    """The first order of each account, cancelled and empty ones included."""
    return scope.once(order_sums).first_days


def window_name(key: str):
    """The window in words: "in 90 days", "in the 365 days before the last 365"."""
    if key == "prev365d":
        return _("in the 365 days before the last 365")
    return format_lazy(_("in {days} days"), days=key.removesuffix("d"))


def window_facts(window: str) -> tuple[Fact, ...]:
    """The four facts of one window."""
    start, stop = windows.WINDOWS[window]
    days = f"the days d with D−{stop} < d ≤ D" + (f"−{start}" if start else "")
    words = window_name(window)
    return (
        Fact(
            key=f"orders_{window}",
            label=format_lazy(_("Orders {window}"), window=words),
            kind=FactKind.COUNT,
            unit="orders",
            direction=Direction.HIGHER,
            description=f"Sales with an amount above 0 on {days}.",
            source=ORDERS,
        ),
        Fact(
            key=f"revenue_{window}",
            label=format_lazy(_("Revenue {window}"), window=words),
            kind=FactKind.AMOUNT,
            unit="base currency",
            direction=Direction.HIGHER,
            description=f"Σ amount of sales and returns on {days}; may be negative.",
            source=ORDERS,
        ),
        Fact(
            key=f"units_{window}",
            label=format_lazy(_("Units {window}"), window=words),
            kind=FactKind.QUANTITY,
            unit="units",
            direction=Direction.HIGHER,
            description=f"Σ quantity over the lines of sales and returns on {days}, returns negative; null if any "
            "counted order of the window has no lines.",
            source=ORDERS,
        ),
        Fact(
            key=f"margin_{window}",
            label=format_lazy(_("Margin {window}"), window=words),
            kind=FactKind.AMOUNT,
            unit="base currency",
            direction=Direction.HIGHER,
            description=f"Σ (amount − cost) over the lines with cost on {days}; null unless they cover 95 % of the "
            "window's sales amount.",
            is_sensitive=True,
            source=ORDERS,
        ),
    )


def growth_fact(key: str, label: str, formula: str, first_day: str) -> Fact:
    return Fact(
        key=key,
        label=label,
        kind=FactKind.RATE,
        direction=Direction.HIGHER,
        description=f"{formula}; null if the earlier revenue is 0 or less, or if the account's first order is not "
        f"before {first_day}: the earlier window would not be wholly after it.",
        source=ORDERS,
    )


ORDER_FACTS = (
    *(fact for window in windows.WINDOWS for fact in window_facts(window)),
    Fact(
        key="revenue_90d_year_ago",
        label=_("Revenue in the same 90 days a year ago"),
        kind=FactKind.AMOUNT,
        unit="base currency",
        direction=Direction.HIGHER,
        description="Σ amount of sales and returns on the days d with D−455 < d ≤ D−365; 0 where there were none. "
        "Compare it through revenue_growth_90d, which is null while the window reaches before the first order.",
        source=ORDERS,
    ),
    growth_fact("revenue_growth_365d", _("Revenue growth in 365 days"), "revenue_365d / revenue_prev365d − 1", "D−729"),
    growth_fact(
        "revenue_growth_90d",
        _("Revenue growth in 90 days against a year ago"),
        "revenue_90d / revenue_90d_year_ago − 1",
        "D−454",
    ),
    Fact(
        key="first_order_on",
        label=_("First order"),
        kind=FactKind.DATE,
        description="Day of the first sale; null without one.",
        source=ORDERS,
    ),
    Fact(
        key="days_since_last_order",
        label=_("Days since the last order"),
        kind=FactKind.DAYS,
        unit="days",
        direction=Direction.LOWER,
        description="D − day of the last sale; null without one.",
        source=ORDERS,
    ),
)
RHYTHM_FACTS = (
    Fact(
        key="sale_days",
        label=_("Days with a sale"),
        kind=FactKind.COUNT,
        unit="days",
        direction=Direction.HIGHER,
        description="Distinct days with a sale, of all time up to D.",
        source=ORDERS,
    ),
    Fact(
        key="order_gap_mean_days",
        label=_("Usual gap between orders"),
        kind=FactKind.AVERAGE,
        unit="days",
        direction=Direction.LOWER,
        description="(last − first) / (k − 1) over the k distinct sale days of all time up to D; null below two.",
        source=ORDERS,
    ),
    Fact(
        key="order_gap_std_days",
        label=_("Spread of the gap between orders"),
        kind=FactKind.AVERAGE,
        unit="days",
        direction=Direction.LOWER,
        description="Sample deviation (ddof 1) of the k − 1 gaps between distinct sale days; null below three.",
        source=ORDERS,
    ),
)
TENURE_FACTS = (
    Fact(
        key="tenure_days",
        label=_("Days of cooperation"),
        kind=FactKind.DAYS,
        unit="days",
        direction=Direction.HIGHER,
        description="D − the first of start of cooperation and first sale, of those dated up to D; null without.",
        source=f"accounts.Account, {ORDERS}",
    ),
)
