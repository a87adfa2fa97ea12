"""Who moved between the tiers since a month end, how many with how much money, since when, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import Account, AccountHistory, Standing, Tier
from core import facts, formats, sheets
from core.lazy import pd
from core.models import FactSheet
from core.sheets import Part
from kam.steering import deltas

NONE = "none"
POINTS = "points_"
DIRECTIONS = ("up", "down", "new", "gone")


@dataclass(frozen=True)
class Place:
    """Where one account stood, where it stands, and what it brings in a year; `NONE` stands for no tier."""

    account_id: int
    before: str
    after: str
    revenue: Decimal


@dataclass(frozen=True)
class Cell:
    """How many accounts went from one tier to another, and what they bring."""

    before: str
    after: str
    count: int
    revenue: Decimal
    direction: str


@dataclass(frozen=True)
class Movement:
    """The tiers of now against those of a month end, for the accounts of one reader.

    ``is_kept`` False: the sheet of that day is missing, and nothing can be said. ``places`` is sorted by revenue.
    """

    since: date | None
    is_kept: bool
    is_reconstructed: bool
    codes: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The rows and columns of the migration picture."""
        return (*self.codes, NONE)

    def direction(self, before: str, after: str) -> str:
        """``up``, ``down``, ``new`` (no tier before), ``gone`` (none now) or ``same``."""
        if before == after:
            return "same"
        if NONE in (before, after):
            return "new" if before == NONE else "gone"
        return "up" if self.codes.index(after) < self.codes.index(before) else "down"

    @cached_property
    def moved(self) -> list[Place]:
        """The accounts that went from one tier to another, the greatest revenue first."""
        return [place for place in self.places if self.direction(place.before, place.after) in ("up", "down")]

    def chosen(self, *, before: str = "", after: str = "", direction: str = "") -> list[Place]:
        """The accounts of some cells of the picture; without any choice, those that moved."""
        if not (before or after or direction):
            return self.moved
        return [
            place
            for place in self.places
            if before in ("", place.before)
            and after in ("", place.after)
            and (not direction or self.direction(place.before, place.after) == direction)
        ]

    @cached_property
    def matrix(self) -> list[tuple[str, list[Cell]]]:
        """Tier then → a cell for each tier now."""
        counts: dict[tuple[str, str], int] = defaultdict(int)
        amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for place in self.places:
            counts[place.before, place.after] += 1
            amounts[place.before, place.after] += place.revenue
        return [
            (
                before,
                [
                    Cell(before, after, counts[before, after], amounts[before, after], self.direction(before, after))
                    for after in self.states
                ],
            )
            for before in self.states
        ]

    @property
    def cells(self) -> list[Cell]:
        return [cell for _before, cells in self.matrix for cell in cells if cell.count]


@dataclass(frozen=True)
class Move:
    """One account that moved: from where to where, since when, and why."""

    account: Account
    before: str
    after: str
    direction: str
    moved_on: date | None
    score_before: float | None
    score_after: float | None
    revenue: Decimal
    change: float | None
    why: str

    @property
    def is_up(self) -> bool:
        return self.direction == "up"

    @property
    def tier_before(self) -> str:
        return "" if self.before == NONE else self.before

    @property
    def tier_after(self) -> str:
        return "" if self.after == NONE else self.after


def live_standings(user):
    """The standings of the visible accounts in use."""
    in_use = {"account__archived_at__isnull": True, "account__merged_into__isnull": True}
    return Standing.objects.visible_to(user).filter(**in_use)


def movement(user, since: date | None) -> Movement:
    """The tiers of now against those of the month end ``since``, for the accounts ``user`` may see."""
    codes = tuple(Tier.objects.order_by("rank").values_list("code", flat=True))
    kept = FactSheet.objects.filter(as_of=since, part=Part.TIER).values_list("is_reconstructed", flat=True)
    marks = set(kept.distinct()) if since else set()
    if not marks:
        return Movement(since, False, False, codes, ())
    before = sheets.read_sheet(since, Part.TIER, ["tier"])["tier"].dropna().to_dict()
    rows = live_standings(user).order_by("-revenue_365d", "account")
    places = tuple(
        Place(pk, before.get(pk, NONE), after or NONE, revenue)
        for pk, after, revenue in rows.values_list("account_id", "tier__code", "revenue_365d")
    )
    return Movement(since, True, True in marks, codes, places)


def moves(found: Movement, places: Sequence[Place]) -> list[Move]:
    """Each of ``places`` with its account, since when it stands where it stands, and why; in their order."""
    ids = [place.account_id for place in places]
    standings = Standing.objects.filter(account__in=ids).select_related("account__owner").in_bulk()
    held = AccountHistory.objects.filter(field="tier", subject__in=ids).open()
    since = dict(held.order_by("pk").values_list("subject_id", "valid_from"))
    scores = sheets.read_sheet(found.since, Part.SCORE) if found.since else pd.DataFrame()
    rows = scores.loc[scores.index.intersection(ids)].to_dict("index")
    return [
        _move(found, place, standings[place.account_id], since.get(place.account_id), rows.get(place.account_id, {}))
        for place in places
    ]


def _move(found: Movement, place: Place, standing: Standing, moved_on: date | None, score: dict) -> Move:
    before = _plain(score.get("value_score"))
    after = None if standing.value_score is None else float(standing.value_score)
    return Move(
        account=standing.account,
        before=place.before,
        after=place.after,
        direction=found.direction(place.before, place.after),
        moved_on=moved_on,
        score_before=before,
        score_after=after,
        revenue=place.revenue,
        change=standing.revenue_growth_rate,
        why=why(before, after, points_of(score), {part["fact"]: part["points"] for part in standing.contributions}),
    )


def points_of(score: Mapping) -> dict[str, float]:
    """Fact → points that it gave to a kept score."""
    return {
        key.removeprefix(POINTS): value
        for key, value in score.items()
        if key.startswith(POINTS) and _plain(value) is not None
    }


def why(
    before: float | None, after: float | None, points_before: Mapping[str, float], points_after: Mapping[str, float]
) -> str:
    """The move as a sentence: "Score 71 → 58: revenue in 365 days (−7), days since the last order (−4)"."""
    if after is None or before is None:
        return _("There was no score to compare with.") if before is None else _("There is no score any more.")
    figures = {"before": formats.score(before), "after": formats.score(after)}
    known = {fact: value for fact, value in points_after.items() if value is not None}
    found = deltas.reasons(deltas.changes(merged(points_before), merged(known)), after - before)
    if not found or abs(after - before) < deltas.LEAST_POINTS:
        text = _("The score stayed (%(before)s → %(after)s): the limits of the tiers moved, or what is known.")
        return text % figures
    figures["reasons"] = formats.listed(f"{fact_words(change.fact)} ({signed(change.points)})" for change in found)
    return _("Score %(before)s → %(after)s: %(reasons)s") % figures


def merged(points: Mapping[str, float]) -> dict[str, float]:
    """What sensitive facts give, in one sum without their names: an explanation is for everybody on the account."""
    shown: dict[str, float] = defaultdict(float)
    for fact, value in points.items():
        known = facts.known().get(fact)
        shown["" if known is None or known.is_sensitive else fact] += value
    return dict(shown)


def fact_words(fact: str) -> str:
    label = str(facts.known()[fact].label) if fact else _("other factors")
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def signed(points: float) -> str:
    """Points with their sign, whole unless they are few: +7, −0.6."""
    text = formats.number(points, 0 if abs(points) >= 1 else 1)
    return f"+{text}" if points > 0 else text


def cell_rows(found: Movement, url_of: Callable[[Cell], str]) -> list[dict]:
    """The migration picture row by row, each cell with the address of its accounts."""
    return [
        {"before": before, "cells": [{"cell": cell, "url": url_of(cell) if cell.count else ""} for cell in cells]}
        for before, cells in found.matrix
    ]


def flow_chart(found: Movement, url_of: Callable[[Cell], str]) -> dict | None:
    """The picture as flows from the tiers then to those now; None when there is nothing to draw."""
    if not found.cells:
        return None
    names = {code: code for code in found.codes} | {NONE: _("no tier")}
    return {
        "from": [{"name": f"{names[state]} ", "tier": state} for state in found.states],
        "to": [{"name": names[state], "tier": state} for state in found.states],
        "flows": [
            {
                "source": f"{names[cell.before]} ",
                "target": names[cell.after],
                "value": cell.count,
                "direction": cell.direction,
                "note": formats.money(cell.revenue),
                "href": url_of(cell),
            }
            for cell in found.cells
        ],
    }


def _plain(value) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
