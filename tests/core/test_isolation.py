import pytest
from django.db import OperationalError

from core.isolation import MOST_ERRORS, isolate


def reciprocal_sum(numbers):
    return sum(1 / number for number in numbers)


def test_isolate_works_on_everything_at_once_when_nothing_fails():
    assert isolate(len, range(1000)) == ([1000], {})
    assert isolate(len, []) == ([], {})


def test_isolate_names_the_items_that_fail_and_does_the_others_in_order():
    results, errors = isolate(lambda items: [1 / item for item in items], [1, 0, 2, 4, 5])
    assert [share for result in results for share in result] == [1, 0.5, 0.25, 0.2]
    assert errors == {0: "ZeroDivisionError: division by zero"}


def test_isolate_finds_one_bad_item_among_many_with_few_repetitions():
    calls = []

    def work(items):
        calls.append(items)
        return reciprocal_sum(items)

    results, errors = isolate(work, [*range(1, 512), 0])
    assert sum(results) == pytest.approx(reciprocal_sum(range(1, 512)))
    assert list(errors) == [0]
    assert len(calls) <= 2 * 9 + 1


def test_isolate_raises_when_the_fault_is_not_of_single_items():
    with pytest.raises(ZeroDivisionError):
        isolate(lambda items: 1 / 0, range(3 * MOST_ERRORS))


def test_isolate_raises_at_once_when_the_database_is_away():
    calls = []

    def work(items):
        calls.append(items)
        raise OperationalError("database is locked")

    with pytest.raises(OperationalError):
        isolate(work, [1, 2, 3])
    assert len(calls) == 1
