"""Order histories: repeat order days, recency and age of each account, and the cells in which they are counted.

Source: definitions, "Orders, amounts, keys": the event is an *order day*, a day with at least one sale of 0 or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from core.lazy import np, pd

DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Cells:
    """Equal histories counted once: ``x`` repeat order days, ``t_x`` and ``age`` in weeks, ``weight`` accounts.

    ``t_x`` is the time from the first order day to the last one, ``age`` that from the first one to the end of the
    observation. ``inverse`` leads from each account to its cell. The likelihood of a cell is computed once.
    """

    x: np.ndarray
    t_x: np.ndarray
    age: np.ndarray
    weight: np.ndarray
    inverse: np.ndarray

    @cached_property
    def distinct_x(self) -> tuple[np.ndarray, np.ndarray]:
        """The different ``x``, ascending, and for each cell the position of its own."""
        return np.unique(self.x, return_inverse=True)

    @property
    def total(self) -> float:
        """How many accounts the cells count."""
        return float(self.weight.sum())


def cells_of(x: np.ndarray, t_x_days: np.ndarray, age_days: np.ndarray) -> Cells:
    """The cells of whole-day histories, one entry per account: ``x`` ≥ 0, 0 ≤ ``t_x_days`` ≤ ``age_days``.

    Raises ValueError for a history that cannot be.
    """
    x, t_x_days, age_days = (np.asarray(values, dtype="int64") for values in (x, t_x_days, age_days))
    if ((x < 0) | (t_x_days < 0) | (t_x_days > age_days) | ((x == 0) & (t_x_days > 0))).any():
        raise ValueError("a history needs 0 ≤ t_x ≤ age, and t_x = 0 without a repeat order")
    step = int(age_days.max(initial=0)) + 1
    codes, keys = pd.factorize((x * step + t_x_days) * step + age_days)
    rest, age = np.divmod(keys, step)
    cell_x, t_x = np.divmod(rest, step)
    weight = np.bincount(codes, minlength=len(keys)).astype("float64")
    return Cells(cell_x.astype("float64"), t_x / DAYS_PER_WEEK, age / DAYS_PER_WEEK, weight, codes)


def histories(order_days: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The history of each account up to ``as_of``, by account: columns x, t_x_days, age_days, spend_days, spend_mean.

    ``order_days`` has a row per account and order day: ``account_id``, ``day`` (datetime64), ``amount`` (the sales of
    that day, ≥ 0). ``spend_mean`` is the mean amount of the ``spend_days`` repeat days with an amount above 0 (NaN
    without one).
    """
    end = pd.Timestamp(as_of)
    known = order_days[order_days["day"] <= end]
    days = known.groupby("account_id")["day"].agg(["min", "max", "size"])
    first = known["account_id"].map(days["min"])
    repeat = known[(known["day"] > first) & (known["amount"] > 0)].groupby("account_id")["amount"].agg(["size", "mean"])
    return pd.DataFrame(
        {
            "x": days["size"] - 1,
            "t_x_days": (days["max"] - days["min"]).dt.days,
            "age_days": (end - days["min"]).dt.days,
            "spend_days": repeat["size"].reindex(days.index, fill_value=0),
            "spend_mean": repeat["mean"].reindex(days.index),
        }
    )


def cells_of_frame(frame: pd.DataFrame) -> Cells:
    """The cells of what `histories` gives."""
    return cells_of(frame["x"].to_numpy(), frame["t_x_days"].to_numpy(), frame["age_days"].to_numpy())


def typical_age(cells: Cells) -> float:
    """The weeks from which a search for parameters starts: the mean age, 1 where there is none."""
    return float(cells.weight @ cells.age / cells.total) if cells.age.any() else 1.0
