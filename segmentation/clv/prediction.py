"""What the chosen model says of each account: orders and revenue to come, discounted, and the chance of silence."""

from __future__ import annotations

from core.lazy import np, pd
from segmentation.clv import bgnbd, gamma_gamma
from segmentation.clv.fitting import Fit
from segmentation.clv.histories import DAYS_PER_WEEK, Cells, cells_of_frame
from segmentation.clv.holdout import MODELS

DAYS_PER_MONTH = 365 / 12
INTERVAL = (0.1, 0.9)
DRAWS = 4_000


def orders_by_month(fit: Fit, cells: Cells, months: int) -> np.ndarray:
    """Expected order days in each of the coming ``months``, cells × months."""
    ends = [
        MODELS[fit.model].expected_orders(fit.values, cells, month * DAYS_PER_MONTH / DAYS_PER_WEEK)
        for month in range(1, months + 1)
    ]
    return np.diff(np.array(ends), axis=0, prepend=0).T


def discounts(months: int, yearly_rate: float) -> np.ndarray:
    """What an amount of each coming month is worth today, paid in its middle: (1 + rate)^−(month − ½)/12."""
    return (1 + yearly_rate) ** (-(np.arange(1, months + 1) - 0.5) / 12)


def predict(
    fit: Fit, spending: Fit | None, history: pd.DataFrame, *, months: tuple[int, ...], rate: float, silence_days: int
) -> pd.DataFrame:
    """Per account: expected orders, revenue and lifetime value within each of ``months``, and the chance of silence.

    ``history`` is what `histories` gives. Columns: ``expected_orders_{m}m`` (order days), ``expected_revenue_{m}m`` and
    ``lifetime_value_{m}m`` (base currency; the latter discounted by ``rate`` a year), ``no_order_probability`` (no
    order within ``silence_days``), ``alive_probability``. Money is NaN without a model of ``spending``.
    """
    cells = cells_of_frame(history)
    model, values = MODELS[fit.model], fit.values
    monthly, worth = orders_by_month(fit, cells, max(months)), discounts(max(months), rate)
    spend = expected_spend(spending, history)
    columns = {
        "alive_probability": model.alive_probability(values, cells)[cells.inverse],
        "no_order_probability": model.no_order_probability(values, cells, silence_days / DAYS_PER_WEEK)[cells.inverse],
    }
    for count in months:
        orders = monthly[:, :count].sum(axis=1)[cells.inverse]
        columns[f"expected_orders_{count}m"] = orders
        columns[f"expected_revenue_{count}m"] = orders * spend
        columns[f"lifetime_value_{count}m"] = (monthly[:, :count] @ worth[:count])[cells.inverse] * spend
    return pd.DataFrame(columns, index=history.index)


def expected_spend(spending: Fit | None, history: pd.DataFrame) -> np.ndarray:
    """The expected amount of each account's next order day; NaN without a model of spending."""
    if spending is None:
        return np.full(len(history), np.nan)
    days, mean = history["spend_days"].to_numpy(dtype="float64"), history["spend_mean"].to_numpy()
    return gamma_gamma.expected_spend(spending.values, days, mean)


def intervals(
    fit: Fit, spending: Fit | None, history: pd.Series, *, months: int, seed: int
) -> dict[str, tuple[float, float]]:
    """The middle four fifths of what may become of one account within ``months``: orders, and revenue if known.

    Drawn from the account's own posterior: rate of orders, moment of leaving, amounts. Same ``seed``, same interval.
    """
    random = np.random.default_rng(seed)
    weeks = months * DAYS_PER_MONTH / DAYS_PER_WEEK
    orders = _drawn_orders(fit, history, weeks, random)
    result = {"orders": tuple(np.quantile(orders, INTERVAL).tolist())}
    if spending is not None:
        result["revenue"] = tuple(np.quantile(_drawn_revenue(spending, history, orders, random), INTERVAL).tolist())
    return result


def _drawn_orders(fit: Fit, history: pd.Series, weeks: float, random) -> np.ndarray:
    """Order days within ``weeks``, one number per draw; 0 for the draws in which the account has left."""
    r, alpha, third, fourth = fit.values
    x, age = float(history["x"]), history["age_days"] / DAYS_PER_WEEK
    cells = cells_of_frame(history.to_frame().T)
    is_alive = random.random(DRAWS) < MODELS[fit.model].alive_probability(fit.values, cells)[0]
    rate = random.gamma(r + x, 1 / (alpha + age), DRAWS)
    if fit.model == bgnbd.MODEL:
        leaving = np.clip(random.beta(third, fourth + x, DRAWS), 1e-12, 1 - 1e-12)
        orders = np.minimum(random.poisson(rate * weeks), random.geometric(leaving))
    else:
        leaving = random.gamma(third, 1 / (fourth + age), DRAWS)
        time = np.minimum(weeks, random.exponential(1, DRAWS) / np.maximum(leaving, 1e-12))
        orders = random.poisson(rate * time)
    return np.where(is_alive, orders, 0)


def _drawn_revenue(spending: Fit, history: pd.Series, orders: np.ndarray, random) -> np.ndarray:
    """Σ of the amounts of ``orders`` order days: gamma distributed, with a scale drawn from the account's posterior."""
    p, q, v = spending.values
    days = float(history["spend_days"])
    total = days * history["spend_mean"] if days else 0.0
    scale = random.gamma(p * days + q, 1 / (v + total), DRAWS)
    return np.where(orders > 0, random.gamma(np.maximum(p * orders, 1e-12)) / scale, 0.0)
