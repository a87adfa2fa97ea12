from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from django.utils import timezone

from accounts.models import Standing
from accounts.services import write_lifetime_values
from tests import factories

pytestmark = pytest.mark.django_db
D = date(2026, 3, 15)
COLUMNS = ["expected_orders_12m", "expected_revenue_12m", "lifetime_value_36m", "no_order_probability"]


def standing(**values) -> Standing:
    account = factories.AccountFactory()
    return Standing.objects.create(account=account, as_of=D, calculated_at=timezone.now(), value_score=50, **values)


def expected(rows: dict) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS, dtype="float64")


def kept(one: Standing) -> tuple:
    return Standing.objects.values_list("lifetime_as_of", *COLUMNS).get(pk=one.pk)


def test_figures_are_written_beside_the_standing_and_nothing_else_changes():
    known, unknown = standing(), standing(lifetime_as_of=D - timedelta(days=31), expected_orders_12m=3)
    write_lifetime_values(as_of=D, expected=expected({known.pk: [4.256, 1234.567, 3000, 0.12345]}))
    assert kept(known) == (D, Decimal("4.26"), Decimal("1234.57"), Decimal("3000.00"), Decimal("0.1234"))
    assert kept(unknown) == (None, None, None, None, None)
    assert list(Standing.objects.values_list("value_score", "as_of").distinct()) == [(50, D)]


def test_accounts_without_a_standing_are_left_out():
    account = factories.AccountFactory()
    assert write_lifetime_values(as_of=D, expected=expected({account.pk: [1, 1, 1, 0.5]})) == 0
    assert not Standing.objects.exists()


def test_figures_of_a_later_day_stay():
    later = standing(lifetime_as_of=D + timedelta(days=1), expected_orders_12m=7)
    write_lifetime_values(as_of=D, expected=expected({later.pk: [1, 1, 1, 0.5]}))
    assert kept(later)[:2] == (D + timedelta(days=1), 7)


@pytest.mark.parametrize("money", [np.nan, 1e15])
def test_money_that_no_column_holds_is_unknown_and_orders_are_kept(money):
    one = standing()
    write_lifetime_values(as_of=D, expected=expected({one.pk: [2, money, money, 0.5]}))
    assert kept(one) == (D, 2, None, None, Decimal("0.5"))


def test_cancelled_work_stops_between_batches():
    standing()

    def cancelled():
        raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError):
        write_lifetime_values(as_of=D, expected=expected({}), check=cancelled)
