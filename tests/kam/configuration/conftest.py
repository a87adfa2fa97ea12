from datetime import date

import pytest
import time_machine

from accounts.services.standing import write_standings
from churn import services as churn_services
from core import versions
from segmentation import services as segmentation_services
from tests import factories
from tests.nights import SHARD_SIZE, keep_night, rhythm

NIGHT = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel("2026-03-02T08:00:00Z", tick=False):
        yield


def facts_of(number: int) -> dict:
    """The facts of the account with this number: the higher, the more it buys and the longer it has been silent."""
    return rhythm(20 + 5 * number, tier="D") | {
        "revenue_365d": 1000.0 * (number + 1),
        "revenue_prev365d": 900.0,
        "orders_365d": number + 1,
        "revenue_growth_365d": -0.4 + 0.08 * number,
        "payment_days_late_avg_365d": 30.0,
        "overdue_amount": 0.0,
        "days_since_last_interaction": 5.0,
        "days_since_last_visit": 5.0,
    }


@pytest.fixture
def accounts(actors):
    return [factories.AccountFactory(owner=actors.OWN, code=f"T{number:02d}") for number in range(12)]


def run_night(accounts, as_of=NIGHT) -> None:
    """Everything that a night does after the facts, with the versions in force."""
    rows = {account.pk: facts_of(number) for number, account in enumerate(accounts)}
    keep_night(as_of, {pk: {key: value for key, value in row.items() if key != "tier"} for pk, row in rows.items()})
    pinned = {
        kind: numbers["default"] for kind, numbers in versions.resolve(versions.pin()).items() if "default" in numbers
    }
    segmentation_services.compute_value_scores(as_of, pinned["value_score"])
    segmentation_services.compute_tiers(as_of, pinned["tiers"])
    write_standings(as_of=as_of, shard=0, shard_size=SHARD_SIZE)
    churn_services.apply_rules(as_of, versions.pin())


@pytest.fixture
def night(accounts):
    run_night(accounts)
    return NIGHT
