"""The facts on orders against one statement over all orders, and against DuckDB over Parquet."""

import duckdb
import numpy as np
import pandas as pd
from django.db import connection

from benchmarks.bench_set import BenchSet, without_time_limit
from benchmarks.measuring import Line, Reached, Sense, in_turn
from benchmarks.recompute import statement
from core import facts
from core.facts import Scope
from core.sheets import shard_numbers, shard_range
from sales.calendar_months import month_of
from sales.facts.orders import compute_orders, compute_rhythm
from sales.services import refresh_months

IS_SALE = "(kind = 'sale' AND amount > 0)"
PARQUET = """(SELECT account_id, ordered_on, amount, is_return, units, cost AS cost_amount, costed AS costed_amount,
    cancelled_on FROM read_parquet('{file}'))"""


def write_a_day(made: BenchSet) -> None:
    """What the orders of the last day leave behind for the night: their months are noted as changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sales_changedmonth (account_id, month) SELECT DISTINCT account_id, %s FROM sales_order"
            " WHERE ordered_on = %s",
            [month_of(made.as_of), made.as_of],
        )


def order_facts(made: BenchSet) -> pd.DataFrame:
    """The order facts of everybody as the night computes them: changed months first, then shard by shard."""
    survivors = facts.population().survivors()
    frames = []
    for shard in shard_numbers():
        ids = shard_range(shard)
        refresh_months(ids)
        for piece in facts.chunks(ids):
            scope = Scope(made.as_of, piece, survivors)
            frames.append(compute_orders(scope).join(compute_rhythm(scope), how="outer"))
    return pd.concat(frames).sort_index()


def raw_sql(made: BenchSet) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS full_recompute")
        query = statement("sales_order", as_of=made.as_of, is_sale=IS_SALE)
        cursor.execute(f"CREATE TEMP TABLE full_recompute AS {query}")


def duckdb_over_parquet(made: BenchSet) -> pd.DataFrame:
    with duckdb.connect() as database:
        table = PARQUET.format(file=made.orders_file)
        query = statement(table, as_of=made.as_of, is_sale="(NOT is_return AND amount > 0)", scale=" / 10000")
        return database.execute(query).df()


def differences(made: BenchSet) -> str:
    """Whether the statement over all orders and the product's way give the same, column by column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM full_recompute ORDER BY account_id")
        names = [column.name for column in cursor.description]
        expected = pd.DataFrame(cursor.fetchall(), columns=names).set_index("account_id")
    found = order_facts(made).reindex(expected.index)
    expected["first_order_on"] = pd.to_datetime(expected["first_order_on"])
    bad = [name for name in expected if not _equal(expected[name], found[name])]
    return f"equal to it in {len(expected.columns)} facts of {len(expected)} accounts" if not bad else f"DIFFERS: {bad}"


def _equal(left: pd.Series, right: pd.Series) -> bool:
    if left.dtype.kind == "M":
        return bool((left.fillna(pd.NaT) == right).where(left.notna() | right.notna(), True).all())
    numbers = (pd.to_numeric(side, errors="coerce").astype("float64") for side in (left, right))
    return bool(np.allclose(*numbers, rtol=1e-9, atol=1e-9, equal_nan=True))


def against_raw_sql(made: BenchSet) -> Reached:
    with without_time_limit():
        pairs = in_turn(lambda: raw_sql(made), lambda: order_facts(made), before=[lambda: write_a_day(made)])
        notes = [*pairs.notes("one statement over all orders", "the night's way"), differences(made)]
    return Reached(pairs.ratio, notes)


def against_duckdb(made: BenchSet) -> Reached:
    with without_time_limit():
        pairs = in_turn(
            lambda: order_facts(made), lambda: duckdb_over_parquet(made), before=[lambda: write_a_day(made)]
        )
    return Reached(pairs.ratio, pairs.notes("the night's way", "DuckDB over Parquet"))


LINES = [
    Line(
        "facts-sql", "order facts, faster than one full raw-SQL recompute ≥ 2.5×", Sense.AT_LEAST, 2.5, against_raw_sql
    ),
    Line("facts-duckdb", "order facts, time against DuckDB over Parquet ≤ 1.5×", Sense.AT_MOST, 1.5, against_duckdb),
]
