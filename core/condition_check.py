"""Faults of a condition, found before it runs: unknown facts, wrong comparisons, wrong units, odd shapes."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from core.conditions import BRANCHES, COMPARATORS, KNOWN, TIER_FACT, Tree
from core.problems import Problem

MAXIMUM_PARTS = 60
UNORDERED_KINDS = frozenset({"category", "flag"})
WITHOUT_NUMBERS = UNORDERED_KINDS | {"date"}
OPERAND_FIELDS = frozenset({"terms", "plus", "at_least", "at_most"})
TERM_FIELDS = frozenset({"fact", "times", "less"})


class FactLike(Protocol):
    """What the check needs to know about a fact."""

    kind: str
    unit: str


def check(tree: Any, facts: Mapping[str, FactLike], path: tuple = ()) -> list[Problem]:
    """The faults of ``tree`` against the known ``facts`` (key → fact), in reading order; empty when it can run."""
    problems = list(_check_node(tree, facts, path))
    if _parts(tree) > MAXIMUM_PARTS:
        problems.insert(0, Problem("too_large", path, str(MAXIMUM_PARTS)))
    return problems


def _parts(tree: Any) -> int:
    if isinstance(tree, Mapping):
        return 1 + sum(_parts(tree[branch]) for branch in BRANCHES if branch in tree)
    return sum(_parts(branch) for branch in tree) if isinstance(tree, list) else 0


def _check_node(tree: Any, facts, path: tuple) -> Iterator[Problem]:
    if not isinstance(tree, Mapping) or len(set(tree) & {*BRANCHES, "fact"}) != 1:
        yield Problem("not_a_condition", path, str(tree)[:60])
        return
    if "not" in tree:
        yield from _check_node(tree["not"], facts, (*path, "not"))
        return
    for branch in ("all", "any"):
        if branch in tree:
            yield from _check_branches(tree[branch], facts, (*path, branch))
            return
    yield from _check_leaf(tree, facts, path)


def _check_branches(branches: Any, facts, path: tuple) -> Iterator[Problem]:
    if not isinstance(branches, list) or not branches:
        yield Problem("empty", path)
        return
    for position, branch in enumerate(branches):
        yield from _check_node(branch, facts, (*path, position))


def _check_leaf(leaf: Tree, facts, path: tuple) -> Iterator[Problem]:
    for field in sorted(set(leaf) - {"fact", "is", "than"}):
        yield Problem("unknown_field", path, field)
    if leaf["fact"] not in facts:
        yield Problem("unknown_fact", (*path, "fact"), str(leaf["fact"]))
        return
    if leaf.get("is") not in COMPARATORS:
        yield Problem("unknown_comparator", (*path, "is"), str(leaf.get("is", "")))
        return
    if "than" not in leaf:
        yield Problem("missing", path, "than")
        return
    fact = facts[leaf["fact"]]
    if fact.kind in UNORDERED_KINDS and leaf["is"] in (">", ">=", "<", "<="):
        yield Problem("wrong_comparator", (*path, "is"), leaf["fact"])
        return
    yield from _check_operand(leaf, fact, facts, (*path, "than"))


def _check_operand(leaf: Tree, fact: FactLike, facts, path: tuple) -> Iterator[Problem]:
    than = leaf["than"]
    if leaf["is"] == KNOWN:
        if not isinstance(than, bool):
            yield Problem("not_a_flag", path, str(than)[:60])
    elif leaf["is"] == "in":
        if not isinstance(than, list) or not than:
            yield Problem("not_a_list", path, leaf["fact"])
    elif isinstance(than, Mapping):
        yield from _check_limit(than, fact.unit, facts, path)
    elif fact.kind not in WITHOUT_NUMBERS and not is_number(than):
        yield Problem("not_a_number", path, str(than)[:60])


def _check_limit(than: Tree, unit: str, facts, path: tuple) -> Iterator[Problem]:
    for field in sorted(set(than) - OPERAND_FIELDS):
        yield Problem("unknown_field", path, field)
    for field in ("at_least", "at_most"):
        if field in than and not is_number(than[field]):
            yield Problem("not_a_number", (*path, field), str(than[field])[:60])
    yield from _check_figure(than.get("plus", 0), facts, (*path, "plus"))
    for position, term in enumerate(than.get("terms", [])):
        yield from _check_term(term, unit, facts, (*path, "terms", position))


def _check_term(term: Any, unit: str, facts, path: tuple) -> Iterator[Problem]:
    if not isinstance(term, Mapping) or "fact" not in term:
        yield Problem("not_a_condition", path, str(term)[:60])
        return
    if term["fact"] not in facts:
        yield Problem("unknown_fact", (*path, "fact"), str(term["fact"]))
    elif facts[term["fact"]].unit != unit:
        yield Problem("wrong_unit", (*path, "fact"), term["fact"])
    for field in sorted(set(term) - TERM_FIELDS):
        yield Problem("unknown_field", path, field)
    for field in ("times", "less"):
        yield from _check_figure(term.get(field, 1), facts, (*path, field))


def _check_figure(figure: Any, facts, path: tuple) -> Iterator[Problem]:
    if not isinstance(figure, Mapping):
        if not is_number(figure):
            yield Problem("not_a_number", path, str(figure)[:60])
        return
    by_tier = figure.get("by_tier")
    if not isinstance(by_tier, Mapping) or TIER_FACT not in facts:
        yield Problem("unknown_fact", path, TIER_FACT)
        return
    for tier, factor in by_tier.items():
        if factor is not None and not is_number(factor):
            yield Problem("not_a_number", (*path, "by_tier", tier), str(factor)[:60])


def is_number(value: Any) -> bool:
    """Whether ``value`` is a finite number (a flag is none)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
