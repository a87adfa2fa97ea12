"""Any sequence of movements leaves the ledger as a plain model of it says (KAM_LEDGER_STEPS: how many steps)."""

import os
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from loyalty.choices import EntryKind
from loyalty.models import LedgerEntry
from loyalty.models.ledger import BALANCES
from loyalty.reconciliation import differences
from loyalty.services.ledger import NotEnoughPointsError, Posting, post, wallet_of
from tests import factories

STEPS = int(os.environ.get("KAM_LEDGER_STEPS", "500"))
STEPS_IN_A_ROW = 50
DAY = date(2026, 3, 2)
points = st.integers(1, 200)
lasting = st.none() | st.integers(-20, 20).map(lambda days: DAY + timedelta(days))
never = date.max


@dataclass
class Plain:
    """Points as a list of lots, kept without any cleverness."""

    lots: list[list] = field(default_factory=list)
    pending: int = 0
    owed: int = 0
    qualifying: int = 0
    holds: list[list[tuple[list, int]]] = field(default_factory=list)

    @property
    def available(self) -> int:
        return sum(left for left, _day in self.lots)

    @property
    def held(self) -> int:
        return sum(points for hold in self.holds for _lot, points in hold)

    def add(self, count: int, last_day: date | None) -> None:
        paid = min(count, self.owed)
        self.owed -= paid
        self.lots.append([count - paid, last_day or never])

    def take(self, count: int) -> list[tuple[list, int]]:
        taken = []
        for lot in sorted(self.lots, key=lambda lot: lot[1]):
            part = min(count, lot[0])
            if part:
                lot[0] -= part
                taken.append((lot, part))
            count -= part
        return taken

    def give_back(self, hold: list[tuple[list, int]]) -> None:
        debt = min(self.owed, sum(part for _lot, part in hold))
        self.owed -= debt
        for lot, part in hold:
            paid = min(debt, part)
            debt -= paid
            lot[0] += part - paid


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.wallet = wallet_of(factories.AccountFactory())
        self.plain = Plain()
        self.holds: list[int] = []
        self.count = 0

    def post(self, kind: EntryKind, points: int = 0, **options):
        self.count += 1
        key = f"{self.wallet.pk}:{self.count}"
        return post(
            self.wallet.pk, Posting(kind, **{"source_key": key, "happened_on": DAY, "points": points} | options)
        )

    @initialize()
    def meet_every_kind(self):
        """Chance alone leaves a kind out now and then; random movements follow from here."""
        self.wait_for_payment(5)
        self.activate(5, None)
        self.earn(30, DAY)
        for is_release in (True, False):
            self.hold(10)
            self.end_hold(0, is_release)
        self.reverse(3)
        self.expire()

    @rule(count=points, last_day=lasting)
    def earn(self, count, last_day):
        self.post(EntryKind.EARN, count, qualifying=count, expires_on=last_day)
        self.plain.add(count, last_day)
        self.plain.qualifying += count

    @rule(count=points)
    def wait_for_payment(self, count):
        self.post(EntryKind.PENDING, pending=count)
        self.plain.pending += count

    @rule(count=points, last_day=lasting)
    def activate(self, count, last_day):
        if count > self.plain.pending:
            with pytest.raises(NotEnoughPointsError):
                self.post(EntryKind.ACTIVATE, count, pending=-count)
            return
        self.post(EntryKind.ACTIVATE, count, pending=-count, qualifying=count, expires_on=last_day)
        self.plain.pending -= count
        self.plain.qualifying += count
        self.plain.add(count, last_day)

    @rule(count=points)
    def hold(self, count):
        key = {"source_key": f"{self.wallet.pk}:{self.count}:r:hold"}
        if count > self.plain.available:
            with pytest.raises(NotEnoughPointsError):
                self.post(EntryKind.HOLD, -count, held=count, **key)
            return
        self.post(EntryKind.HOLD, -count, held=count, **key)
        self.holds.append(self.count - 1)
        self.plain.holds.append(self.plain.take(count))

    @precondition(lambda self: self.holds)
    @rule(which=st.integers(0, 5), is_release=st.booleans())
    def end_hold(self, which, is_release):
        number, hold = self.holds.pop(which % len(self.holds)), self.plain.holds.pop(which % len(self.plain.holds))
        count, key = sum(part for _lot, part in hold), {"source_key": f"{self.wallet.pk}:{number}:r:end"}
        if is_release:
            self.post(EntryKind.RELEASE, count, held=-count, **key)
            self.plain.give_back(hold)
        else:
            self.post(EntryKind.COMMIT, held=-count, **key)

    @rule(count=points)
    def reverse(self, count):
        count = min(count, self.plain.qualifying)
        if count:
            self.post(EntryKind.REVERSE, -count, qualifying=-count, may_owe=True)
            self.plain.qualifying -= count
            self.plain.owed += count - sum(part for _lot, part in self.plain.take(count))

    @rule()
    def expire(self):
        gone = [lot for lot in self.plain.lots if lot[0] and lot[1] <= DAY]
        count = sum(left for left, _day in gone)
        if count:
            self.post(EntryKind.EXPIRE, -count, is_expiring=True)
            for lot in gone:
                lot[0] = 0

    @invariant()
    def balances_are_those_of_the_plain_model(self):
        self.wallet.refresh_from_db()
        plain = self.plain
        kept = tuple(getattr(self.wallet, name) for name in BALANCES)
        assert kept == (plain.available, plain.pending, plain.held, plain.owed, plain.qualifying)

    @invariant()
    def lots_are_those_of_the_plain_model(self):
        kept = list(self.wallet.lots.order_by("pk").values_list("left_points", "expires_on"))
        assert [(left, day or never) for left, day in kept] == [tuple(lot) for lot in self.plain.lots]

    def teardown(self):
        assert differences() == []


def test_any_sequence_of_movements_is_as_the_plain_model_says(db):
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_IN_A_ROW),
            stateful_step_count=STEPS_IN_A_ROW,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert set(LedgerEntry.objects.values_list("kind", flat=True)) == set(EntryKind.values) - {EntryKind.ADJUST}
