"""Which model foresaw the past better: fitted to the first part of the observation, judged by the rest."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from core.lazy import np, pd
from segmentation.clv import bgnbd, pareto_nbd
from segmentation.clv.fitting import Fit
from segmentation.clv.histories import DAYS_PER_WEEK, Cells

MODELS: dict[str, ModuleType] = {bgnbd.MODEL: bgnbd, pareto_nbd.MODEL: pareto_nbd}
MOST_FREQUENT = 7


@dataclass(frozen=True)
class Judgement:
    """How far one model was off: ``mae`` is the mean absolute error of the order days per account.

    ``by_frequency`` has a row per number of repeat orders before the holdout (the last one: that many or more):
    accounts, and their mean actual and expected orders.
    """

    mae: float
    actual_orders: int
    expected_orders: float
    by_frequency: pd.DataFrame


def orders_within(order_days: pd.DataFrame, accounts: pd.Index, start, end) -> pd.Series:
    """The order days of each of ``accounts`` after ``start`` and up to ``end``."""
    days = order_days["day"]
    inside = order_days[(days > pd.Timestamp(start)) & (days <= pd.Timestamp(end))]
    return inside.groupby("account_id").size().reindex(accounts, fill_value=0)


def judge(expected: np.ndarray, actual: pd.Series, x: pd.Series) -> Judgement:
    """Compare ``expected`` with ``actual`` order days; ``x`` are the repeat orders known before, by account."""
    table = pd.DataFrame({"frequency": x.clip(upper=MOST_FREQUENT), "actual": actual, "expected": expected})
    means = table.groupby("frequency").agg(
        accounts=("actual", "size"), actual=("actual", "mean"), expected=("expected", "mean")
    )
    return Judgement(
        mae=float((table["expected"] - table["actual"]).abs().mean()),
        actual_orders=int(actual.sum()),
        expected_orders=float(table["expected"].sum()),
        by_frequency=means,
    )


def naive_orders(history: pd.DataFrame, days: int) -> np.ndarray:
    """Everybody goes on at the rate of so far: what a model has to beat. 0 for an age of 0."""
    age = history["age_days"].to_numpy(dtype="float64")
    return np.divide(history["x"].to_numpy() * days, age, out=np.zeros_like(age), where=age > 0)


def judge_models(
    fits: dict[str, Fit], history: pd.DataFrame, cells: Cells, actual: pd.Series, days: int
) -> dict[str, Judgement]:
    """Each model's judgement over a holdout of ``days``; ``history`` and ``cells`` are of the time before it."""
    return {
        name: judge(
            MODELS[name].expected_orders(fit.values, cells, days / DAYS_PER_WEEK)[cells.inverse], actual, history["x"]
        )
        for name, fit in fits.items()
    }


def better(judgements: dict[str, Judgement], fits: dict[str, Fit]) -> str:
    """The model with the smaller error in the holdout, among those whose search converged (all, if none did)."""
    converged = [name for name, fit in fits.items() if fit.is_converged and name in judgements]
    return min(converged or judgements, key=lambda name: judgements[name].mae)
