"""One examination of lifetime value: both models fitted, judged on a holdout, and the better one named. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.lazy import pd
from segmentation.clv import gamma_gamma, holdout
from segmentation.clv.fitting import Fit
from segmentation.clv.histories import Cells, cells_of_frame


@dataclass(frozen=True)
class Examination:
    """The fits by model, the spending (None without repeat spenders), the judgements of a holdout if there was one."""

    fits: dict[str, Fit]
    spending: Fit | None
    judgements: dict[str, holdout.Judgement] = field(default_factory=dict)
    naive_mae: float | None = None

    @property
    def better(self) -> str:
        """The model with the smaller error; without a holdout the one with the greater likelihood."""
        if self.judgements:
            return holdout.better(self.judgements, self.fits)
        return max(self.fits, key=lambda name: self.fits[name].log_likelihood)


def fit_all(history: pd.DataFrame, cells: Cells) -> tuple[dict[str, Fit], Fit | None]:
    """Both models of ordering and the one of spending on one set of histories."""
    fits = {name: model.fit(cells) for name, model in holdout.MODELS.items()}
    spenders = history[history["spend_days"] > 0]
    spending = gamma_gamma.fit(spenders["spend_days"], spenders["spend_mean"]) if len(spenders) else None
    return fits, spending


def examine(history: pd.DataFrame, actual: pd.Series | None = None, days: int = 0) -> Examination:
    """Fit everything to ``history``; judge it by ``actual``, the order days of the ``days`` after it, if given.

    ``history`` is what `histories` gives. Raises ValueError without any account.
    """
    cells = cells_of_frame(history)
    fits, spending = fit_all(history, cells)
    if actual is None:
        return Examination(fits, spending)
    judgements = holdout.judge_models(fits, history, cells, actual, days)
    naive = holdout.judge(holdout.naive_orders(history, days), actual, history["x"])
    return Examination(fits, spending, judgements, naive.mae)


def told(fit: Fit) -> dict[str, Any]:
    """A fit as plain values."""
    return {
        "parameters": fit.parameters,
        "log_likelihood": fit.log_likelihood,
        "accounts": fit.accounts,
        "is_converged": fit.is_converged,
        "evaluations": fit.evaluations,
    }


def fit_of(model: str, kept: dict[str, Any]) -> Fit:
    """The fit that `told` wrote down."""
    return Fit(model=model, **kept)


def told_judgement(judgement: holdout.Judgement) -> dict[str, Any]:
    table = judgement.by_frequency.reset_index()
    return {
        "mae": judgement.mae,
        "actual_orders": judgement.actual_orders,
        "expected_orders": judgement.expected_orders,
        "by_frequency": table.to_dict("records"),
    }
