"""Months as numbers, and how windows of days are put together from whole months and the days at their edges."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sales.windows import BAND_STARTS

MIDDLE_OF_A_MONTH = 15


def month_of(day: date) -> int:
    """Months since the beginning of year 0: January 2026 is 24312."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    year, index = divmod(month, 12)
    return date(year, index + 1, calendar.monthrange(year, index + 1)[1])


@dataclass(frozen=True)
class Moved:
    """Days whose month is counted in the band ``source`` and that belong into ``target``."""

    first: date
    last: date
    source: int
    target: int


@dataclass(frozen=True)
class MonthBands:
    """Into which band of age each whole month goes as of a day, and which days have to be moved to another.

    ``newest`` holds pairs (month, band): months up to this one, and after that of the pair before, go into the band;
    the oldest band comes first, and later months go into band 0.
    """

    newest: tuple[tuple[int, int], ...]
    moved: tuple[Moved, ...]


def month_bands(as_of: date) -> MonthBands:
    """A month that an edge of a window cuts goes to the side that has more of its days; the others are moved."""
    newest, moved = [], []
    for younger, band in pairwise(BAND_STARTS):
        edge = as_of - timedelta(days=band)
        month = month_of(edge)
        if edge == last_day(month):
            newest.append((month, band))
        elif edge.day <= MIDDLE_OF_A_MONTH:
            newest.append((month - 1, band))
            moved.append(Moved(first_day(month), edge, source=younger, target=band))
        else:
            newest.append((month, band))
            moved.append(Moved(edge + timedelta(days=1), last_day(month), source=band, target=younger))
    return MonthBands(tuple(reversed(newest)), tuple(moved))
