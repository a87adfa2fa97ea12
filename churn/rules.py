"""Alert rules on a sheet: who fires tonight, with which values and limits.

A rule has ``applies_when`` (whom it is about) and ``fires_when``. Where it does not apply, or a fact it needs is null,
it is *not evaluated*. Source: definitions, "RFM, score, tiers, rules". Pure: frames in, frames out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from core import conditions
from core.lazy import pd

Document = Mapping[str, Any]


def fires(document: Document, sheet: pd.DataFrame) -> pd.Series:
    """Whether the rule fires, per row of ``sheet``: nullable boolean, NA = not evaluated.

    ``sheet`` has a row per account and a column per fact. A rule that is switched off evaluates nobody. Raises
    ConditionError (UnknownFactError) when the rule cannot run on this sheet.
    """
    if not document.get("is_active", True):
        return pd.Series(pd.NA, index=sheet.index, dtype="boolean")
    return conditions.evaluate(document["fires_when"], sheet).where(applies(document, sheet))


def applies(document: Document, sheet: pd.DataFrame) -> pd.Series:
    """Whom the rule is about: boolean per row; a null in its condition leaves the account out."""
    if not document.get("applies_when"):
        return pd.Series(True, index=sheet.index)
    return conditions.evaluate(document["applies_when"], sheet).fillna(False).astype(bool)


def firing(document: Document, sheet: pd.DataFrame) -> pd.Index:
    """The accounts on which the rule fires, in the order of the sheet."""
    return sheet.index[fires(document, sheet).fillna(False).astype(bool)]


def facts_of(document: Document) -> set[str]:
    """Every fact the rule reads."""
    trees = [document[field] for field in ("applies_when", "fires_when") if document.get(field)]
    return {fact for tree in trees for fact in conditions.facts_of(tree)}


def main_leaf(document: Document) -> Mapping[str, Any]:
    """The comparison the rule is mostly about: the first of ``fires_when``."""
    return next(conditions.leaves(document["fires_when"]))


def reasons(document: Document, sheet: pd.DataFrame) -> dict[int, list[dict]]:
    """Why the rule fires on each row of ``sheet``: account → its comparisons with value, limit, terms and outcome."""
    explained = conditions.explain_rows(document["fires_when"], sheet)
    return {int(account): [asdict(leaf) for leaf in row] for account, row in zip(sheet.index, explained, strict=True)}
