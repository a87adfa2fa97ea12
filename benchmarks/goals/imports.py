"""The import of a file of order lines against a bare COPY of the same file, both on PostgreSQL."""

import csv
import json
import os
import random
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from benchmarks.bench_set import FIRST_DAY, FOLDER, ROOT, BenchSet, administrator_url
from benchmarks.measuring import Line, Reached, Sense, in_turn
from scripts.test import administer

LINES_OF_A_FILE = 100_000
LINES_OF_AN_ORDER = 3
HEADERS = ["order_number", "account_code", "ordered_on", "product_code", "quantity", "unit_price", "amount", "cost"]
NAME = "kam_bench_import"


def write_file(number: int) -> Path:
    """A file of order lines whose order numbers no other file has."""
    rng = random.Random(number)
    path = FOLDER / f"lines-{number}.csv"
    with open(path, "w", encoding="utf8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        for line in range(LINES_OF_A_FILE):
            order = line // LINES_OF_AN_ORDER
            day = FIRST_DAY + timedelta(days=order % 1095)
            quantity, price = rng.randint(1, 90), rng.randint(100, 90_000) / 100
            amount = f"{quantity * price:.2f}"
            product, cost = f"P{rng.randint(1, 900):04d}", f"{quantity * price * 0.7:.2f}"
            account = f"I{order % 2_000:05d}"
            writer.writerow([f"{number}-{order}", account, day, product, quantity, price, amount, cost])
    return path


class Database:
    """A database for the files alone, and what is done to it."""

    def __init__(self, url: str):
        self.server = administrator_url(url)
        self.url = urlsplit(url)._replace(path=f"/{NAME}").geturl()
        self.path = None
        self.files = 0
        self.reports = []

    def __enter__(self) -> "Database":
        drop = f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"
        create = f"CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        administer(self.server, drop, create)
        self.manage("migrate", "--verbosity", "0")
        columns = ", ".join(f"{name} text" for name in HEADERS)
        administer(self.url, f"CREATE TABLE bare ({columns})")
        return self

    def __exit__(self, *exc_info) -> None:
        administer(self.server, f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        for path in FOLDER.glob("lines-*.csv"):
            path.unlink()

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        environment = {**os.environ, "DATABASE_URL": self.url}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    def next_file(self) -> None:
        """A new file before each import; the bare COPY takes the one of the import before it."""
        self.files += 1
        self.path = write_file(self.files)

    def import_it(self) -> None:
        self.reports.append(json.loads(self.manage("import", "orders", str(self.path), "--json")))

    def copy_it(self) -> None:
        with (
            open(self.path, encoding="utf8") as file,
            closing(psycopg2.connect(self.url)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.copy_expert("COPY bare FROM STDIN (FORMAT csv, HEADER)", file)


def against_copy(made: BenchSet) -> Reached:
    with Database(made.url) as database:
        pairs = in_turn(database.copy_it, database.import_it, before=[database.next_file])
        report = database.reports[-1]
    rate = f"{report['accepted']} lines in {report['seconds']} s of the last import, {report['peak_mib']} MiB"
    notes = [*pairs.notes("bare COPY into a table without an index", "import, checks and start included"), rate]
    return Reached(pairs.ratio, notes)


LINES = [
    Line(
        "import",
        "import of order lines against a bare COPY of the same file ≥ 0.25×",
        Sense.AT_LEAST,
        0.25,
        against_copy,
    )
]
