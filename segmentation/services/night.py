"""The steps of a night over all accounts at once: RFM, value score, tiers. Each reads kept sheets and keeps a part.

Every step is idempotent for its date: the same facts and the same configuration write nothing a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core import scores, sheets
from core.lazy import pd
from core.models import ConfigurationVersion
from core.sheets import Part
from segmentation import rfm, tiers
from segmentation.configuration import RFM, TIERS, VALUE_SCORE
from segmentation.facts import RFM_FACTS, SCORE_FACTS, part_columns, tier_columns


def compute_rfm(as_of: date, version: ConfigurationVersion) -> dict:
    """Keep the RFM classes of everybody as of ``as_of``; returns rows, population, bounds and counts.

    With too few accounts in the population the classes stay empty and ``is_computed`` is false.
    """
    sheet = sheets.read_sheet(as_of, Part.FACTS, rfm.FACT_OF.values())
    result = rfm.compute(_with_columns(sheet, rfm.FACT_OF.values()), version.document)
    _keep(as_of, Part.RFM, result.classes, RFM_FACTS, version)
    return {
        "rows": len(result.classes),
        "population": result.population,
        "is_computed": result.is_computed,
        "bounds": {rfm.FACT_OF[name]: bounds for name, bounds in result.bounds.items()},
        "classes": rfm.class_counts(result.classes),
        "segments": result.classes[rfm.SEGMENT].value_counts().to_dict(),
    }


def compute_value_scores(as_of: date, version: ConfigurationVersion) -> dict:
    """Keep everybody's value score, confidence and what each fact gives to it; returns the number of rows."""
    components = version.document["components"]
    keys = [component["fact"] for component in components]
    sheet = _with_columns(sheets.read_sheet(as_of, Part.FACTS, keys), keys)
    frame = score_frame(sheet, components)
    _keep(as_of, Part.SCORE, frame, [*SCORE_FACTS, *part_columns(keys)], version)
    return {"rows": len(frame), "scored": int(frame["value_score"].notna().sum())}


def score_frame(sheet: pd.DataFrame, components: list[Mapping]) -> pd.DataFrame:
    """Score and confidence of every row, and per fact its value on 0–100, its share of the weight and its points."""
    result = scores.evaluate(sheet, components)
    weights = pd.Series({component["fact"]: float(component["weight"]) for component in components})
    known = result.normalised.notna().mul(weights)
    shares = (100 * known.div(known.sum(axis=1), axis=0)).where(result.normalised.notna())
    columns = {"value_score": result.score, "confidence_rate": result.confidence}
    for key in result.normalised:
        columns[f"normalised_{key}"] = result.normalised[key]
        columns[f"weight_{key}"] = shares[key]
        columns[f"points_{key}"] = result.contributions[key]
    return pd.DataFrame(columns)


def compute_tiers(as_of: date, version: ConfigurationVersion) -> dict:
    """Keep everybody's tier, from the kept value score; returns the number of rows and the count of each tier."""
    keys = ["value_score", "confidence_rate"]
    kept = _with_columns(sheets.read_sheet(as_of, Part.SCORE, keys), keys)
    frame = tiers.assign(kept["value_score"], kept["confidence_rate"], version.document)
    _keep(as_of, Part.TIER, frame, tier_columns(), version)
    return {"rows": len(frame), "tiers": frame["tier"].value_counts().sort_index().to_dict()}


def classify_day(as_of: date, versions: Mapping[str, ConfigurationVersion]) -> dict:
    """Keep classes, scores and tiers of a date whose facts are kept; as `compute_tiers`. ``versions`` is by kind."""
    compute_rfm(as_of, versions[RFM])
    compute_value_scores(as_of, versions[VALUE_SCORE])
    return compute_tiers(as_of, versions[TIERS])


def _keep(as_of: date, part: str, frame: pd.DataFrame, columns, version: ConfigurationVersion) -> None:
    notes = {"configuration": f"{version.kind}@{version.number}"}
    sheets.keep_whole(as_of=as_of, part=part, frame=frame, columns=list(columns), notes=notes)


def _with_columns(sheet: pd.DataFrame, keys) -> pd.DataFrame:
    """A sheet that nobody wrote has no columns: then it is one without rows."""
    return sheet if len(sheet) else sheet.reindex(columns=list(keys)).astype("float64")
