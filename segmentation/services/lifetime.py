"""Fit the models of lifetime value to the installation's own orders and keep what came out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from core.lazy import pd
from core.models import ConfigurationVersion
from segmentation import lifetime
from segmentation.clv import gamma_gamma, prediction
from segmentation.models import LifetimeValueFit
from segmentation.selectors import order_histories, orders_after

SHORTEST_HOLDOUT_DAYS = 28
LONGEST_HOLDOUT_DAYS = 273
EXPECTED = ("expected_orders_12m", "expected_revenue_12m", "lifetime_value_36m", "no_order_probability")
MONTHS = (12, 36)
HOLDOUT_PART = 3
"""The holdout is a third of the observation, within the bounds above."""


def fit_lifetime_value(
    *, as_of: date, version: ConfigurationVersion, calibration_end: date | None = None
) -> LifetimeValueFit:
    """Fit, judge and keep the models as of ``as_of``; again for the same day replaces that day's.

    Judged are models fitted up to ``calibration_end`` (by default two thirds of the observation), by what happened
    after it; kept for predictions are those fitted up to ``as_of``. With fewer accounts that ordered again than the
    configuration asks for, nothing is fitted and the report says so.
    """
    values = examine_orders(as_of, version.document["minimum_repeat_accounts"], calibration_end)
    values["configuration_number"] = version.number
    kept, _is_new = LifetimeValueFit.objects.update_or_create(as_of=as_of, defaults=values)
    return kept


def examine_orders(as_of: date, minimum_repeat: int, calibration_end: date | None = None) -> dict[str, Any]:
    """What `fit_lifetime_value` would keep, without keeping it."""
    history = order_histories(as_of)
    repeat = int((history["x"] > 0).sum())
    values: dict[str, Any] = {"account_count": len(history), "repeat_count": repeat}
    values |= {"calibration_end": None, "chosen": "", "report": {}}
    if repeat and repeat >= minimum_repeat:
        values |= _examined(history, as_of, calibration_end or default_calibration_end(history, as_of))
    return values


def expect_lifetime_values(fit: LifetimeValueFit, document: dict[str, Any]) -> pd.DataFrame:
    """What ``fit`` expects of each account with an order day as of its own day; empty where nothing was fitted.

    A row per account, columns as `prediction.predict` names them for 12 and 36 months. ``document`` is the
    configuration of lifetime value.
    """
    if not fit.chosen:
        return pd.DataFrame(columns=list(EXPECTED), dtype="float64")
    spending = fit.report["spending"]
    return prediction.predict(
        lifetime.fit_of(fit.chosen, fit.report["models"][fit.chosen]),
        lifetime.fit_of(gamma_gamma.MODEL, spending) if spending else None,
        order_histories(fit.as_of),
        months=MONTHS,
        rate=document["yearly_discount_rate"],
        silence_days=document["silence_days"],
    )


def default_calibration_end(history: pd.DataFrame, as_of: date) -> date | None:
    """The last day of the calibration: a third of the oldest account's age before ``as_of``; None if that is little."""
    days = min(int(history["age_days"].max()) // HOLDOUT_PART, LONGEST_HOLDOUT_DAYS)
    return as_of - timedelta(days=days) if days >= SHORTEST_HOLDOUT_DAYS else None


def _examined(history: pd.DataFrame, as_of: date, calibration_end: date | None) -> dict[str, Any]:
    """The columns of a fit whose models were fitted, and judged where there is a holdout with somebody in it."""
    fits, spending = lifetime.fit_all(history, lifetime.cells_of_frame(history))
    judged = _judged(as_of, calibration_end) if calibration_end else None
    better = judged.better if judged else lifetime.Examination(fits, spending).better
    report: dict[str, Any] = {
        "models": {name: lifetime.told(fit) for name, fit in fits.items()},
        "spending": lifetime.told(spending) if spending else None,
        "holdout": _told_holdout(judged, as_of, calibration_end) if judged else None,
    }
    return {"chosen": better, "calibration_end": calibration_end if judged else None, "report": report}


def _judged(as_of: date, calibration_end: date) -> lifetime.Examination | None:
    history = order_histories(calibration_end)
    if not (history["x"] > 0).any():
        return None
    actual = orders_after(history.index, calibration_end, as_of)
    return lifetime.examine(history, actual, (as_of - calibration_end).days)


def _told_holdout(judged: lifetime.Examination, as_of: date, calibration_end: date) -> dict[str, Any]:
    models = {
        name: lifetime.told(fit) | {"holdout": lifetime.told_judgement(judged.judgements[name])}
        for name, fit in judged.fits.items()
    }
    return {
        "calibration_end": calibration_end.isoformat(),
        "days": (as_of - calibration_end).days,
        "naive_mae": judged.naive_mae,
        "models": models,
        "spending": lifetime.told(judged.spending) if judged.spending else None,
    }
