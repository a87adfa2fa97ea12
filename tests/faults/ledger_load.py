"""Many movements of points at once, in a process that may be killed: ``python -m tests.faults.ledger_load PLAN``.

PLAN is JSON: wallets, seed, movements, threads, is_naive. The same plan makes the same movements under the same keys,
so a process that was killed is started again with its plan. The naive way reads a balance and writes it back, as
software without a lock does: it is there to show that the test sees what goes wrong then.
"""

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import django

DAY = date(2026, 3, 2)


def movements(plan: dict) -> list[dict]:
    """What is to be done, the same for the same seed."""
    chance = random.Random(plan["seed"])
    result = []
    for number in range(plan["movements"]):
        key, wallet = f"load:{plan['seed']}:{number}", chance.choice(plan["wallets"])
        kind = chance.choice(["earn", "earn", "redeem", "reverse", "expire"])
        result.append({"kind": kind, "wallet": wallet, "points": chance.randint(1, 60), "key": key})
    return result


def carefully(movement: dict) -> None:
    """The movement by the service; what the wallet does not have is not moved."""
    from django.db import OperationalError

    from loyalty.services.ledger import NotEnoughPointsError

    for _attempt in range(20):
        try:
            return move(**movement)
        except NotEnoughPointsError:
            return None
        except OperationalError as error:
            if "locked" not in str(error):
                raise
    raise TimeoutError(movement)


def move(*, kind: str, wallet: int, points: int, key: str) -> None:
    from loyalty.choices import EntryKind
    from loyalty.services.expiry import expire_wallet
    from loyalty.services.ledger import Posting, post

    if kind == "earn":
        posting = Posting(EntryKind.EARN, key, DAY, points=points, qualifying=points, expires_on=DAY)
        post(wallet, posting)
    elif kind == "redeem":
        post(wallet, Posting(EntryKind.HOLD, f"{key}:hold", DAY, points=-points, held=points))
        is_given_back = points % 2
        ended = EntryKind.RELEASE if is_given_back else EntryKind.COMMIT
        post(wallet, Posting(ended, f"{key}:end", DAY, points=points if is_given_back else 0, held=-points))
    elif kind == "reverse":
        post(wallet, Posting(EntryKind.REVERSE, key, DAY, points=-points, qualifying=-points, may_owe=True))
    else:
        expire_wallet(wallet, DAY)


def naively(movement: dict) -> None:
    """Read, calculate, write: two at once lose one of the two."""
    from loyalty.models import LedgerEntry, Wallet

    wallet = Wallet.objects.get(pk=movement["wallet"])
    balance = wallet.available_points + movement["points"]
    LedgerEntry.objects.create(
        wallet=wallet,
        number=int(movement["key"].rpartition(":")[2]) + 1,
        kind="earn",
        happened_on=DAY,
        available_points=movement["points"],
        available_after=balance,
        source_key=movement["key"],
    )
    Wallet.objects.filter(pk=wallet.pk).update(available_points=balance)


def main(plan: dict) -> None:
    django.setup()
    from django.db import connection

    act = naively if plan["is_naive"] else carefully

    def work(movement: dict) -> None:
        try:
            act(movement)
        finally:
            connection.close()

    with ThreadPoolExecutor(plan["threads"]) as pool:
        list(pool.map(work, movements(plan)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
