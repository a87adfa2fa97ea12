"""Orders counted and added in windows of days: pure calculation on sums by age.

Orders are added in the database by *band* of age (days between the order and the date asked about); the bands are
disjoint and every window is a row of bands, so one pass over the orders serves all windows exactly.
"""

from __future__ import annotations

from datetime import date

from core.lazy import pd

BAND_STARTS = (0, 30, 90, 180, 365, 455, 730)
"""Age in days at which each band begins; the last one is open."""

WINDOWS = {"30d": (0, 30), "90d": (0, 90), "180d": (0, 180), "365d": (0, 365), "prev365d": (365, 730)}
"""Name of a window → ages from (inclusive) to (exclusive): ``_Nd`` holds the days d with D−N < d ≤ D."""

YEAR_AGO = (365, 455)
COST_COVER = 95
"""Percent of the sales amount that lines with cost must cover for a margin to be stated."""

TEN_THOUSAND = 10_000


def in_window(bands: pd.DataFrame, window: tuple[int, int], accounts: pd.Index) -> pd.DataFrame:
    """The sums of one window by account, 0 where an account has no order in it."""
    start, stop = window
    inside = bands[(bands["band"] >= start) & (bands["band"] < stop)]
    numbers = inside.drop(columns=["band", "first_sale", "last_sale"])
    return numbers.groupby("account_id").sum().reindex(accounts, fill_value=0)


def units(sums: pd.DataFrame) -> pd.Series:
    """Σ quantity over the lines of sales and returns; null if any order of the window has no lines."""
    return (sums["units"] / TEN_THOUSAND).where(sums["orders_without_units"] == 0)


def margin(sums: pd.DataFrame) -> pd.Series:
    """Σ (amount − cost) over the lines with cost; null unless they cover 95 % of the window's sales amount.

    In a window of returns alone they have to cover 95 % of what was returned.
    """
    has_sales = sums["sales_amount"] > 0
    covered = sums["costed_sales"].where(has_sales, sums["costed"].abs())
    needed = sums["sales_amount"].where(has_sales, sums["revenue"].abs())
    return ((sums["costed"] - sums["cost"]) / TEN_THOUSAND).where(covered * 100 >= needed * COST_COVER)


def growth(
    now: pd.Series, earlier: pd.Series, *, first_order_on: pd.Series, window: tuple[int, int], as_of: date
) -> pd.Series:
    """now / earlier − 1, a rate; null if ``earlier`` ≤ 0 or its window is not wholly after the first order.

    Wholly after: the first order lies before the first day of the earlier window. An account's first order is never
    before the installation's, so this one test covers both. Rounded to 12 places, to say −0.3 where it is −0.3.
    """
    is_comparable = first_order_on <= pd.Timestamp(as_of) - pd.Timedelta(days=window[1])
    return (now / earlier.where((earlier > 0) & is_comparable) - 1).round(12)


def order_facts(bands: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Every fact that sums of orders give, by account.

    ``bands`` has a row per account and band: ``account_id``, ``band`` (its start), ``orders``, ``orders_without_units``
    (counts), ``revenue``, ``sales_amount``, ``units``, ``costed``, ``costed_sales``, ``cost`` (whole 1/10,000),
    ``first_sale``, ``last_sale`` (dates or NaT).
    """
    by_account = bands.groupby("account_id")
    first, last = by_account["first_sale"].min(), by_account["last_sale"].max()
    result = pd.DataFrame({"first_order_on": first, "days_since_last_order": (pd.Timestamp(as_of) - last).dt.days})
    for name, window in WINDOWS.items():
        sums = in_window(bands, window, result.index)
        result[f"orders_{name}"] = sums["orders"]
        result[f"revenue_{name}"] = sums["revenue"] / TEN_THOUSAND
        result[f"units_{name}"] = units(sums)
        result[f"margin_{name}"] = margin(sums)
    result["revenue_90d_year_ago"] = in_window(bands, YEAR_AGO, result.index)["revenue"] / TEN_THOUSAND
    return result.assign(**growths(result, as_of))


def growths(result: pd.DataFrame, as_of: date) -> dict[str, pd.Series]:
    """The two comparisons of revenue with a year before."""
    pairs = {
        "revenue_growth_365d": ("revenue_365d", "revenue_prev365d", WINDOWS["prev365d"]),
        "revenue_growth_90d": ("revenue_90d", "revenue_90d_year_ago", YEAR_AGO),
    }
    return {
        key: growth(result[now], result[earlier], first_order_on=result["first_order_on"], window=window, as_of=as_of)
        for key, (now, earlier, window) in pairs.items()
    }
