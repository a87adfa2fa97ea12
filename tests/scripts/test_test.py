"""The sum at the end of `make test` must be right: a build is judged by it."""

import pytest

from scripts.test import Result, counts_of, summary


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("============ 10 passed in 48.77s ============", {"passed": 10}),
        ("== 1 failed, 151 passed in 125.62s (0:02:05) ==", {"failed": 1, "passed": 151}),
        ("= 1 failed, 8 passed, 2 skipped, 3 errors in 1.00s =", {"failed": 1, "passed": 8, "skipped": 2, "errors": 3}),
        ("3 passed, 12 deselected in 3.20s", {"passed": 3, "deselected": 12}),
        ("==== no tests ran in 0.01s ====", {}),
        ("tests/core/test_money.py::test_x 3 passed", {}),
        ("waited 10 passed", {}),
    ],
)
def test_counts_of_a_closing_line(line, counts):
    assert counts_of(line) == counts


def result(exit_code: int = 0, **counts: int) -> Result:
    return Result("somewhere", counts, exit_code, 1.0)


@pytest.mark.parametrize(
    ("results", "line"),
    [
        ([result(passed=10), result(passed=11)], "21 passed, 0 failed"),
        ([result(passed=10), result(1, passed=9, failed=1)], "19 passed, 1 failed"),
        ([result(1, passed=1, failed=1, errors=2), result(1, passed=2, error=1)], "3 passed, 4 failed"),
        ([result(passed=1, skipped=2), result(passed=1)], "2 passed, 0 failed, 2 skipped"),
        ([result(5), result(137, passed=3)], "3 passed, 2 failed"),
    ],
)
def test_summary_adds_both_runs(results, line):
    assert summary(results) == line
