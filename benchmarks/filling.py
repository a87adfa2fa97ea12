"""Fills an empty database with the bench set: staff, accounts, contacts, interactions, orders, receivables."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from django.db import connection

from accounts.models import Account, AccountHistory, AccountMember, Contact, Interaction
from benchmarks.bench_set import FIRST_DAY, LAST_DAY, BenchSet
from core.database import insert_rows
from core.search import fold, search_key
from kam.demo import names
from sales.models import Order, Payment, Receivable
from sales.services import refresh_months
from users.models import Team, User

SEED = 20_260_101
SIGMA = 1.232
"""Of the lognormal weights of the accounts: the top 1 % then hold Φ(σ − 2.326) = 13.7 % of the orders."""

ROWS_A_COPY = 250_000
EPOCH = np.datetime64("1970-01-01")
REPS = 200
ACCOUNT_COLUMNS = (
    "code", "name", "name_key", "search_key", "industry", "region", "country", "created_on", "owner_id", "team_id",
)  # fmt: skip


def fill(made: BenchSet) -> None:
    rng = np.random.default_rng(SEED)
    said = Said()
    users = fill_staff()
    fill_accounts(made.accounts, users, rng)
    said("accounts")
    orders = draw_orders(made, rng)
    pq.write_table(orders, made.orders_file, compression="zstd")
    said("drawn, Parquet written")
    with indexes_put_aside(Order._meta.db_table):
        copy_orders(orders)
        said("orders copied")
    said("indexes built")
    fill_people(made.accounts, users, rng)
    said("contacts, interactions")
    fill_receivables(orders, rng)
    said("receivables, payments")
    refresh_months()
    said("months of orders summed")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    said("vacuumed")


class Said:
    """Prints what was done and how long it took."""

    def __init__(self):
        self.began = time.monotonic()

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        print(f"  {what}: {now - self.began:.0f} s", flush=True)
        self.began = now


def fill_staff() -> list[User]:
    """A company of twenty teams with ten colleagues each."""
    root = Team.objects.create(name="Company", path="0001.")
    teams = [Team.objects.create(name=f"Team {n}", parent=root, path=f"0001.{n:04d}.") for n in range(1, 21)]
    people = [
        User(
            username=f"rep{n}",
            name=f"Rep {n}",
            role="rep",
            team=teams[n % len(teams)],
            email=f"rep{n}@bench.example",
            search_key=search_key(f"Rep {n}"),
            password="!",
        )
        for n in range(REPS)
    ]
    User.objects.bulk_create(people)
    User.objects.create(username="admin", name="Admin", role="admin", password="!")
    User.objects.create(username="manager", name="Manager", role="manager", team=root, email="m@bench.example")
    return list(User.objects.filter(role="rep").select_related("team").order_by("pk"))


def fill_accounts(count: int, users: list[User], rng: np.random.Generator) -> None:
    """Accounts with mixed English and Chinese names, with the dated rows and owners that a service would write."""
    rows = [account_of(number, users, rng) for number in range(count)]
    insert_filled(Account, list(ACCOUNT_COLUMNS), rows)
    dated = ("owner", "team", "status", "industry", "region", "kind")
    held = (
        (pk, field, str(value))
        for pk, row in enumerate(rows, start=1)
        for field, value in zip(dated, (row[8], row[9], "active", row[4], row[5], "enterprise"), strict=True)
    )
    insert_filled(AccountHistory, ["subject_id", "field", "value"], held)
    members = ((pk, row[8], "owner", FIRST_DAY) for pk, row in enumerate(rows, start=1))
    insert_filled(AccountMember, ["account_id", "user_id", "role", "valid_from"], members)


def account_of(number: int, users: list[User], rng: np.random.Generator) -> tuple:
    industry = list(names.INDUSTRIES)[number % len(names.INDUSTRIES)]
    first, second, third = (int(value) for value in rng.integers(0, 10_000, 3))
    english, chinese = names.INDUSTRIES[industry]
    name = (
        f"{names.FIRST_EN[first % len(names.FIRST_EN)]} {names.SECOND_EN[second % len(names.SECOND_EN)]} {english}"
        if number % 2
        else names.FIRST_ZH[first % len(names.FIRST_ZH)] + names.SECOND_ZH[second % len(names.SECOND_ZH)] + chinese
    )
    name, code, owner = f"{name} {third}", f"B{number + 1:06d}", users[number % len(users)]
    region = ("East", "North", "South", "West")[third % 4]
    return code, name, fold(name), search_key(name, code), industry, region, "CN", FIRST_DAY, owner.pk, owner.team_id


def draw_orders(made: BenchSet, rng: np.random.Generator) -> pa.Table:
    """All orders, by day: money and quantities in whole 1/10,000, account ids from 1 on."""
    days = (LAST_DAY - FIRST_DAY).days
    weights = rng.lognormal(0, SIGMA, made.accounts)
    counts = rng.multinomial(made.orders, weights / weights.sum())
    begins = np.where(rng.random(made.accounts) < 0.5, 0, rng.integers(0, days - 60, made.accounts))
    left = rng.random(made.accounts) < 0.2
    ends = np.where(left, begins + rng.integers(30, days, made.accounts), days).clip(max=days)
    account = np.repeat(np.arange(1, made.accounts + 1), counts)
    day = (np.repeat(begins, counts) + rng.random(made.orders) * np.repeat(ends - begins, counts)).astype(np.int32) + 1
    amount = np.round(rng.lognormal(6.5, 1.1, made.orders) * 100).astype(np.int64) * 100
    is_return = rng.random(made.orders) < 0.03
    amount = np.where(is_return, -amount // 4 // 100 * 100, amount)
    units = np.where(is_return, -1, 1) * rng.integers(1, 200, made.orders) * 10_000
    has_cost = np.repeat(rng.random(made.accounts) < 0.9, counts) & (rng.random(made.orders) < 0.995)
    cost = (amount * np.repeat(rng.uniform(0.5, 0.8, made.accounts), counts)).astype(np.int64) // 100 * 100
    cancelled = day + rng.integers(0, 60, made.orders)
    is_cancelled = (rng.random(made.orders) < 0.01) & (cancelled <= days)
    first = (np.datetime64(FIRST_DAY) - EPOCH).astype(np.int32)
    order = np.argsort(day, kind="stable")
    return pa.table(
        {
            "account_id": account[order].astype(np.int32),
            "ordered_on": pa.array((day + first)[order].astype(np.int32)).cast(pa.date32()),
            "amount": amount[order],
            "is_return": is_return[order],
            "units": pa.array(units[order], mask=rng.random(made.orders) < 0.002),
            "cost": pa.array(cost[order], mask=~has_cost[order]),
            "costed": np.where(has_cost, amount, 0)[order],
            "cancelled_on": pa.array((cancelled + first)[order].astype(np.int32), mask=~is_cancelled[order]).cast(
                pa.date32()
            ),
        }
    )


def copy_orders(orders: pa.Table) -> None:
    columns = [
        "account_id", "order_number", "kind", "ordered_on", "amount", "currency", "currency_amount", "cancelled_on",
        "channel", "units", "cost_amount", "costed_amount", "lines_hash", "version", "created_at",
    ]  # fmt: skip
    for start in range(0, len(orders), ROWS_A_COPY):
        piece = orders.slice(start, ROWS_A_COPY)
        count = len(piece)
        amount = money(piece["amount"])
        values = [
            piece["account_id"],
            pa.array([f"O{number:08d}" for number in range(start, start + count)]),
            pa.array(np.where(piece["is_return"].to_numpy(), "return", "sale")),
            piece["ordered_on"],
            amount,
            pa.array(np.full(count, "CNY")),
            amount,
            piece["cancelled_on"],
            pa.nulls(count, pa.string()),
            money(piece["units"]),
            money(piece["cost"]),
            money(piece["costed"]),
            pa.nulls(count, pa.string()),
            pa.array(np.ones(count, dtype=np.int8)),
            pa.array(np.full(count, f"{LAST_DAY}T00:00:00+00:00")),
        ]
        copy_table("sales_order", columns, pa.table(values, names=columns), empty=("channel", "lines_hash"))


def money(column: pa.ChunkedArray) -> pa.Array:
    """Whole 1/10,000 as numbers whose text has at most four places."""
    column = column.combine_chunks()
    mask = column.is_null().to_numpy(zero_copy_only=False)
    return pa.array(column.fill_null(0).to_numpy() / 10_000, mask=mask)


def copy_table(table: str, columns: list[str], rows: pa.Table, *, empty: tuple[str, ...] = ()) -> None:
    """Rows into a table by COPY; nulls of the columns ``empty`` become empty text."""
    sink = pa.BufferOutputStream()
    pacsv.write_csv(rows, sink, pacsv.WriteOptions(include_header=False))
    force = f", FORCE_NOT_NULL ({', '.join(empty)})" if empty else ""
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv{force})", pa.BufferReader(sink.getvalue())
        )


class indexes_put_aside:  # noqa: N801 – reads as a statement
    """Without constraints and indexes of a table while it is filled; they are built again at the end."""

    def __init__(self, table: str):
        self.table = table

    def __enter__(self) -> None:
        self.again = []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype IN ('u', 'f')",
                [self.table],
            )
            for name, definition in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {self.table} DROP CONSTRAINT "{name}"')
                self.again.append(f'ALTER TABLE {self.table} ADD CONSTRAINT "{name}" {definition}')
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef NOT LIKE '%%UNIQUE%%'",
                [self.table],
            )
            for name, definition in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')
                self.again.append(definition)

    def __exit__(self, kind, *rest) -> None:
        if kind is not None:
            return
        with connection.cursor() as cursor:
            for statement in self.again:
                cursor.execute(statement)


def fill_people(accounts: int, users: list[User], rng: np.random.Generator) -> None:
    """Two contacts and about ten interactions an account."""
    contacts = (
        (n % accounts + 1, name := f"{names.GIVEN_EN[n % len(names.GIVEN_EN)]} {n}", name.lower(), LAST_DAY)
        for n in range(2 * accounts)
    )
    columns = ["account_id", "name", "search_key", "created_on"]
    insert_filled(Contact, columns, contacts)
    insert_filled(
        Interaction,
        ["uuid", "account_id", "kind", "state", "direction", "happened_at", "happened_on", "owner_id"],
        interactions(accounts, users, rng),
    )


def interactions(accounts: int, users: list[User], rng: np.random.Generator):
    kinds = ("visit", "call", "meeting", "message")
    for account in range(1, accounts + 1):
        for age in rng.integers(0, 3 * 365, 10):
            day = LAST_DAY - timedelta(days=int(age))
            moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC).isoformat()
            owner = users[(account - 1) % len(users)].pk
            yield str(uuid.UUID(bytes=rng.bytes(16))), account, kinds[age % 4], "done", "out", moment, day, owner


def fill_receivables(orders: pa.Table, rng: np.random.Generator) -> None:
    """An invoice for every fortieth sale of the last two years, paid late now and then."""
    frame = orders.slice(len(orders) // 3).to_pandas()
    frame = frame[(frame["amount"] > 0) & frame["cancelled_on"].isna()].iloc[::40]
    late = rng.integers(-10, 60, len(frame))
    rows = [
        (pk, account, f"R{pk}", Decimal(int(amount)).scaleb(-4), day, day + timedelta(days=30))
        for pk, (account, amount, day) in enumerate(
            zip(frame["account_id"], frame["amount"], frame["ordered_on"], strict=True), start=1
        )
    ]
    insert_filled(Receivable, ["id", "account_id", "number", "amount", "issued_on", "due_on"], rows)
    paid = [
        (account, pk, "payment", due + timedelta(days=int(days)), amount)
        for (pk, account, _number, amount, _issued, due), days in zip(rows, late, strict=True)
        if due + timedelta(days=int(days)) <= LAST_DAY
    ]
    insert_filled(Payment, ["account_id", "receivable_id", "kind", "paid_on", "amount"], paid)


def insert_filled(model, columns: list[str], rows) -> None:
    """Insert rows by COPY; the columns left out take the model's defaults."""
    rest = [
        field
        for field in model._meta.concrete_fields
        if field.attname not in columns and not (field.primary_key or field.null or field.has_db_default())
    ]
    values = tuple(str(default) if isinstance(default := field.get_default(), datetime) else default for field in rest)
    batch = []
    for row in rows:
        batch.append((*row, *values))
        if len(batch) == ROWS_A_COPY:
            insert_rows(model, [*columns, *(field.attname for field in rest)], batch)
            batch.clear()
    insert_rows(model, [*columns, *(field.attname for field in rest)], batch)
