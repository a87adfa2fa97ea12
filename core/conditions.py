"""Conditions: a tree of ``fact · comparator · value`` with all, any and not, evaluated over a whole sheet at once.

A fact that is null makes its comparison *not evaluated* (``pd.NA``), never false; all, any and not follow three-valued
logic (Kleene). The one evaluator stands behind alert rules, their preview, their replay and their explanation.

A leaf compares ``{"fact": key, "is": comparator, "than": operand}``. The operand is a constant, a list (for ``in``),
true or false (for ``known``: whether there is a value, the one comparison that null does not leave open), or a limit
made of facts: ``{"terms": [{"fact": key, "times": figure, "less": figure}], "plus": figure, "at_least": number,
"at_most": number}``, each term being fact × times × (1 − less). A figure is a number or ``{"by_tier": {tier:
number}}``; a tier without a number there is not evaluated. Limits are compared to six places, so that 70 % of 10 is 7.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.lazy import pd

COMPARATORS = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "in": lambda values, options: values.isin(options),
    "known": lambda values, wanted: values.notna() == wanted,
}
KNOWN = "known"
BRANCHES = ("all", "any", "not")
TIER_FACT = "tier"
LIMIT_PLACES = 6
"""More than money has, fewer than the noise of floating point: a limit that is met exactly must read as met."""

Tree = Mapping[str, Any]


class ConditionError(ValueError):
    """The condition cannot be evaluated as it is written."""


class UnknownFactError(ConditionError):
    """The sheet has no such fact."""

    def __init__(self, fact: str):
        super().__init__(fact)
        self.fact = fact


@dataclass(frozen=True)
class Leaf:
    """How one comparison of the tree came out for one account; ``outcome`` None means not evaluated."""

    fact: str
    comparator: str
    value: Any
    limit: Any
    outcome: bool | None
    terms: dict[str, Any]


def evaluate(tree: Tree, sheet: pd.DataFrame) -> pd.Series:
    """Whether the condition holds, per row of ``sheet``: nullable boolean, NA = not evaluated.

    ``sheet`` has a row per account and a column per fact. Raises UnknownFactError for a fact the sheet does not have,
    ConditionError for a tree that is none.
    """
    if "all" in tree:
        return _combined(tree["all"], sheet, operator.and_, True)
    if "any" in tree:
        return _combined(tree["any"], sheet, operator.or_, False)
    if "not" in tree:
        return ~evaluate(tree["not"], sheet)
    return _compare(tree, sheet)


def explain(tree: Tree, row: Mapping[str, Any]) -> list[Leaf]:
    """Every comparison of the tree for one account, in reading order, with its value, its limit and its outcome.

    ``row`` maps fact keys to values, as one row of a sheet does. The outcome comes from the same evaluator.
    """
    return explain_rows(tree, pd.DataFrame([dict(row)]))[0]


def explain_rows(tree: Tree, sheet: pd.DataFrame) -> list[list[Leaf]]:
    """As `explain`, for every row of ``sheet`` at once; one list of comparisons per row, in its order."""
    columns = [_explained(leaf, sheet) for leaf in leaves(tree)]
    return [list(row) for row in zip(*columns, strict=True)]


def limit_of(leaf: Tree, sheet: pd.DataFrame) -> pd.Series:
    """The limit that each row of ``sheet`` is compared with: number in the unit of the leaf's fact, NA if unknown."""
    than = leaf["than"]
    if isinstance(than, Mapping):
        return _limit(than, sheet)
    return pd.Series([than] * len(sheet), index=sheet.index)


def leaves(tree: Tree) -> Iterator[Tree]:
    """The comparisons of a tree, in reading order."""
    if "not" in tree:
        yield from leaves(tree["not"])
        return
    branches = tree.get("all", tree.get("any"))
    if branches is None:
        yield tree
        return
    for branch in branches:
        yield from leaves(branch)


def facts_of(tree: Tree) -> set[str]:
    """Every fact key that the tree reads, the tier included where a limit depends on it."""
    return {fact for leaf in leaves(tree) for fact in _facts_of_leaf(leaf)}


def _facts_of_leaf(leaf: Tree) -> Iterator[str]:
    yield leaf["fact"]
    than = leaf["than"]
    figures = [than.get("plus")] if isinstance(than, Mapping) else []
    for term in _terms(than):
        yield term["fact"]
        figures += [term.get("times"), term.get("less")]
    if any(isinstance(figure, Mapping) for figure in figures):
        yield TIER_FACT


def _terms(than) -> list[Tree]:
    return than.get("terms", []) if isinstance(than, Mapping) else []


def _combined(branches: list[Tree], sheet: pd.DataFrame, combine, neutral: bool) -> pd.Series:
    result = pd.Series(neutral, index=sheet.index, dtype="boolean")
    for branch in branches:
        result = combine(result, evaluate(branch, sheet))
    return result


def _compare(leaf: Tree, sheet: pd.DataFrame) -> pd.Series:
    if leaf.get("is") not in COMPARATORS or "fact" not in leaf or "than" not in leaf:
        raise ConditionError(f"not a condition: {leaf!r}")
    values = _column(sheet, leaf["fact"])
    unknown = values.isna() & (leaf["is"] != KNOWN)
    if isinstance(leaf["than"], Mapping):
        limit = _limit(leaf["than"], sheet)
        unknown |= limit.isna()
    else:
        limit = _constant(leaf["than"], values)
    try:
        return COMPARATORS[leaf["is"]](values, limit).astype("boolean").mask(unknown)
    except TypeError as error:
        raise ConditionError(f"{leaf['fact']} cannot be compared with {leaf['than']!r}") from error


def _limit(than: Tree, sheet: pd.DataFrame) -> pd.Series:
    total = pd.Series(0.0, index=sheet.index) + _figure(than.get("plus", 0), sheet)
    for term in than.get("terms", []):
        values = _column(sheet, term["fact"]).astype("float64")
        total = total + values * _figure(term.get("times", 1), sheet) * (1 - _figure(term.get("less", 0), sheet))
    return total.clip(lower=than.get("at_least"), upper=than.get("at_most")).round(LIMIT_PLACES)


def _figure(figure, sheet: pd.DataFrame):
    if not isinstance(figure, Mapping):
        return figure
    return _column(sheet, TIER_FACT).map(figure["by_tier"]).astype("float64")


def _constant(than, values: pd.Series):
    if not pd.api.types.is_datetime64_any_dtype(values):
        return than
    return [pd.Timestamp(day) for day in than] if isinstance(than, list) else pd.Timestamp(than)


def _column(sheet: pd.DataFrame, fact: str) -> pd.Series:
    if fact not in sheet.columns:
        raise UnknownFactError(fact)
    return sheet[fact]


def _explained(leaf: Tree, sheet: pd.DataFrame) -> list[Leaf]:
    values = _plain_column(_column(sheet, leaf["fact"]))
    limits = _plain_column(limit_of(leaf, sheet)) if isinstance(leaf["than"], Mapping) else [leaf["than"]] * len(sheet)
    outcomes = _plain_column(_compare(leaf, sheet))
    terms = {term["fact"]: _plain_column(_column(sheet, term["fact"])) for term in _terms(leaf["than"])}
    return [
        Leaf(leaf["fact"], leaf["is"], value, limit, outcome, {fact: column[row] for fact, column in terms.items()})
        for row, (value, limit, outcome) in enumerate(zip(values, limits, outcomes, strict=True))
    ]


def _plain_column(column: pd.Series) -> list:
    return [_plain(value) for value in column]


def _plain(value):
    """A value that JSON can carry: None for null, plain numbers, ISO dates."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value
