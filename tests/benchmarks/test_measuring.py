import pytest

from benchmarks.measuring import Line, Pairs, Reached, Sense, in_turn


@pytest.mark.parametrize(
    ("sense", "value", "is_met"),
    [
        (Sense.AT_LEAST, 2.5, True),
        (Sense.AT_LEAST, 2.49, False),
        (Sense.AT_MOST, 1.5, True),
        (Sense.AT_MOST, 1.6, False),
    ],
)
def test_line_is_met_on_its_own_side_of_the_limit(sense, value, is_met):
    limit = 2.5 if sense is Sense.AT_LEAST else 1.5
    line = Line("name", "goal", sense, limit, lambda made: Reached(value))
    assert line.is_met(line.measure(None)) is is_met


def test_ratio_is_the_median_of_the_pairs_and_no_ratio_of_medians():
    assert Pairs([10.0, 2.0, 3.0], [1.0, 2.0, 1.0]).ratio == 3.0


def test_both_run_in_turn_and_the_first_round_is_not_counted():
    ran = []
    found = in_turn(lambda: ran.append("a"), lambda: ran.append("b"), pairs=3, before=[lambda: ran.append("-")])
    assert "".join(ran) == "-a-b" * 4
    assert len(found.first) == len(found.second) == 3
