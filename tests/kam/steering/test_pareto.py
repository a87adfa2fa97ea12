from decimal import Decimal

import pytest

from kam.steering.pareto import POINTS, curve, smallest_half


def money(*amounts):
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("revenues", "points"),
    [
        ([], []),
        (money(0, 0), []),
        (money(5, -9), []),
        (money(100), [[0, 0], [1, 1]]),
        (money(60, 30, 10), [[0, 0], [0.3333, 0.6], [0.6667, 0.9], [1, 1]]),
        (money(60, 60, -20), [[0, 0], [0.3333, 0.6], [0.6667, 1.2], [1, 1]]),
    ],
)
def test_curve_goes_from_nothing_to_everything(revenues, points):
    assert curve(revenues) == points


def test_curve_of_many_accounts_stays_short_and_rises():
    points = curve(money(*range(5000, 0, -1)))
    assert len(points) <= 2 * POINTS
    assert points[-1] == [1, 1]
    assert points == sorted(points)


@pytest.mark.parametrize(
    ("revenues", "count"), [([], 0), (money(0), 0), (money(50, 25, 25), 1), (money(40, 30, 30), 2)]
)
def test_smallest_half_counts_the_greatest_accounts(revenues, count):
    assert smallest_half(revenues) == count
