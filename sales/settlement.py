"""When receivables were settled and what of them is overdue: pure calculation."""

from __future__ import annotations

from datetime import date

from core.lazy import pd

WINDOW_DAYS = 365
TEN_THOUSAND = 10_000


def settled_on(receivables: pd.DataFrame, payments: pd.DataFrame) -> pd.Series:
    """The day from which payments and credits cover each receivable for good; NaT while they do not.

    A receivable that credits alone cover was not paid and has no such day. Index as ``receivables``.
    """
    payments = payments.sort_values(["receivable_id", "paid_on"])
    ids = payments["receivable_id"]
    is_open = payments.groupby(ids)["amount"].cumsum() < ids.map(receivables["amount"])
    is_open_later = is_open[::-1].groupby(ids).cumsum() > 0
    first = payments[~is_open_later.reindex(payments.index)].groupby("receivable_id")["paid_on"].min()
    is_paid = payments.groupby(ids)["payments"].sum() > 0
    return first[is_paid.reindex(first.index)].reindex(receivables.index)


def weighted_days(settled: pd.DataFrame, days: pd.Series) -> pd.Series:
    """Σ amount·days / Σ amount by account."""
    weighted = (settled["amount"] * days).groupby(settled["account_id"]).sum()
    return weighted / settled.groupby("account_id")["amount"].sum()


def receivable_facts(receivables: pd.DataFrame, payments: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Payment days, days paid late, overdue money and the age of the oldest overdue receivable, by account.

    ``receivables``: index id; ``account_id``, ``amount`` (whole 1/10,000), ``issued_on`` ≤ as_of, ``due_on``.
    ``payments``: ``receivable_id``, ``paid_on`` ≤ as_of, ``amount``, ``payments`` (how many are no credits), one row
    per receivable and day. Averages are null without a receivable settled within 365 days.
    """
    today = pd.Timestamp(as_of)
    covered = payments.groupby("receivable_id")["amount"].sum().reindex(receivables.index, fill_value=0)
    frame = receivables.assign(
        settled_on=settled_on(receivables, payments), open=(receivables["amount"] - covered).clip(lower=0)
    )
    recent = frame[(frame["settled_on"] > today - pd.Timedelta(days=WINDOW_DAYS)) & (frame["amount"] > 0)]
    overdue = frame[(frame["due_on"] < today) & (frame["open"] > 0)]
    late = (recent["settled_on"] - recent["due_on"]).dt.days.clip(lower=0)
    result = pd.DataFrame(index=pd.Index(frame["account_id"].unique(), name="account_id"))
    result["payment_days_avg_365d"] = weighted_days(recent, (recent["settled_on"] - recent["issued_on"]).dt.days)
    result["payment_days_late_avg_365d"] = weighted_days(recent, late)
    overdue_sums = overdue.groupby("account_id")["open"].sum()
    result["overdue_amount"] = overdue_sums.reindex(result.index, fill_value=0) / TEN_THOUSAND
    result["overdue_days"] = (today - overdue.groupby("account_id")["due_on"].min()).dt.days
    return result
