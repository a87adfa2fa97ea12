"""The facts on orders against one statement over all orders, and against DuckDB over Parquet."""

import duckdb
from django.db import connection

from benchmarks.bench_set import BenchSet, without_time_limit
from benchmarks.measuring import Line, Reached, Sense, in_turn
from benchmarks.recompute import statement
from core import facts
from core.facts import Scope
from core.sheets import shard_numbers, shard_range
from sales.facts.orders import compute_orders, compute_rhythm

IS_SALE = "(kind = 'sale' AND amount > 0)"
PARQUET = """(SELECT account_id, ordered_on, amount, is_return, units, cost AS cost_amount, costed AS costed_amount,
    cancelled_on FROM read_parquet('{file}'))"""


def order_facts(made: BenchSet) -> int:
    """The order facts of everybody as the night computes them, shard by shard; how many accounts."""
    rows = 0
    survivors = facts.population().survivors()
    for shard in shard_numbers():
        for ids in facts.chunks(shard_range(shard)):
            scope = Scope(made.as_of, ids, survivors)
            rows += len(compute_orders(scope).join(compute_rhythm(scope), how="outer"))
    return rows


def raw_sql(made: BenchSet) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS full_recompute")
        query = statement("sales_order", as_of=made.as_of, is_sale=IS_SALE)
        cursor.execute(f"CREATE TEMP TABLE full_recompute AS {query}")


def duckdb_over_parquet(made: BenchSet) -> None:
    with duckdb.connect() as database:
        table = PARQUET.format(file=made.orders_file)
        query = statement(table, as_of=made.as_of, is_sale="(NOT is_return AND amount > 0)", scale=" / 10000")
        database.execute(query).df()


def against_raw_sql(made: BenchSet) -> Reached:
    with without_time_limit():
        pairs = in_turn(lambda: raw_sql(made), lambda: order_facts(made))
    return Reached(pairs.ratio, pairs.notes("one statement over all orders", "the night's way"))


def against_duckdb(made: BenchSet) -> Reached:
    with without_time_limit():
        pairs = in_turn(lambda: order_facts(made), lambda: duckdb_over_parquet(made))
    return Reached(pairs.ratio, pairs.notes("the night's way", "DuckDB over Parquet"))


LINES = [
    Line(
        "facts-sql", "order facts, faster than one full raw-SQL recompute ≥ 2.5×", Sense.AT_LEAST, 2.5, against_raw_sql
    ),
    Line("facts-duckdb", "order facts, time against DuckDB over Parquet ≤ 1.5×", Sense.AT_MOST, 1.5, against_duckdb),
]
