from copy import deepcopy

import pytest

from core import versions
from segmentation import configuration


def changed(document, *path_and_value):
    """A copy of ``document`` with one value replaced; the value is the last argument."""
    *path, value = path_and_value
    copy = deepcopy(document)
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy


def codes(problems):
    return [(problem.code, problem.path) for problem in problems]


SCORE = configuration.FIRST_VALUE_SCORE
FIRST = ("components", 0)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (SCORE, []),
        ("nonsense", [("missing", ("components",))]),
        ({"components": []}, [("empty", ("components",))]),
        (SCORE | {"more": 1}, [("unknown_field", ("more",))]),
        (changed(SCORE, "components", 0, "fact", "nonsense"), [("unknown_fact", (*FIRST, "fact"))]),
        (changed(SCORE, "components", 0, "fact", "margin_365d"), [("sensitive_fact", (*FIRST, "fact"))]),
        (changed(SCORE, "components", 0, "fact", "region"), [("not_a_number", (*FIRST, "fact"))]),
        (changed(SCORE, "components", 0, "fact", "orders_365d"), [("twice", ("components",))]),
        (changed(SCORE, "components", 0, "method", "magic"), [("out_of_range", (*FIRST, "method"))]),
        (changed(SCORE, "components", 0, "weight", "40"), [("not_a_number", (*FIRST, "weight"))]),
        (changed(SCORE, "components", 0, "weight", 41), [("wrong_sum", ("components",))]),
        (
            changed(SCORE, "components", 0, "weight", -5),
            [("out_of_range", (*FIRST, "weight")), ("wrong_sum", FIRST[:1])],
        ),
        (changed(SCORE, "components", 2, "zero_at", 0), [("out_of_range", ("components", 2, "full_at"))]),
        (changed(SCORE, "components", 2, "zero_at", None), [("not_a_number", ("components", 2, "zero_at"))]),
    ],
)
def test_value_score_names_its_problems(document, expected):
    assert codes(configuration.problems_of_value_score(document)) == expected


TIERS = configuration.FIRST_TIERS


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (TIERS, []),
        (TIERS | {"limits": []}, [("empty", ("limits",))]),
        (changed(TIERS, "limits", 1, "minimum", 80), [("not_falling", ("limits", 1, "minimum"))]),
        (changed(TIERS, "limits", 0, "minimum", 101), [("out_of_range", ("limits", 0, "minimum"))]),
        (changed(TIERS, "limits", 0, "minimum", "80"), [("not_a_number", ("limits", 0, "minimum"))]),
        (changed(TIERS, "limits", 0, {"tier": "A"}), [("missing", ("limits", 0, "minimum"))]),
        (changed(TIERS, "otherwise", "Z"), [("unknown_tier", ("otherwise",))]),
        (changed(TIERS, "otherwise", "A"), [("twice", ("limits",))]),
        (changed(TIERS, "minimum_confidence", 1.2), [("out_of_range", ("minimum_confidence",))]),
    ],
)
def test_tier_limits_name_their_problems(document, expected):
    assert codes(configuration.problems_of_tiers(document)) == expected


RFM = configuration.FIRST_RFM


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (RFM, []),
        (RFM | {"high_rule": "mean"}, []),
        (RFM | {"quantiles": [0.2, 0.4, 0.6]}, [("out_of_range", ("quantiles",))]),
        (RFM | {"quantiles": [0.2, 0.6, 0.4, 0.8]}, [("out_of_range", ("quantiles",))]),
        (RFM | {"high_from": 6}, [("out_of_range", ("high_from",))]),
        (RFM | {"high_rule": "luck"}, [("out_of_range", ("high_rule",))]),
        (RFM | {"minimum_population": 0}, [("out_of_range", ("minimum_population",))]),
    ],
)
def test_rfm_names_its_problems(document, expected):
    assert codes(configuration.problems_of_rfm(document)) == expected


@pytest.mark.django_db
def test_migrate_publishes_version_one_of_each_document():
    kinds = {"value_score": SCORE, "tiers": TIERS, "rfm": RFM}
    for kind, document in kinds.items():
        version = versions.published(kind)
        assert (version.number, version.document) == (1, document)
        assert versions.kind_of(kind).validate(document) == []


@pytest.mark.django_db
def test_label_says_the_place_in_words():
    assert configuration.label(("components", "revenue_365d", "weight")) == "Weights · Revenue in 365 days · weight"
