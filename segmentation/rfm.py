"""RFM: how recently, how often and for how much an account bought. Pure calculation.

Source: definitions, "RFM". The population is every account with a sale in the last 365 days; the bounds between the
five classes are quantiles over it; whoever is not in it is in the lowest class of all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.lazy import np, pd

RECENCY, FREQUENCY, MONETARY = "recency_class", "frequency_class", "monetary_class"
FACT_OF = {RECENCY: "days_since_last_order", FREQUENCY: "orders_365d", MONETARY: "revenue_365d"}
SEGMENT = "rfm_segment"
BY_SCORE, BY_MEAN = "score", "mean"
HIGH_RULES = (BY_SCORE, BY_MEAN)


@dataclass(frozen=True)
class RfmResult:
    """``classes``: 1 (low) to 5 in three columns and the segment (``HLH`` …), by row; all null when nothing could be
    said. ``bounds``: class column → bounds, ascending. ``population``: how many accounts the bounds rest on."""

    classes: pd.DataFrame
    bounds: dict[str, list[float]]
    population: int

    @property
    def is_computed(self) -> bool:
        return bool(self.bounds)


def bounds_of(population: pd.DataFrame, quantiles: list[float]) -> dict[str, list[float]]:
    """Linear-interpolated quantiles of the three facts over the population, by class column."""
    return {name: population[fact].quantile(quantiles).tolist() for name, fact in FACT_OF.items()}


def exceeded(values: pd.Series, bounds: list[float]) -> np.ndarray:
    """How many bounds each value is above; a value equal to a bound is not above it."""
    return np.searchsorted(bounds, values.to_numpy(dtype="float64"), side="left")


def classify(population: pd.DataFrame, bounds: Mapping[str, list[float]]) -> pd.DataFrame:
    """R = 5 − bounds exceeded (few days are good); F and M = 1 + bounds exceeded."""
    steps = {name: exceeded(population[fact], bounds[name]) for name, fact in FACT_OF.items()}
    highest = len(bounds[RECENCY]) + 1
    return pd.DataFrame(
        {RECENCY: highest - steps[RECENCY], FREQUENCY: 1 + steps[FREQUENCY], MONETARY: 1 + steps[MONETARY]},
        index=population.index,
    )


def segment_of(classes: pd.DataFrame, members: pd.Index, configuration: Mapping) -> pd.Series:
    """``H`` or ``L`` for each of the three: high from a class on, or above the mean class of the population."""
    if configuration["high_rule"] == BY_MEAN:
        is_high = classes.gt(classes.loc[members].mean())
    else:
        is_high = classes >= configuration["high_from"]
    letters = is_high.replace({True: "H", False: "L"}).astype(object)
    return letters[RECENCY] + letters[FREQUENCY] + letters[MONETARY]


def compute(sheet: pd.DataFrame, configuration: Mapping) -> RfmResult:
    """The classes of every row of ``sheet``.

    ``sheet`` has ``days_since_last_order``, ``orders_365d`` and ``revenue_365d``. Fewer accounts in the population than
    ``minimum_population``: no bounds, every class null.
    """
    members = sheet.index[sheet["orders_365d"] >= 1]
    if len(members) < configuration["minimum_population"]:
        nothing = pd.DataFrame(np.nan, index=sheet.index, columns=list(FACT_OF))
        return RfmResult(nothing.assign(**{SEGMENT: None}), {}, len(members))
    population = sheet.loc[members]
    bounds = bounds_of(population, configuration["quantiles"])
    classes = classify(population, bounds).reindex(sheet.index, fill_value=1)
    return RfmResult(classes.assign(**{SEGMENT: segment_of(classes, members, configuration)}), bounds, len(members))


def class_counts(classes: pd.DataFrame, highest: int = 5) -> dict[str, dict[int, int]]:
    """How many rows each class holds, empty classes included."""
    numbers = range(1, highest + 1)
    return {name: {number: int((classes[name] == number).sum()) for number in numbers} for name in FACT_OF}
