from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from loyalty.earning import EarningRule, amounts_left, target_points

START = date(2026, 1, 1)
RULE = EarningRule(number=1, amount_per_point=Decimal(100), starts_on=START, multipliers=(("A", Decimal("1.50")),))


def frame(rows, **more):
    """Rows of (account, day of March, amount in base currency), ids 1, 2, …"""
    result = pd.DataFrame(rows, columns=["account_id", "ordered_on", "amount"], index=range(1, len(rows) + 1))
    result["ordered_on"] = pd.to_datetime([date(2026, 3, day) for day in result["ordered_on"]])
    result["amount"] = (result["amount"] * 10_000).astype("int64")
    return result.assign(**more)


@pytest.mark.parametrize(
    ("returns", "left"),
    [
        ([], [1000, 500, 300]),
        ([(7, 3, -200)], [1000, 300, 300]),
        ([(7, 3, -600)], [900, 0, 300]),
        ([(7, 1, -200)], [800, 500, 300]),
        ([(7, 3, -600), (7, 3, -500)], [400, 0, 300]),
        ([(7, 9, -5000)], [0, 0, 300]),
        ([(9, 9, -10)], [1000, 500, 300]),
        ([(8, 3, -100)], [1000, 500, 200]),
    ],
)
def test_return_belongs_to_the_latest_sales_before_it(returns, left):
    sales = frame([(7, 1, 1000), (7, 2, 500), (8, 2, 300)])
    found = amounts_left(sales, frame(returns) if returns else frame([(7, 1, 0)]).iloc[:0])
    assert [amount / 10_000 for amount in found] == left


@pytest.mark.parametrize(
    ("amount", "tier", "points"),
    [(1000, "", 10), (1099.99, "B", 10), (1000, "A", 15), (99.99, "A", 1), (66.66, "A", 0), (0.01, "A", 0)],
)
def test_points_are_the_whole_part_of_amount_times_multiplier(amount, tier, points):
    sales = frame([(7, 1, amount)], rule=0, tier=tier, is_cancelled=False, settled_on=pd.Timestamp("2026-03-05"))
    assert target_points(sales, frame([(7, 1, 0)]).iloc[:0], [RULE])["earned"].tolist() == [points]


@pytest.mark.parametrize(
    ("rule", "pending", "earned"),
    [
        ({}, [10, 0, 0], [0, 5, 0]),
        ({"waits_for_payment": False}, [0, 0, 0], [10, 5, 0]),
        ({"minimum_amount": Decimal(600)}, [10, 0, 0], [0, 0, 0]),
        ({"starts_on": date(2026, 3, 2)}, [0, 0, 0], [0, 5, 0]),
        ({"starts_on": None}, [0, 0, 0], [0, 0, 0]),
    ],
)
def test_unpaid_sales_wait_and_cancelled_ones_earn_nothing(rule, pending, earned):
    sales = frame([(7, 1, 1000), (7, 2, 500), (7, 3, 300)], rule=0, tier="", is_cancelled=[False, False, True])
    sales["settled_on"] = pd.to_datetime([None, "2026-03-09", "2026-03-09"])
    rules = [EarningRule(**{"number": 1, "amount_per_point": Decimal(100), "starts_on": START} | rule)]
    target = target_points(sales, frame([(7, 1, 0)]).iloc[:0], rules)
    assert (target["pending"].tolist(), target["earned"].tolist()) == (pending, earned)
