"""Redemptions at sixteen threads against bare inserts: the ledger's statement, its service, and a way that overdraws.

The bare insert goes into a copy of the ledger's table with its indexes and its key to the wallet, so that both write
the same row. Every wallet has one lot that is never empty; the keys are new in every round.
"""

import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import psycopg2
from django.db import connection

from benchmarks.measuring import Line, Reached, Sense, in_turn
from core.database import plan_of
from loyalty.choices import EntryKind
from loyalty.reconciliation import differences
from loyalty.services import ledger, ledger_sql
from loyalty.services.ledger import NotEnoughPointsError, Posting, post

THREADS = 16
MOVEMENTS = 4_000
WALLETS = 10_000
PLENTY = 10**12
HOT_WALLETS, HOT_POINTS, SPENT = 8, 1_500, 10
DAY = date(2025, 12, 31)
SCRATCH = """
DROP TABLE IF EXISTS bench_entry, bench_naive;
CREATE TABLE bench_entry (LIKE loyalty_ledgerentry INCLUDING ALL);
ALTER TABLE bench_entry ADD FOREIGN KEY (wallet_id) REFERENCES loyalty_wallet DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE bench_naive (id bigint PRIMARY KEY, points bigint NOT NULL, spent bigint NOT NULL);
"""
BARE = """
INSERT INTO bench_entry (wallet_id, number, kind, happened_on, available_points, owed_points, pending_points,
  held_points, qualifying_points, available_after, source_key, idempotency_key, order_id, reason, rule_number,
  recorded_at, recorded_by_id)
VALUES (%(wallet)s, %(number)s, %(kind)s, %(happened_on)s, %(points)s, 0, %(pending)s, %(held)s, %(qualifying)s, 0,
  %(source_key)s, %(idempotency_key)s, %(order_id)s, %(reason)s, %(rule_number)s, %(recorded_at)s, %(recorded_by_id)s)
"""


def execute(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def wallets(count: int) -> list[int]:
    """The wallets of the first accounts, each with one lot of plenty."""
    execute(
        "INSERT INTO loyalty_wallet (account_id, available_points, pending_points, held_points, owed_points,"
        " qualifying_points, entry_count)"
        f" SELECT id, 0, 0, 0, 0, 0, 0 FROM accounts_account ORDER BY id LIMIT {count} ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, entry_count FROM loyalty_wallet ORDER BY account_id LIMIT %s", [count])
        found = cursor.fetchall()
    for wallet, entries in found:
        if not entries:
            post(wallet, Posting(EntryKind.EARN, f"bench:{wallet}", DAY, points=PLENTY, qualifying=PLENTY))
    return [wallet for wallet, _entries in found]


def hold(key: str, points: int = SPENT) -> Posting:
    return Posting(EntryKind.HOLD, f"{key}:hold", DAY, points=-points, held=points)


class Load:
    """Sixteen threads that make the same movements in one of several ways; every thread keeps its connection."""

    def __init__(self, chosen: list[int]):
        self.wallets, self.local, self.links = chosen, threading.local(), []
        self.pool = ThreadPoolExecutor(THREADS)
        self.numbers = iter(range(10**9, 10**12))

    def movements(self) -> list[tuple[int, str, int]]:
        run = uuid.uuid4().hex
        chance = random.Random(run)
        return [
            (chance.choice(self.wallets), f"bench:{run}:{number}", next(self.numbers)) for number in range(MOVEMENTS)
        ]

    def link(self):
        """This thread's own plain connection."""
        if not hasattr(self.local, "link"):
            parameters = connection.get_connection_params()
            parameters = {
                name: value
                for name, value in parameters.items()
                if name in ("dbname", "host", "port", "user", "password")
            }
            self.local.link = psycopg2.connect(**parameters)
            self.local.link.autocommit = True
            self.local.planned = ""
            self.links.append(self.local.link)
        return self.local.link

    def run(self, act) -> None:
        list(self.pool.map(act, self.movements(), chunksize=1))

    def raw(self, statement: str, name: str = ""):
        """``statement`` without Django; with a ``name`` each connection plans it once, as the service does."""

        def act(movement: tuple[int, str, int]) -> None:
            wallet, key, number = movement
            values = ledger._values(wallet, hold(key)) | {"number": number}
            with self.link().cursor() as cursor:
                if not name:
                    cursor.execute(statement, values)
                    return
                prepare, execute = plan_of(name, statement, ledger_sql.TYPES)
                if self.local.planned != name:
                    cursor.execute(prepare)
                    self.local.planned = name
                cursor.execute(execute, values)

        return lambda: self.run(act)

    def service(self) -> None:
        self.run(lambda movement: post(movement[0], hold(movement[1])))

    def close(self) -> None:
        for link in self.links:
            link.close()
        list(self.pool.map(lambda _number: (connection.close(), time.sleep(0.05)), range(THREADS)))
        self.pool.shutdown()


@contextmanager
def load():
    execute(SCRATCH)
    made = Load(wallets(WALLETS))
    try:
        yield made
    finally:
        made.close()
        execute("DROP TABLE IF EXISTS bench_entry, bench_naive")


def per_second(seconds: list[float]) -> str:
    return f"{MOVEMENTS / sorted(seconds)[len(seconds) // 2]:,.0f}/s"


def against_bare_inserts(of: str) -> Reached:
    with load() as made:
        work = {"statement": made.raw(ledger_sql.TAKE_OUT, "take_out"), "service": made.service}[of]
        pairs = in_turn(made.raw(BARE), work)
        depletion = depleted(made) if of == "statement" else []
        with connection.cursor() as cursor:
            cursor.execute("SHOW fsync")
            fsync = cursor.fetchone()[0]
    rates = f"bare {per_second(pairs.first)}, {of} {per_second(pairs.second)}, {THREADS} threads, fsync {fsync}"
    return Reached(pairs.ratio, [rates, *pairs.notes("bare inserts", of), *depletion])


def depleted(made: Load) -> list[str]:
    """Eight wallets with little in them: the ledger stops at nothing, reading and writing back does not."""
    hot = made.wallets[:HOT_WALLETS]
    execute("INSERT INTO bench_naive SELECT id, 1500, 0 FROM loyalty_wallet ORDER BY account_id LIMIT 8")
    tries = [hot[number % HOT_WALLETS] for number in range(2 * HOT_WALLETS * HOT_POINTS // SPENT)]
    list(made.pool.map(lambda wallet: naive(made, wallet), tries))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FILTER (WHERE spent > 1500), max(spent) FROM bench_naive")
        overdrawn, most = cursor.fetchone()
    run = uuid.uuid4().hex
    leave_little(hot, run)
    list(made.pool.map(lambda item: careful(*item), [(wallet, f"{run}:{at}") for at, wallet in enumerate(tries)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(available_points) FROM loyalty_wallet WHERE id = ANY(%s)", [hot])
        _count, least = cursor.fetchone()
    refill(hot, run)
    wrong = len(differences())
    return [
        f"control, read and write back: {overdrawn} of {HOT_WALLETS} wallets overdrawn, at most {most} of {HOT_POINTS}",
        f"ledger, same load: least balance {least}, {wrong} differences in the reconciliation",
    ]


def leave_little(hot: list[int], run: str) -> None:
    for wallet in hot:
        with connection.cursor() as cursor:
            cursor.execute("SELECT available_points FROM loyalty_wallet WHERE id = %s", [wallet])
            too_much = cursor.fetchone()[0] - HOT_POINTS
        post(wallet, Posting(EntryKind.ADJUST, f"bench:{run}:{wallet}:down", DAY, points=-too_much))


def refill(hot: list[int], run: str) -> None:
    for wallet in hot:
        post(wallet, Posting(EntryKind.ADJUST, f"bench:{run}:{wallet}:up", DAY, points=PLENTY))


def careful(wallet: int, key: str) -> None:
    try:
        post(wallet, hold(f"bench:{key}"))
    except NotEnoughPointsError:
        return


def naive(made: Load, wallet: int) -> None:
    with made.link().cursor() as cursor:
        cursor.execute("SELECT points FROM bench_naive WHERE id = %s", [wallet])
        left = cursor.fetchone()[0]
        if left >= SPENT:
            cursor.execute(
                "UPDATE bench_naive SET points = %s, spent = spent + %s WHERE id = %s", [left - SPENT, SPENT, wallet]
            )


LINES = [
    Line(
        "redeem-statement",
        "redeem/s at 16 threads against bare insert/s ≥ 0.8, with a control that overdraws",
        Sense.AT_LEAST,
        0.8,
        lambda made: against_bare_inserts("statement"),
    ),
    Line(
        "redeem-service",
        "the ledger's service at 16 threads against bare insert/s ≥ 0.4",
        Sense.AT_LEAST,
        0.4,
        lambda made: against_bare_inserts("service"),
    ),
]
