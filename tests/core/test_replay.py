from datetime import date, timedelta

import pytest

from core.replay import Comparison, Replayed, monday, replay

D = date(2026, 3, 2)  # a Monday


def nights(*firing):
    return {D + timedelta(days=number): accounts for number, accounts in enumerate(firing)}


@pytest.mark.parametrize(
    ("firing", "entries"),
    [
        ([], []),
        ([{1, 2}], []),
        ([set(), {1}], [(1, 1)]),
        ([{1}, {1}, {1}], []),
        ([set(), {1}, {1}, set(), {1}], [(1, 1)]),
        ([set(), {1}, set(), set(), {1}], [(1, 1), (4, 1)]),
        ([{1}, {2}, {1, 2, 3}], [(1, 2), (2, 3)]),
    ],
)
def test_replay_counts_entries_after_quiet_nights(firing, entries):
    sheets = nights(*firing)
    result = replay(list(sheets), sheets.__getitem__, hold=2)
    assert result.entries == tuple((D + timedelta(days=number), account) for number, account in entries)


def test_figures_of_a_replay():
    days = (D, D + timedelta(days=1), D + timedelta(days=15))
    result = Replayed(((days[1], 1), (days[2], 1), (days[2], 2)))
    comparison = Comparison(days, 1, new=result)
    assert comparison.weeks == [D, D + timedelta(weeks=1), D + timedelta(weeks=2)]
    assert result.per_week(comparison.weeks) == [1, 0, 2]
    assert (result.times, result.accounts) == (3, {1, 2})
    assert result.among({2}).times == 1
    assert Comparison((), 0).weeks == []


def test_week_begins_on_monday():
    assert monday(date(2026, 3, 8)) == D
