"""The Pareto curve: which share of the accounts brings which share of the revenue. Pure calculation."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

POINTS = 120


def curve(revenues: Sequence[Decimal]) -> list[list[float]]:
    """Points (share of accounts, share of revenue), both 0–1, from (0, 0) to (1, 1); at most ``POINTS`` + 1.

    ``revenues`` falls. Empty without accounts or without revenue. Negative revenue lifts the curve above 1 before its
    end, as it must.
    """
    total, count = sum(revenues), len(revenues)
    if total <= 0:
        return []
    sums = list(accumulate(revenues))
    step = max(count // POINTS, 1)
    numbers = sorted({*range(step, count + 1, step), *range(1, min(count, POINTS // 4) + 1), count})
    return [[0.0, 0.0], *([round(n / count, 4), round(float(sums[n - 1] / total), 4)] for n in numbers)]


def smallest_half(revenues: Sequence[Decimal]) -> int:
    """How many of the greatest accounts bring half of the revenue; 0 without revenue. ``revenues`` falls."""
    total = sum(revenues)
    if total <= 0:
        return 0
    return next(number for number, amount in enumerate(accumulate(revenues), start=1) if 2 * amount >= total)
