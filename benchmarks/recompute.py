"""Every order fact in one SQL statement over all orders: the yardsticks for PostgreSQL and for DuckDB over Parquet.

The formulas are those of the definitions.
"""

from datetime import date

WINDOWS = {"30d": (0, 30), "90d": (0, 90), "180d": (0, 180), "365d": (0, 365), "prev365d": (365, 730)}
YEAR_AGO = (365, 455)


def statement(table: str, *, as_of: date, is_sale: str, scale: str = "") -> str:
    """``is_sale`` is the condition of a sale; ``scale`` divides whole 1/10,000 where the table counts those."""
    windows = ",\n".join(window_sums(name, *days) for name, days in WINDOWS.items())
    facts = ",\n".join(window_facts(name) for name in WINDOWS)
    age = f"DATE '{as_of}' - ordered_on"
    return f"""
WITH counted AS (
    SELECT account_id, ordered_on, {age} AS age, {is_sale} AS is_sale, amount{scale} AS amount, units{scale} AS units,
        cost_amount{scale} AS cost, costed_amount{scale} AS costed
    FROM {table}
    WHERE ordered_on <= DATE '{as_of}' AND amount <> 0 AND (cancelled_on IS NULL OR cancelled_on > DATE '{as_of}')
), sums AS (
    SELECT account_id, MIN(CASE WHEN is_sale THEN ordered_on END) AS first_order_on,
        MAX(CASE WHEN is_sale THEN ordered_on END) AS last_order_on,
        COALESCE(SUM(amount) FILTER (WHERE age >= {YEAR_AGO[0]} AND age < {YEAR_AGO[1]}), 0) AS revenue_90d_year_ago,
        {windows}
    FROM counted GROUP BY account_id
), days AS (
    SELECT account_id, ordered_on FROM counted WHERE is_sale GROUP BY account_id, ordered_on
), gaps AS (
    SELECT account_id, ordered_on - LAG(ordered_on) OVER (PARTITION BY account_id ORDER BY ordered_on) AS gap FROM days
), rhythm AS (
    SELECT account_id, COUNT(*) AS sale_days, AVG(gap) AS order_gap_mean_days, STDDEV_SAMP(gap) AS order_gap_std_days
    FROM gaps GROUP BY account_id
)
SELECT account_id, first_order_on, DATE '{as_of}' - last_order_on AS days_since_last_order, revenue_90d_year_ago,
    {facts},
    {growth("365d", "revenue_prev365d", 730, as_of)},
    {growth("90d", "revenue_90d_year_ago", 455, as_of)},
    sale_days, order_gap_mean_days, order_gap_std_days
FROM sums LEFT JOIN rhythm USING (account_id)
"""


def window_sums(name: str, start: int, stop: int) -> str:
    inside = f"age >= {start} AND age < {stop}"
    return f"""COUNT(*) FILTER (WHERE is_sale AND {inside}) AS orders_{name},
        COALESCE(SUM(amount) FILTER (WHERE {inside}), 0) AS revenue_{name},
        COALESCE(SUM(units) FILTER (WHERE {inside}), 0) AS units_sum_{name},
        COUNT(*) FILTER (WHERE units IS NULL AND {inside}) AS without_units_{name},
        COALESCE(SUM(amount) FILTER (WHERE is_sale AND {inside}), 0) AS sales_{name},
        COALESCE(SUM(costed) FILTER (WHERE is_sale AND {inside}), 0) AS costed_sales_{name},
        COALESCE(SUM(costed) FILTER (WHERE {inside}), 0) AS costed_{name},
        COALESCE(SUM(cost) FILTER (WHERE {inside}), 0) AS cost_{name}"""


def window_facts(name: str) -> str:
    return f"""orders_{name}, revenue_{name},
        CASE WHEN without_units_{name} = 0 THEN units_sum_{name} END AS units_{name},
        CASE WHEN CASE WHEN sales_{name} > 0 THEN costed_sales_{name} ELSE ABS(costed_{name}) END * 100
            >= CASE WHEN sales_{name} > 0 THEN sales_{name} ELSE ABS(revenue_{name}) END * 95
            THEN costed_{name} - cost_{name} END AS margin_{name}"""


def growth(now: str, earlier: str, age: int, as_of: date) -> str:
    return f"""CASE WHEN {earlier} > 0 AND first_order_on <= DATE '{as_of}' - {age}
        THEN revenue_{now} / {earlier} - 1 END AS revenue_growth_{now}"""
