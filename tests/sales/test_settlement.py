from datetime import date, timedelta

import pandas as pd
import pytest

from sales.settlement import receivable_facts

D = date(2026, 3, 1)
NULL = float("nan")


def ago(days):
    return pd.Timestamp(D - timedelta(days=days))


def receivables(*rows):
    """Rows of (amount, issued days ago, due days ago), ids 1, 2, …, all of account 5."""
    frame = pd.DataFrame(rows, columns=["amount", "issued", "due"], index=range(1, len(rows) + 1))
    return pd.DataFrame(
        {
            "account_id": 5,
            "amount": frame["amount"] * 10_000,
            "issued_on": frame["issued"].map(ago),
            "due_on": frame["due"].map(ago),
        }
    )


def payments(*rows):
    """Rows of (receivable, days ago, amount, whether it is money and no credit)."""
    frame = pd.DataFrame(rows, columns=["receivable_id", "ago", "amount", "payments"])
    days = pd.to_datetime(frame["ago"].map(ago)).astype("datetime64[s]")
    whole = (frame["amount"] * 10_000).astype("int64")
    return frame.assign(paid_on=days, amount=whole, payments=frame["payments"].astype("int64")).drop(columns="ago")


def facts_of(receivables, payments) -> dict:
    return receivable_facts(receivables, payments, D).loc[5].to_dict()


def test_payment_days_are_weighted_by_amount():
    owed = receivables((100, 100, 70), (300, 100, 70))
    result = facts_of(owed, payments((1, 90, 100, 1), (2, 60, 300, 1)))
    assert result["payment_days_avg_365d"] == (100 * 10 + 300 * 40) / 400
    assert result["payment_days_late_avg_365d"] == (100 * 0 + 300 * 10) / 400
    assert result["overdue_amount"] == 0
    assert pd.isna(result["overdue_days"])


@pytest.mark.parametrize(
    ("paid", "days", "overdue"),
    [
        ([], NULL, 100),
        ([(1, 80, 99, 1)], NULL, 1),
        ([(1, 80, 60, 1), (1, 50, 40, 1)], 50, 0),
        ([(1, 80, 60, 1), (1, 50, 40, 1), (1, 20, 10, 1)], 50, 0),  # paid too much later on
        ([(1, 80, 100, 1), (1, 60, -100, 1)], NULL, 100),  # paid back
        ([(1, 80, 100, 1), (1, 60, -100, 1), (1, 10, 100, 1)], 90, 0),  # paid back and paid again
        ([(1, 80, 20, 0), (1, 50, 80, 1)], 50, 0),  # a credit and the rest in money
        ([(1, 80, 100, 0)], NULL, 0),  # credited: nothing was ever paid
    ],
)
def test_a_receivable_is_settled_on_the_day_it_is_covered_for_good(paid, days, overdue):
    result = facts_of(receivables((100, 100, 70)), payments(*paid))
    assert result["payment_days_avg_365d"] == pytest.approx(days, nan_ok=True)
    assert result["overdue_amount"] == overdue


@pytest.mark.parametrize(("age", "counts"), [(364, True), (365, False)])
def test_only_receivables_settled_in_the_window_count(age, counts):
    result = facts_of(receivables((100, 400, 380)), payments((1, age, 100, 1)))
    assert pd.notna(result["payment_days_avg_365d"]) is counts


@pytest.mark.parametrize(("due", "amount", "days"), [(0, 0, NULL), (1, 100, 1), (45, 100, 45)])
def test_money_is_overdue_from_the_day_after_it_is_due(due, amount, days):
    result = facts_of(receivables((100, 60, due)), payments())
    assert result["overdue_amount"] == amount
    assert result["overdue_days"] == pytest.approx(days, nan_ok=True)


def test_overdue_adds_up_and_overpaid_receivables_hide_nothing():
    owed = receivables((100, 100, 70), (50, 100, 20), (30, 100, 10))
    result = facts_of(owed, payments((1, 60, 500, 1), (2, 15, 20, 1)))
    assert (result["overdue_amount"], result["overdue_days"]) == (60, 20)
