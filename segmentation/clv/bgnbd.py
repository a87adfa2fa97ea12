"""BG/NBD: orders come at random at an account's own rate; after each order it may leave, with its own chance.

Rates are gamma distributed (r, alpha per week), chances to leave beta distributed (a, b). Source: Fader, Hardie and
Lee, "Counting your customers the easy way", Marketing Science 24 (2005). All times in weeks.
"""

from __future__ import annotations

from core.lazy import np, special
from segmentation.clv.fitting import Fit, maximise
from segmentation.clv.histories import Cells, typical_age

MODEL = "bg_nbd"
NAMES = ("r", "alpha", "a", "b")
NEAR_ONE = 1e-6
NODES = 64


def log_likelihood(parameters: np.ndarray, cells: Cells) -> tuple[float, np.ndarray]:
    """The log likelihood of all accounts and its gradient by r, alpha, a, b (equations 3 to 7 of the source)."""
    r, alpha, a, b = parameters
    alive, gone = _kernels(parameters, cells.x, cells.t_x, cells.age)
    kernel = np.logaddexp(alive, gone)
    is_gone = np.exp(gone - kernel) * cells.weight
    is_alive = cells.weight - is_gone
    repeat = np.maximum(cells.x, 1)
    gradient = _of_counts_gradient(parameters, cells)
    gradient[0] -= is_alive @ np.log(alpha + cells.age) + is_gone @ np.log(alpha + cells.t_x)
    gradient[1] -= (r + cells.x) @ (is_alive / (alpha + cells.age) + is_gone / (alpha + cells.t_x))
    gradient[2] += is_gone.sum() / a
    gradient[3] -= (is_gone / (b + repeat - 1)).sum()
    return float(_of_counts(parameters, cells) + cells.weight @ kernel), gradient


def _weights_by_count(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    counts, position = cells.distinct_x
    return counts, np.bincount(position, weights=cells.weight, minlength=len(counts))


def _of_counts(parameters: np.ndarray, cells: Cells) -> float:
    """The part of the likelihood that depends on the number of orders alone: once per number, not per cell."""
    r, alpha, a, b = parameters
    x, weight = _weights_by_count(cells)
    rate = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    return weight @ (rate + special.betaln(a, b + x) - special.betaln(a, b))


def _of_counts_gradient(parameters: np.ndarray, cells: Cells) -> np.ndarray:
    r, alpha, a, b = parameters
    x, weight = _weights_by_count(cells)
    both = special.digamma(a + b) - special.digamma(a + b + x)
    columns = (
        special.digamma(r + x) - special.digamma(r) + np.log(alpha),
        np.full_like(x, r / alpha),
        both,
        both + special.digamma(b + x) - special.digamma(b),
    )
    return np.array([weight @ column for column in columns])


def _kernels(parameters: np.ndarray, x, t_x, age) -> tuple[np.ndarray, np.ndarray]:
    """The logarithms of the two ways a history comes about: still a customer at ``age``, or gone after ``t_x``."""
    r, alpha, a, b = parameters
    alive = -(r + x) * np.log(alpha + age)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return alive, np.where(x > 0, gone, -np.inf)


def fit(cells: Cells) -> Fit:
    """The parameters under which the histories are the most likely. Raises ValueError without any account."""
    age = typical_age(cells)
    start = {"r": 0.5, "alpha": max(age / 4, 0.1), "a": 1.0, "b": 2.0}
    others = ({"r": 1.0, "alpha": age, "a": 0.5, "b": 5.0}, {"r": 2.0, "alpha": age / 10, "a": 2.0, "b": 2.0})
    return maximise(
        lambda values: log_likelihood(values, cells), model=MODEL, start=start, accounts=cells.total, others=others
    )


def alive_probability(parameters: np.ndarray, cells: Cells) -> np.ndarray:
    """The chance that the account has not left, 0–1 per cell; 1 without a repeat order, whatever its silence."""
    alive, gone = _kernels(parameters, cells.x, cells.t_x, cells.age)
    return special.expit(alive - gone)


def no_order_probability(parameters: np.ndarray, cells: Cells, weeks: float) -> np.ndarray:
    """The chance of no order within the next ``weeks``, 0–1 per cell: gone already, or silent for so long."""
    alive, gone = _kernels(parameters, cells.x, cells.t_x, cells.age)
    still_silent, _gone = _kernels(parameters, cells.x, cells.t_x, cells.age + weeks)
    return np.exp(np.logaddexp(still_silent, gone) - np.logaddexp(alive, gone))


def expected_orders(parameters: np.ndarray, cells: Cells, weeks: float) -> np.ndarray:
    """The expected order days within the next ``weeks``, per cell (equation 10 of the source).

    Euler's transformation keeps the hypergeometric function finite for accounts that order very often. Where it is not,
    since the chance to leave is the same for nearly everybody (a and b in the thousands), the integral is computed.
    """
    r, alpha, a, b = parameters
    if abs(a - 1) < NEAR_ONE:
        a = 1 + NEAR_ONE
    z = weeks / (alpha + cells.age + weeks)
    with np.errstate(all="ignore"):
        decay = (1 - z) ** (a - 1) * special.hyp2f1(a + b - 1 - r, a - 1, a + b + cells.x - 1, z)
        orders = (a + b + cells.x - 1) / (a - 1) * (1 - decay)
    lost = ~np.isfinite(orders) | (orders < 0)
    if lost.any():
        orders[lost] = _orders_if_alive(parameters, cells.x[lost], cells.age[lost], weeks)
    return orders * alive_probability(parameters, cells)


def _orders_if_alive(parameters: np.ndarray, x: np.ndarray, age: np.ndarray, weeks: float) -> np.ndarray:
    """∫ (1 − (1 + p·weeks/(alpha+age))^−(r+x))/p over p ~ Beta(a, b+x): the orders of an account that has not left."""
    r, alpha, a, b = parameters
    points, weights = np.polynomial.legendre.leggauss(NODES)
    leaving = np.maximum(special.betaincinv(a, (b + x)[:, None], (points + 1) / 2), 1e-12)
    time = (weeks / (alpha + age))[:, None]
    orders = -np.expm1(-(r + x)[:, None] * np.log1p(leaving * time)) / leaving
    return orders @ (weights / 2)
