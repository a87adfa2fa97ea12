"""``manage.py clv`` and the kept fits, on orders in the database."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import versions
from core.facts import population
from sales.models import Order
from segmentation import services
from segmentation.clv import bgnbd
from segmentation.clv.histories import cells_of_frame, histories
from segmentation.models import LifetimeValueFit
from segmentation.selectors import latest_fit, order_histories
from tests import factories
from tests.segmentation.clv.sources import made_order_days

pytestmark = pytest.mark.django_db
LAST_DAY = date(2025, 2, 23)


@pytest.fixture
def order_days():
    """A hundred accounts with their order days, in the database and as they were made."""
    days = made_order_days(accounts=100, days=419, seed=8)
    accounts = {number: factories.AccountFactory() for number in days["account_id"].unique()}
    orders = [
        factories.OrderFactory.build(account=accounts[row.account_id], ordered_on=row.day.date(), amount=row.amount)
        for row in days.itertuples()
    ]
    Order.objects.bulk_create(orders)
    return days.assign(account_id=days["account_id"].map({number: one.pk for number, one in accounts.items()}))


def run(*arguments) -> str:
    out = StringIO()
    call_command("clv", *arguments, stdout=out)
    return out.getvalue()


def test_histories_in_the_database_are_those_of_the_orders(order_days):
    expected = histories(order_days, LAST_DAY).sort_index()
    assert population().survivors() == {}
    found = order_histories(LAST_DAY)
    assert found[["x", "t_x_days", "age_days", "spend_days"]].equals(
        expected[["x", "t_x_days", "age_days", "spend_days"]]
    )
    assert found["spend_mean"].to_numpy() == pytest.approx(expected["spend_mean"].to_numpy(), nan_ok=True)


def test_command_fits_up_to_the_calibration_end_and_judges_by_the_rest(order_days):
    end = LAST_DAY - timedelta(days=120)
    figures = json.loads(run("--as-of", LAST_DAY.isoformat(), "--calibration-end", end.isoformat(), "--json"))
    fit = bgnbd.fit(cells_of_frame(histories(order_days, end)))
    assert figures["models"]["bg_nbd"]["parameters"] == pytest.approx(fit.parameters, rel=1e-4)
    later = order_days[order_days["day"].dt.date > end]
    known = set(order_days.loc[order_days["day"].dt.date <= end, "account_id"])
    holdout = figures["models"]["pareto_nbd"]["holdout"]
    assert holdout["actual_orders"] == later["account_id"].isin(known).sum()
    assert holdout["days"] == 120
    assert figures["calibration_end"] == end.isoformat()
    errors = {name: model["holdout"]["mae"] for name, model in figures["models"].items()}
    assert figures["chosen"] == min(errors, key=errors.get)
    assert LifetimeValueFit.objects.count() == 0


def test_command_without_a_calibration_end_shows_the_fit_of_everything(order_days):
    fit = bgnbd.fit(cells_of_frame(histories(order_days, LAST_DAY)))
    shown = run("--as-of", LAST_DAY.isoformat())
    assert f"LL {fit.log_likelihood:.4f}" in shown
    assert "chosen: " in shown


def test_command_says_plainly_that_there_is_not_enough_history():
    factories.OrderFactory(ordered_on=date(2025, 1, 1), amount=5)
    with pytest.raises(CommandError, match="0 accounts ordered again by 2025-02-23, 30 are needed"):
        run("--as-of", LAST_DAY.isoformat())


def test_command_refuses_a_calibration_that_leaves_nothing_to_judge():
    with pytest.raises(CommandError, match="calibration-end"):
        run("--as-of", "2025-01-01", "--calibration-end", "2025-01-01")


def test_fit_is_kept_once_a_day_and_names_its_configuration(order_days):
    version = versions.published("lifetime_value")
    services.fit_lifetime_value(as_of=LAST_DAY, version=version)
    kept = services.fit_lifetime_value(as_of=LAST_DAY, version=version)
    assert LifetimeValueFit.objects.get() == kept == latest_fit()
    assert latest_fit(LAST_DAY - timedelta(days=1)) is None
    assert (kept.account_count, kept.configuration_number) == (100, 1)
    assert kept.chosen in kept.report["models"]
    assert kept.report["holdout"]["models"][kept.chosen]["holdout"]["mae"] < kept.report["holdout"]["naive_mae"]


def test_too_little_history_is_kept_as_such():
    factories.OrderFactory(ordered_on=date(2025, 1, 1), amount=5)
    kept = services.fit_lifetime_value(as_of=LAST_DAY, version=versions.published("lifetime_value"))
    assert (kept.chosen, kept.account_count, kept.repeat_count, kept.report) == ("", 1, 0, {})
