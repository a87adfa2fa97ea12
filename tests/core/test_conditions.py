from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import conditions
from core.condition_check import MAXIMUM_PARTS, check

FACTS = {
    key: SimpleNamespace(kind=kind, unit=unit)
    for key, kind, unit in [
        ("days", "days", "days"),
        ("mean", "average", "days"),
        ("std", "average", "days"),
        ("amount", "amount", "money"),
        ("tier", "category", ""),
        ("vip", "flag", ""),
        ("since", "date", ""),
    ]
}


def sheet(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


def outcomes(tree, frame) -> list:
    return [None if value is pd.NA else bool(value) for value in conditions.evaluate(tree, frame)]


@pytest.mark.parametrize(
    ("comparator", "than", "expected"),
    [
        (">", 5, [False, False, True, None]),
        (">=", 5, [False, True, True, None]),
        ("<", 5, [True, False, False, None]),
        ("<=", 5, [True, True, False, None]),
        ("==", 5, [False, True, False, None]),
        ("!=", 5, [True, False, True, None]),
        ("in", [4, 6], [True, False, True, None]),
    ],
)
def test_leaf_compares_each_row_and_null_is_not_evaluated(comparator, than, expected):
    tree = {"fact": "days", "is": comparator, "than": than}
    assert outcomes(tree, sheet(days=[4.0, 5.0, 6.0, np.nan])) == expected


def test_categories_and_dates_compare_by_their_own_kind():
    frame = sheet(tier=["A", "D", None], since=pd.to_datetime(["2026-01-01", "2026-02-01", None]))
    assert outcomes({"fact": "tier", "is": "in", "than": ["A", "B"]}, frame) == [True, False, None]
    assert outcomes({"fact": "since", "is": ">", "than": "2026-01-15"}, frame) == [False, True, None]


VALUES = [True, False, None]
KLEENE_AND = {(True, True): True, (True, None): None, (None, None): None}
KLEENE_OR = {(False, False): False, (False, None): None, (None, None): None}


@pytest.mark.parametrize("left", VALUES)
@pytest.mark.parametrize("right", VALUES)
def test_all_and_any_follow_three_valued_logic(left, right):
    frame = sheet(a=[_number(left)], b=[_number(right)])
    tree = [{"fact": "a", "is": ">", "than": 0}, {"fact": "b", "is": ">", "than": 0}]
    pairs = ((left, right), (right, left))
    both = next((KLEENE_AND[pair] for pair in pairs if pair in KLEENE_AND), False)
    either = next((KLEENE_OR[pair] for pair in pairs if pair in KLEENE_OR), True)
    assert outcomes({"all": tree}, frame) == [both]
    assert outcomes({"any": tree}, frame) == [either]


def _number(value: bool | None) -> float:
    return np.nan if value is None else float(value)


LEAVES = st.builds(
    lambda fact, comparator, than: {"fact": fact, "is": comparator, "than": than},
    st.sampled_from(["days", "mean", "std"]),
    st.sampled_from([">", ">=", "<", "<=", "==", "!="]),
    st.integers(-3, 3),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(lambda branches: {"all": branches}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda branches: {"any": branches}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda branch: {"not": branch}, inner)
    ),
    max_leaves=6,
)
CELLS = st.lists(st.one_of(st.none(), st.integers(-3, 3)), min_size=5, max_size=5)


@given(st.lists(TREES, min_size=1, max_size=3), CELLS, CELLS, CELLS)
def test_de_morgan_holds_with_nulls(branches, days, mean, std):
    frame = pd.DataFrame({"days": days, "mean": mean, "std": std}, dtype="float64")
    negated = [{"not": branch} for branch in branches]
    assert outcomes({"not": {"all": branches}}, frame) == outcomes({"any": negated}, frame)
    assert outcomes({"not": {"any": branches}}, frame) == outcomes({"all": negated}, frame)


@given(TREES, CELLS, CELLS, CELLS)
def test_evaluation_of_a_row_does_not_depend_on_the_other_rows(tree, days, mean, std):
    frame = pd.DataFrame({"days": days, "mean": mean, "std": std}, dtype="float64")
    alone = [outcomes(tree, frame.iloc[[position]])[0] for position in range(len(frame))]
    assert outcomes(tree, frame) == alone


GAP = {
    "fact": "days",
    "is": ">",
    "than": {
        "at_least": 14,
        "terms": [{"fact": "mean", "times": 1}, {"fact": "std", "times": {"by_tier": {"A": 2, "B": 1}}}],
    },
}


@pytest.mark.parametrize(
    ("days", "mean", "std", "tier", "limit", "outcome"),
    [
        (15, 3, 1, "A", 14, True),
        (14, 3, 1, "A", 14, False),
        (31, 10, 10, "A", 30, True),
        (31, 10, 10, "B", 20, True),
        (19, 10, 10, "B", 20, False),
        (31, 10, 10, "D", None, None),
        (31, 10, 10, None, None, None),
        (31, 10, None, "A", None, None),
        (None, 10, 10, "A", 30, None),
    ],
)
def test_limit_of_facts_takes_the_factor_of_the_tier_and_its_floor(days, mean, std, tier, limit, outcome):
    frame = pd.DataFrame({"days": [days], "mean": [mean], "std": [std]}, dtype="float64").assign(tier=tier)
    found = conditions.limit_of(GAP, frame).iloc[0]
    assert (None if pd.isna(found) else found) == limit
    assert outcomes(GAP, frame) == [outcome]


def test_limit_is_capped_and_shifted():
    tree = {"fact": "days", "is": ">", "than": {"terms": [{"fact": "mean"}], "plus": 5, "at_most": 20}}
    assert list(conditions.limit_of(tree, sheet(days=[1.0, 1.0], mean=[10.0, 40.0]))) == [15, 20]


def test_explain_names_value_limit_terms_and_outcome_of_every_leaf():
    tree = {"any": [GAP, {"not": {"fact": "amount", "is": "<", "than": 100}}]}
    row = {"days": 31.0, "mean": 10.0, "std": 10.0, "tier": "A", "amount": np.nan}
    assert conditions.explain(tree, row) == [
        conditions.Leaf("days", ">", 31.0, 30.0, True, {"mean": 10.0, "std": 10.0}),
        conditions.Leaf("amount", "<", None, 100, None, {}),
    ]


def test_facts_of_a_tree_include_the_terms_and_the_tier():
    assert conditions.facts_of({"not": GAP}) == {"days", "mean", "std", "tier"}


def test_evaluate_refuses_a_fact_the_sheet_does_not_have():
    with pytest.raises(conditions.UnknownFactError) as raised:
        conditions.evaluate(GAP, sheet(days=[1.0]))
    assert raised.value.fact == "mean"


def test_evaluate_refuses_to_order_text():
    with pytest.raises(conditions.ConditionError):
        conditions.evaluate({"fact": "tier", "is": ">", "than": 3}, sheet(tier=["A", None]))


def leaf(fact="days", comparator=">", than=5):
    return {"fact": fact, "is": comparator, "than": than}


@pytest.mark.parametrize(
    ("tree", "codes"),
    [
        (leaf(), []),
        (GAP, []),
        (leaf("tier", "in", ["A"]), []),
        (leaf("since", ">", "2026-01-01"), []),
        ({}, ["not_a_condition"]),
        ("days > 5", ["not_a_condition"]),
        ({"all": [], "fact": "days"}, ["not_a_condition"]),
        ({"all": []}, ["empty"]),
        ({"any": [leaf(), leaf("nothing")]}, ["unknown_fact"]),
        ({"not": leaf(comparator="~")}, ["unknown_comparator"]),
        ({"fact": "days", "is": ">"}, ["missing"]),
        ({**leaf(), "eval": "1"}, ["unknown_field"]),
        (leaf("tier", ">", "A"), ["wrong_comparator"]),
        (leaf("vip", "<=", True), ["wrong_comparator"]),
        (leaf(than="five"), ["not_a_number"]),
        (leaf(than=True), ["not_a_number"]),
        (leaf(than=float("nan")), ["not_a_number"]),
        (leaf(comparator="in", than=5), ["not_a_list"]),
        (leaf(than={"terms": [{"fact": "amount"}]}), ["wrong_unit"]),
        (leaf(than={"terms": [{"fact": "gone"}]}), ["unknown_fact"]),
        (leaf(than={"terms": ["mean"]}), ["not_a_condition"]),
        (leaf(than={"terms": [], "at_least": "x"}), ["not_a_number"]),
        (leaf(than={"times": 3}), ["unknown_field"]),
        (leaf(than={"terms": [{"fact": "mean", "times": "2"}]}), ["not_a_number"]),
        (leaf(than={"terms": [{"fact": "mean", "times": {"by_tier": {"A": "2"}}}]}), ["not_a_number"]),
        (leaf(than={"terms": [{"fact": "mean", "times": {"by_tier": {"A": None}}}]}), []),
        ({"all": [leaf()] * MAXIMUM_PARTS}, ["too_large"]),
    ],
)
def test_check_names_the_faults_of_a_tree(tree, codes):
    assert [problem.code for problem in check(tree, FACTS)] == codes


def test_check_says_where_the_fault_is_and_what_it_is_about():
    problem = check({"all": [leaf(), leaf("nothing")]}, FACTS)[0]
    assert (problem.path, problem.subject) == (("all", 1, "fact"), "nothing")
    assert "nothing" in str(problem)
