"""The set that the goals are measured on: accounts with three years of orders, skewed, in a database of its own.

Made once with a fixed seed: Parquet in ``benchdata/`` and a PostgreSQL database (template0, UTF8, C.UTF-8) named after
its size. The top 1 % of the accounts hold about 13.7 % of the orders.
"""

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django

from scripts.test import administer

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("BENCH_DIR", ROOT / "benchdata"))
LAST_DAY = date(2025, 12, 31)
FIRST_DAY = LAST_DAY - timedelta(days=3 * 365)
COMMENT = "complete"


@dataclass(frozen=True)
class BenchSet:
    """The set as the lines use it."""

    accounts: int
    orders: int
    url: str
    as_of: date = LAST_DAY

    def __str__(self) -> str:
        return f"{self.accounts:,} accounts, {self.orders:,} orders, as of {self.as_of}"

    @property
    def orders_file(self) -> Path:
        return parquet_of(self.accounts, self.orders)


def name_of(accounts: int, orders: int) -> str:
    return f"kam_bench_{accounts}_{orders}"


def parquet_of(accounts: int, orders: int) -> Path:
    return FOLDER / f"{name_of(accounts, orders)}.parquet"


def database_url(server_url: str, accounts: int, orders: int) -> str:
    return urlsplit(server_url)._replace(path=f"/{name_of(accounts, orders)}").geturl()


def set_up_django() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    Path(os.environ["VAR_DIR"]).mkdir(parents=True, exist_ok=True)
    django.setup()


def administrator_url(url: str) -> str:
    return urlsplit(url)._replace(path="/postgres").geturl()


def create_database(url: str) -> None:
    """An empty database in place of whatever has its name, and the tables of this release."""
    from django.core.management import call_command

    name = urlsplit(url).path[1:]
    administer(
        administrator_url(url),
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
        f"ALTER DATABASE {name} SET maintenance_work_mem = '1GB'",
    )
    call_command("migrate", verbosity=0)


def is_complete(url: str) -> bool:
    """Whether the set was made to its end: the last step leaves a comment on the database."""
    name = urlsplit(url).path[1:]
    found = administer(
        administrator_url(url),
        f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'",
    )
    return found == [(COMMENT,)]


def get_or_make(accounts: int, orders: int) -> BenchSet:
    """The set of this size: found, with the migrations of this release applied, or made."""
    from django.core.management import call_command

    from benchmarks.filling import fill

    made = BenchSet(accounts, orders, os.environ["DATABASE_URL"])
    if is_complete(made.url):
        with without_time_limit():
            call_command("migrate", verbosity=0)
        return made
    began = time.monotonic()
    create_database(made.url)
    with without_time_limit():
        fill(made)
    name = urlsplit(made.url).path[1:]
    administer(administrator_url(made.url), f"COMMENT ON DATABASE {name} IS '{COMMENT}'")
    print(f"set made in {time.monotonic() - began:.0f} s", flush=True)
    return made


@contextmanager
def without_time_limit():
    """Statements of this process may take as long as they need."""
    from core.database import long_statements

    with long_statements():
        yield
