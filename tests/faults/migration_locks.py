"""How long does a migration keep others waiting? ``python -m tests.faults.migration_locks [ROWS]``

On a throw-away PostgreSQL: the tables as they began, a million orders in them, then every later migration, while
somebody else locks and changes an order every few milliseconds. The longest wait of each is told; status 1 above two
seconds.
"""

import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, closing

import django
import psycopg2

from scripts import servers

MOST_SECONDS = 2.0
ROWS = 1_000_000
VALUES = {
    "date": "DATE '2024-01-01' + n % 700",
    "numeric": "100",
    "boolean": "FALSE",
    "timestamp with time zone": "now()",
    "uuid": "gen_random_uuid()",
    "jsonb": "'{}'::jsonb",
    "bigint": "1 + n % 1000",
}
"""What a column is filled with, by its type; texts get a number of their own, other numbers are 1."""


class Bystander(threading.Thread):
    """Somebody who works with orders meanwhile, and how long the slowest of it took."""

    def __init__(self, url: str):
        super().__init__(daemon=True)
        self.url, self.longest, self.is_stopped = url, 0.0, False

    def run(self) -> None:
        with closing(psycopg2.connect(self.url)) as link, link.cursor() as cursor:
            while not self.is_stopped:
                started = time.monotonic()
                cursor.execute("SELECT id FROM sales_order WHERE id = 7 FOR UPDATE")
                cursor.execute("UPDATE sales_order SET amount = amount + 1 WHERE id = 7")
                link.commit()
                self.longest = max(self.longest, time.monotonic() - started)
                time.sleep(0.005)


def main(rows: int) -> int:
    with ExitStack() as stack:
        url = servers.throwaway_postgres(stack).url
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kam-locks-"))
        os.environ |= {"DATABASE_URL": url, "VAR_DIR": folder, "DATABASE_STATEMENT_SECONDS": "0"}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "kam.settings.dev"}
        django.setup()
        return judge(url, rows)


def judge(url: str, rows: int) -> int:
    """Run the later migrations one by one and print what each cost the bystander."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    nodes = executor.loader.graph.leaf_nodes()
    first = [key for key, one in executor.loader.disk_migrations.items() if one.initial]
    executor.migrate(first)
    fill("accounts_account", 1000)
    fill("sales_order", rows)
    worst = 0.0
    for migration, _backwards in MigrationExecutor(connection).migration_plan(nodes):
        bystander = Bystander(url)
        bystander.start()
        time.sleep(0.2)
        MigrationExecutor(connection).migrate([(migration.app_label, migration.name)])
        bystander.is_stopped = True
        bystander.join()
        print(f"{bystander.longest:6.3f} s  {migration}", flush=True)
        worst = max(worst, bystander.longest)
    connection.close()
    print(f"longest wait with {rows} orders: {worst:.3f} s")
    return int(worst > MOST_SECONDS)


def fill(table: str, rows: int) -> None:
    """Put ``rows`` rows into a table as it is now, without asking the product how."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns"
            " WHERE table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'",
            [table],
        )
        columns = {name: value_of(kind, length) for name, kind, length in cursor.fetchall()}
        names, values = ", ".join(columns), ", ".join(columns.values())
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, {rows}) n")
        cursor.execute(f"ANALYZE {table}")


def value_of(kind: str, length: int | None) -> str:
    if kind in ("character varying", "text"):
        return f"left('x' || n, {length or 20})"
    return VALUES.get(kind, "1")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
