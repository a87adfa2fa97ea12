"""Maximum likelihood over positive parameters: one search for all models, with their own gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.lazy import np, optimize

LOG_BOUND = 16.0
GRADIENT_TOLERANCE = 1e-9
VALUE_TOLERANCE = 1e-14

LogLikelihood = Callable[["np.ndarray"], "tuple[float, np.ndarray]"]


@dataclass(frozen=True)
class Fit:
    """The parameters of a model at its greatest likelihood, by name, and how the search for them ended."""

    model: str
    parameters: dict[str, float]
    log_likelihood: float
    accounts: int
    is_converged: bool
    evaluations: int

    @property
    def values(self) -> np.ndarray:
        return np.array(list(self.parameters.values()))


def maximise(
    log_likelihood: LogLikelihood, *, model: str, start: dict[str, float], accounts: float, others: Sequence[dict] = ()
) -> Fit:
    """The best of the searches from ``start`` and, if that one does not converge, from ``others``.

    ``log_likelihood`` gives the sum over all accounts and its gradient by the parameters, in their order. The search
    runs over their logarithms, so that every parameter stays positive, and per account, so that its tolerance does not
    depend on their number. Raises ValueError without any account.
    """
    if not accounts:
        raise ValueError("no account to fit a model to")
    best = None
    for point in (start, *others):
        found = _search(log_likelihood, np.log(list(point.values())), accounts)
        best = found if best is None or found.fun < best.fun else best
        if best.success and not _is_at_a_bound(best.x):
            break
    return Fit(
        model=model,
        parameters=dict(zip(start, np.exp(best.x).tolist(), strict=True)),
        log_likelihood=float(-best.fun * accounts),
        accounts=int(accounts),
        is_converged=bool(best.success) and not _is_at_a_bound(best.x),
        evaluations=int(best.nfev),
    )


def _search(log_likelihood: LogLikelihood, point: np.ndarray, accounts: float):
    def cost(logs: np.ndarray) -> tuple[float, np.ndarray]:
        values = np.exp(logs)
        total, gradient = log_likelihood(values)
        return -total / accounts, -gradient * values / accounts

    return optimize.minimize(
        cost,
        point,
        jac=True,
        method="L-BFGS-B",
        bounds=[(-LOG_BOUND, LOG_BOUND)] * len(point),
        options={"gtol": GRADIENT_TOLERANCE, "ftol": VALUE_TOLERANCE, "maxiter": 500},
    )


def _is_at_a_bound(logs: np.ndarray) -> bool:
    """A parameter that wants to be infinite or zero: the data do not hold what the model is about."""
    return bool((np.abs(logs) > LOG_BOUND - 0.01).any())
