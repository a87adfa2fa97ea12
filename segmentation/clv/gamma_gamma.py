"""Gamma-Gamma: how much an account spends on an order day, drawn towards the mean of all the less it has ordered.

Source: Fader and Hardie, "The gamma-gamma model of monetary value" (2013). Amounts in the base currency.
"""

from __future__ import annotations

from core.lazy import np, special
from segmentation.clv.fitting import Fit, maximise

MODEL = "gamma_gamma"
NAMES = ("p", "q", "v")


def log_likelihood(parameters: np.ndarray, days: np.ndarray, mean: np.ndarray) -> tuple[float, np.ndarray]:
    """The log likelihood (equation 1a of the source) and its gradient by p, q, v.

    ``days`` ≥ 1 repeat days with spend per account, ``mean`` > 0 their mean amount.
    """
    p, q, v = parameters
    shape, spent = p * days, v + days * mean
    value = (
        special.gammaln(shape + q)
        - special.gammaln(shape)
        - special.gammaln(q)
        + q * np.log(v)
        + (shape - 1) * np.log(mean)
        + shape * np.log(days)
        - (shape + q) * np.log(spent)
    )
    both = special.digamma(shape + q) - np.log(spent)
    gradient = (
        days * (both - special.digamma(shape) + np.log(mean) + np.log(days)),
        both - special.digamma(q) + np.log(v),
        q / v - (shape + q) / spent,
    )
    return float(value.sum()), np.array([part.sum() for part in gradient])


def fit(days: np.ndarray, mean: np.ndarray) -> Fit:
    """The parameters under which the spending is the most likely. Raises ValueError without any account."""
    days, mean = np.asarray(days, dtype="float64"), np.asarray(mean, dtype="float64")
    level = float(np.mean(mean)) if len(mean) else 1.0
    start = {"p": 5.0, "q": 4.0, "v": max(level / 2, 1e-3)}
    others = ({"p": 1.0, "q": 2.0, "v": level}, {"p": 20.0, "q": 10.0, "v": level / 10})
    return maximise(
        lambda values: log_likelihood(values, days, mean), model=MODEL, start=start, accounts=len(days), others=others
    )


def expected_spend(parameters: np.ndarray, days: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The expected amount of an order day, per account; of everybody's mean where ``days`` is 0 (``mean`` may be NaN).

    With q ≤ 1 the mean of all is infinite: then it is NaN where nothing was spent (equation 5 of the source).
    """
    p, q, v = parameters
    total = np.where(days > 0, days * np.nan_to_num(mean), 0.0)
    scale = p * days + q - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(scale > 0, p * (v + total) / scale, np.nan)
