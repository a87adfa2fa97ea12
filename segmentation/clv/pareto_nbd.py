"""Pareto/NBD: orders come at random at an account's own rate; it leaves at a moment of its own, not after an order.

Rates are gamma distributed (r, alpha per week), rates of leaving too (s, beta per week). Source: Schmittlein, Morrison
and Colombo, "Counting your customers", Management Science 33 (1987); the likelihood as an integral over the moment of
leaving: Fader and Hardie, "A note on deriving the Pareto/NBD model" (2005). All times in weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.lazy import np, special
from segmentation.clv.fitting import Fit, maximise
from segmentation.clv.histories import Cells, typical_age

MODEL = "pareto_nbd"
NAMES = ("r", "alpha", "s", "beta")
NODES = 32
NEAR_ONE = 1e-6


@lru_cache(maxsize=2)
def _rule(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre on 0–1 for an integrand squeezed towards 0, where it bends the most (z = u³)."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    u = (points + 1) / 2
    return u**3, weights / 2 * 3 * u**2


@dataclass(frozen=True)
class Integral:
    """The integral over the moment of leaving, per cell: its logarithm, and where its mass lies.

    ``share`` (cells × nodes) is the part of each node in the integral, ``moment`` the weeks at which it stands.
    """

    log: np.ndarray
    share: np.ndarray
    moment: np.ndarray


def _leaving(parameters: np.ndarray, x, t_x, age) -> Integral:
    """∫ from t_x to age of s·(alpha+τ)^−(r+x)·(beta+τ)^−(s+1) dτ, by quadrature.

    With y = ((alpha+t_x)/(alpha+τ))^(r+x+s) as the variable the integrand is nearly constant for any number of orders.
    """
    r, alpha, s, beta = parameters
    z, weights = _rule(NODES)
    power = (r + x + s)[:, None]
    low = ((alpha + t_x) / (alpha + age))[:, None] ** power
    y = low + (1 - low) * z
    since = (alpha + t_x)[:, None] * y ** (-1 / power)
    moment = since - alpha
    logs = np.log(s) - (r + x)[:, None] * np.log(since) - (s + 1) * np.log(beta + moment)
    with np.errstate(divide="ignore"):
        logs += np.log(weights * (1 - low)) + np.log(since / (power * y))
    top = logs.max(axis=1)
    top = np.where(np.isfinite(top), top, 0.0)
    mass = np.exp(logs - top[:, None])
    total = mass.sum(axis=1)
    with np.errstate(divide="ignore"):
        log = top + np.log(total)
    return Integral(log, mass / np.where(total > 0, total, 1)[:, None], moment)


def _still_there(parameters: np.ndarray, x, age) -> np.ndarray:
    r, alpha, s, beta = parameters
    return -(r + x) * np.log(alpha + age) - s * np.log(beta + age)


def log_likelihood(parameters: np.ndarray, cells: Cells) -> tuple[float, np.ndarray]:
    """The log likelihood of all accounts and its gradient by r, alpha, s, beta."""
    r, alpha, s, beta = parameters
    alive = _still_there(parameters, cells.x, cells.age)
    left = _leaving(parameters, cells.x, cells.t_x, cells.age)
    kernel = np.logaddexp(alive, left.log)
    has_left = np.exp(left.log - kernel) * cells.weight
    is_alive = cells.weight - has_left
    mass = left.share * has_left[:, None]
    since, until = alpha + left.moment, beta + left.moment
    rate = r + cells.x
    counts, position = cells.distinct_x
    weight = np.bincount(position, weights=cells.weight, minlength=len(counts))
    total = cells.total
    gradient = np.array(
        [
            weight @ (special.digamma(r + counts) - special.digamma(r))
            + total * np.log(alpha)
            - is_alive @ np.log(alpha + cells.age)
            - (mass * np.log(since)).sum(),
            total * r / alpha - rate @ (is_alive / (alpha + cells.age) + (mass / since).sum(axis=1)),
            total * np.log(beta)
            + has_left.sum() / s
            - is_alive @ np.log(beta + cells.age)
            - (mass * np.log(until)).sum(),
            total * s / beta - s * (is_alive / (beta + cells.age)).sum() - (s + 1) * (mass / until).sum(),
        ]
    )
    constant = weight @ (special.gammaln(r + counts) - special.gammaln(r))
    constant += total * (r * np.log(alpha) + s * np.log(beta))
    return float(constant + cells.weight @ kernel), gradient


def fit(cells: Cells) -> Fit:
    """The parameters under which the histories are the most likely. Raises ValueError without any account."""
    age = typical_age(cells)
    start = {"r": 0.6, "alpha": max(age / 4, 0.1), "s": 0.6, "beta": max(age / 4, 0.1)}
    others = (
        {"r": 1.0, "alpha": age, "s": 1.0, "beta": age},
        {"r": 2.0, "alpha": age / 10, "s": 0.3, "beta": age / 2},
    )
    return maximise(
        lambda values: log_likelihood(values, cells), model=MODEL, start=start, accounts=cells.total, others=others
    )


def _log_kernel(parameters: np.ndarray, x, t_x, age) -> np.ndarray:
    return np.logaddexp(_still_there(parameters, x, age), _leaving(parameters, x, t_x, age).log)


def alive_probability(parameters: np.ndarray, cells: Cells) -> np.ndarray:
    """The chance that the account has not left, 0–1 per cell."""
    alive = _still_there(parameters, cells.x, cells.age)
    return np.exp(alive - _log_kernel(parameters, cells.x, cells.t_x, cells.age))


def no_order_probability(parameters: np.ndarray, cells: Cells, weeks: float) -> np.ndarray:
    """The chance of no order within the next ``weeks``, 0–1 per cell: gone already, leaving silently, or silent."""
    now = _log_kernel(parameters, cells.x, cells.t_x, cells.age)
    return np.exp(_log_kernel(parameters, cells.x, cells.t_x, cells.age + weeks) - now)


def expected_orders(parameters: np.ndarray, cells: Cells, weeks: float) -> np.ndarray:
    """The expected order days within the next ``weeks``, per cell."""
    r, alpha, s, beta = parameters
    if abs(s - 1) < NEAR_ONE:
        s = 1 + NEAR_ONE
    time_left = (beta + cells.age) / (s - 1) * (1 - ((beta + cells.age) / (beta + cells.age + weeks)) ** (s - 1))
    return alive_probability(parameters, cells) * (r + cells.x) / (alpha + cells.age) * time_left
