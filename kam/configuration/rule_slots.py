"""An alert rule as a sentence with slots: what an administrator may change, and the rule with those changes.

The sentence is made from the rule's own tree, so it says what the evaluator does.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from churn.explanations import fact_label
from core import facts
from core.conditions import KNOWN
from core.versions import Document

WORDS = {
    ">": lambda: _("is over"),
    ">=": lambda: _("is at least"),
    "<": lambda: _("is below"),
    "<=": lambda: _("is at most"),
    "==": lambda: pgettext("comparison", "is"),
    "!=": lambda: _("is not"),
    "in": lambda: _("is one of"),
}
PERCENT = "%"
TIER_WORDS = {
    "times": lambda: _("Factor per tier"),
    "less": lambda: _("Reduced by, per tier"),
    "plus": lambda: _("Amount per tier"),
}
SLOT_WORDS = {
    "times": lambda: _("factor for tier %(tier)s"),
    "less": lambda: _("reduction for tier %(tier)s"),
    "plus": lambda: _("amount for tier %(tier)s"),
}


@dataclass(frozen=True)
class Slot:
    """One figure of a rule that may be changed: where it stands, what it is called, what it is now.

    A share is shown and typed in per cent.
    """

    path: tuple
    label: str
    value: float | None
    unit: str = ""
    tier: str = ""

    @property
    def name(self) -> str:
        """The field's name in a form: its place in the rule."""
        return "__".join(map(str, self.path))

    @property
    def shown(self) -> float | None:
        """The value as it stands in its field."""
        if self.value is None or self.unit != PERCENT:
            return self.value
        percent = round(self.value * 100, 4)
        return int(percent) if percent.is_integer() else percent

    def kept(self, typed: float | None) -> float | None:
        """What was typed as the rule keeps it."""
        return typed if typed is None or self.unit != PERCENT else round(typed / 100, 6)


Piece = str | Slot


def sentence(document: Document) -> list[Piece]:
    """The rule as words and slots in reading order; the factors of tiers are left to a table of their own."""
    pieces: list[Piece] = [pgettext("rule", "When")]
    if document.get("applies_when"):
        pieces += [*_node(document["applies_when"], ("applies_when",)), _("and")]
    return [*pieces, *_node(document["fires_when"], ("fires_when",))]


def slots(document: Document) -> list[Slot]:
    """Every slot of the sentence."""
    return [piece for piece in sentence(document) if isinstance(piece, Slot)]


@dataclass(frozen=True)
class TierGroup:
    """The figures that one place of the rule has for each tier."""

    label: str
    unit: str
    slots: list[Slot]


def tier_groups(document: Document) -> list[TierGroup]:
    """The figures by tier, place by place, in the order of the tiers; a value of None leaves the tier out."""
    trees = [(field, document.get(field, {})) for field in ("applies_when", "fires_when")]
    places = [place for field, tree in trees for place in _by_tier(tree, (field,))]
    return [_tier_group(document, path, figures) for path, figures in places]


def tier_slots(document: Document) -> list[Slot]:
    """Every figure by tier."""
    return [slot for group in tier_groups(document) for slot in group.slots]


def _tier_group(document: Document, path: tuple, figures: Mapping[str, float | None]) -> TierGroup:
    part = path[-2]
    unit = {"less": PERCENT, "plus": _unit_of_leaf(document, path)}.get(part, "")
    words = SLOT_WORDS[part]()
    slots = [Slot((*path, tier), words % {"tier": tier}, figures[tier], unit, tier) for tier in sorted(figures)]
    return TierGroup(TIER_WORDS[part](), unit, slots)


def _unit_of_leaf(document: Document, path: tuple) -> str:
    """The unit of the fact that the figure at ``path`` is compared with."""
    place: Any = document
    for part in path[: path.index("than")]:
        place = place[part]
    return _unit(place["fact"])


def with_values(document: Document, values: Mapping[tuple, float | None]) -> Document:
    """A copy of the rule with the slots at the given paths filled anew; whole numbers stay whole."""
    changed = deepcopy(document)
    for path, value in values.items():
        *parents, last = path
        place: Any = changed
        for part in parents:
            place = place[part]
        place[last] = int(value) if value is not None and float(value).is_integer() else value
    return changed


def _node(tree: Document, path: tuple) -> Iterator[Piece]:
    if "not" in tree:
        yield _("not:")
        yield from _node(tree["not"], (*path, "not"))
        return
    for key, word in (("all", _("and")), ("any", _("or"))):
        if key in tree:
            for position, branch in enumerate(tree[key]):
                if position:
                    yield word
                yield from _node(branch, (*path, key, position))
            return
    yield _inside(fact_label(tree["fact"]))
    if tree["is"] == KNOWN:
        yield _("is known") if tree["than"] else _("is not known")
        return
    yield WORDS[tree["is"]]()
    yield from _operand(tree, (*path, "than"))


def _inside(label: str) -> str:
    """A name inside a sentence: with a small letter, unless its first word is an abbreviation."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _operand(leaf: Document, path: tuple) -> Iterator[Piece]:
    than, unit = leaf["than"], _unit(leaf["fact"])
    if isinstance(than, list):
        yield ", ".join(map(str, than))
    elif not isinstance(than, Mapping):
        yield Slot(path, fact_label(leaf["fact"]), than, unit) if _is_figure(than) else str(than)
    else:
        yield from _limit(than, unit, path)


def _limit(than: Document, unit: str, path: tuple) -> Iterator[Piece]:
    for position, term in enumerate(than.get("terms", [])):
        if position:
            yield "+"
        yield from _term(term, (*path, "terms", position))
    if "plus" in than:
        yield from ["+"] if than.get("terms") else []
        by_tier = isinstance(than["plus"], Mapping)
        yield (
            _("the amount of its tier")
            if by_tier
            else Slot((*path, "plus"), _("added to the limit"), than["plus"], unit)
        )
    for key, words, label in (
        ("at_least", _("and over"), _("never below")),
        ("at_most", _("or over"), _("never above")),
    ):
        if key in than:
            yield words
            yield Slot((*path, key), label, than[key], unit)


def _term(term: Document, path: tuple) -> Iterator[Piece]:
    times = term.get("times", 1)
    if isinstance(times, Mapping):
        yield _("factor of the tier ×")
    elif times != 1:
        yield Slot((*path, "times"), _("factor"), times)
        yield "×"
    yield _inside(fact_label(term["fact"]))
    if isinstance(term.get("less"), Mapping):
        yield _("reduced by the share of its tier")
    elif "less" in term:
        yield _("reduced by")
        yield Slot((*path, "less"), _("reduced by"), term["less"], PERCENT)


def _by_tier(tree: Any, path: tuple) -> Iterator[tuple[tuple, dict]]:
    if isinstance(tree, list):
        for position, item in enumerate(tree):
            yield from _by_tier(item, (*path, position))
    elif isinstance(tree, Mapping):
        if "by_tier" in tree:
            yield (*path, "by_tier"), tree["by_tier"]
            return
        for key, value in tree.items():
            yield from _by_tier(value, (*path, key))


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unit(fact: str) -> str:
    known = facts.known().get(fact)
    return str(known.unit) if known else ""
