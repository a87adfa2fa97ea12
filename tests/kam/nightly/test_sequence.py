"""The real steps together: bad accounts, repair, historic nights, pinned versions, standings that only go forward."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from accounts.models import Standing, Task
from churn.models import Alert
from core import facts
from core.facts import Fact, FactKind, Source
from core.models import ConfigurationVersion, FactSheet
from core.periods import last_full_day, month_end_before
from core.sheets import Part, read_sheet, shard_numbers, write_facts
from kam.choices import RunTrigger, WorkState
from kam.models import Run, RunError
from kam.nightly import services
from kam.nightly.hints import no_hints
from kam.nightly.inline import drive
from kam.nightly.sequence import STEPS
from segmentation.models import LifetimeValueFit
from tests import factories


def night(as_of: date | None = None, **options) -> Run:
    run = services.start_run(as_of=as_of, trigger=RunTrigger.COMMAND, queue=no_hints, **options)[0]
    return drive(run.pk, steps=STEPS)


@pytest.fixture
def trade(actors) -> list:
    """Six accounts with a monthly order each; the last of them has been silent for half a year."""
    accounts = factories.AccountFactory.create_batch(6, owner=actors.OWN)
    for account in accounts:
        silent_days = 180 if account is accounts[-1] else 3
        for number in range(8):
            ordered_on = last_full_day() - timedelta(days=silent_days + 30 * number)
            factories.OrderFactory(account=account, ordered_on=ordered_on, amount=1000)
    return accounts


@pytest.fixture
def broken():
    """A source of facts that one account's data breaks; take it away by emptying the set."""
    bad: set[int] = set()

    def compute(scope):
        if hit := bad & set(scope.account_ids):
            raise ValueError(f"account {min(hit)} has no sense")
        return facts.empty_sheet()[[]]

    facts.register(Source("broken", (Fact("sense", "sense", FactKind.COUNT, "whether it has sense"),), compute))
    yield bad
    facts._sources.pop("broken")


def test_night_leaves_standings_alerts_and_tasks(trade, actors):
    run = night()
    assert (run.state, run.message, run.error_count) == (WorkState.DONE, "", 0)
    standings = Standing.objects.filter(account__in=trade)
    assert standings.count() == 6
    assert set(standings.values_list("as_of", flat=True)) == {last_full_day()}
    assert list(Alert.objects.values_list("account", "is_historic")) == [(trade[-1].pk, False)]
    assert Task.objects.get().assignee == actors.OWN


def test_second_night_changes_nothing(trade):
    from tests.digest import database_digest

    night()
    before = database_digest()
    night()
    assert database_digest() == before


def test_bad_account_stops_nobody_else(trade, broken):
    broken.add(trade[2].pk)
    run = night()
    assert (run.state, run.error_count) == (WorkState.DONE, 1)
    error = RunError.objects.get()
    assert (error.account, error.step_name) == (trade[2], "facts")
    assert "has no sense" in error.message
    assert set(Standing.objects.values_list("account", flat=True)) >= {
        account.pk for account in trade if account != trade[2]
    }
    assert not Standing.objects.filter(account=trade[2]).exists()


def test_repair_computes_only_the_bad_account(trade, broken, actors):
    broken.add(trade[2].pk)
    run = night()
    broken.clear()
    sheets_before = set(FactSheet.objects.filter(part=Part.FACTS).values_list("pk", flat=True))
    repair = services.repair_run(run, requested_by=actors.AD)[0]
    assert repair.account_ids == [trade[2].pk]
    repair = drive(repair.pk, steps=STEPS)
    assert repair.state == WorkState.DONE
    assert repair.steps.get(name="facts").row_count == 1
    assert Standing.objects.filter(account=trade[2], as_of=last_full_day()).exists()
    assert RunError.objects.get().is_resolved
    new = FactSheet.objects.filter(part=Part.FACTS).exclude(pk__in=sheets_before).get()
    assert new.revision == 2
    assert set(read_sheet(last_full_day()).index) >= {account.pk for account in trade}
    with pytest.raises(services.RunRefused):
        services.repair_run(run, requested_by=actors.AD)


def test_historic_night_makes_no_tasks_and_moves_no_standing_back(trade):
    night()
    long_ago = last_full_day() - timedelta(days=60)
    run = night(long_ago)
    assert (run.state, run.is_historic) == (WorkState.DONE, True)
    assert set(Standing.objects.filter(account__in=trade).values_list("as_of", flat=True)) == {last_full_day()}
    assert read_sheet(long_ago, Part.TIER).size
    assert set(Alert.objects.filter(is_historic=True).values_list("opened_on", flat=True)) == {long_ago}
    assert Task.objects.count() == 1


def test_historic_night_of_an_empty_past_writes_standings(trade):
    long_ago = last_full_day() - timedelta(days=60)
    night(long_ago)
    assert set(Standing.objects.filter(account__in=trade).values_list("as_of", flat=True)) == {long_ago}
    assert not Task.objects.exists()


def test_rerun_keeps_the_versions_of_the_first_run(trade):
    first = night()
    old = ConfigurationVersion.objects.get(kind="tiers", state="published")
    ConfigurationVersion.objects.filter(pk=old.pk).update(state="archived")
    ConfigurationVersion.objects.create(
        kind="tiers",
        number=old.number + 1,
        state="published",
        document=old.document | {"limits": [{"tier": "A", "minimum": 1}]},
        document_hash="x",
    )
    tiers_then = read_sheet(last_full_day(), Part.TIER)["tier"].to_dict()
    again = night()
    assert again.configuration == first.configuration
    assert read_sheet(last_full_day(), Part.TIER)["tier"].to_dict() == tiers_then
    current = night(is_current_configuration=True)
    assert current.configuration["tiers"] == {"default": old.number + 1}
    assert read_sheet(last_full_day(), Part.TIER)["tier"].to_dict() != tiers_then


def test_shards_do_not_change_the_result(trade):
    results = []
    for shard_count in (1, 3, 5):
        night(shard_size=services.shard_size_for(shard_count))
        results.append([read_sheet(last_full_day(), part).to_csv() for part in Part])
    assert results[0] == results[1] == results[2]


def month_end() -> date:
    return month_end_before(last_full_day())


def test_night_reconstructs_the_sheet_of_the_last_month_end_once(trade):
    night()
    kept = FactSheet.objects.filter(as_of=month_end())
    assert set(kept.values_list("part", flat=True)) == {part.value for part in Part}
    before = set(kept.values_list("pk", "content_hash"))
    factories.OrderFactory(account=trade[0], ordered_on=month_end(), amount=5000)
    run = night()
    assert run.steps.get(name="month_end_facts").row_count == 0
    assert set(kept.values_list("pk", "content_hash")) == before


def test_a_month_end_whose_facts_are_kept_gets_its_tiers_only(trade):
    """A night that broke off between facts and tiers: what was known then stays."""
    size = services.shard_size_for(3)
    for shard in shard_numbers(size):
        write_facts(month_end(), shard, size)
    facts_then = read_sheet(month_end())
    factories.OrderFactory(account=trade[0], ordered_on=month_end(), amount=5000)
    night(shard_size=size)
    pd.testing.assert_frame_equal(read_sheet(month_end()), facts_then)
    assert list(read_sheet(month_end(), Part.TIER).index) == list(facts_then.index)


def test_shards_do_not_change_the_reconstructed_month_end(trade):
    results = []
    for shard_count in (1, 3, 16):
        FactSheet.objects.all().delete()
        night(shard_size=services.shard_size_for(shard_count))
        results.append([read_sheet(month_end(), part).to_csv() for part in Part])
    assert results[0] == results[1] == results[2]


def test_repair_and_a_night_behind_the_standings_leave_the_month_end_alone(trade, broken, actors):
    night()
    FactSheet.objects.filter(as_of=month_end()).delete()
    broken.add(trade[2].pk)
    back = last_full_day() - timedelta(days=1)
    run = night(back)
    broken.clear()
    repair = drive(services.repair_run(run, requested_by=actors.AD)[0].pk, steps=STEPS)
    assert repair.state == WorkState.DONE
    assert not FactSheet.objects.filter(as_of=month_end_before(back)).exists()


def test_night_of_an_empty_installation_ends(db):
    assert night().state == WorkState.DONE


@pytest.mark.django_db
def test_lifetime_values_are_computed_once_a_month(actors):
    random = np.random.default_rng(4)
    accounts = factories.AccountFactory.create_batch(40, owner=actors.OWN)
    day = month_end_before(last_full_day()).replace(day=2)
    for account in accounts:
        for days in {0, *random.integers(1, 400, 6).tolist()}:
            factories.OrderFactory(account=account, ordered_on=day - timedelta(days=int(days)), amount=500 + days)
    first = night(day - timedelta(days=1))
    fit = LifetimeValueFit.objects.get()
    assert (fit.as_of, fit.account_count) == (day - timedelta(days=1), 40)
    written = Standing.objects.filter(lifetime_as_of=fit.as_of)
    assert written.filter(expected_orders_12m__gt=0, lifetime_value_36m__gt=0).count() == 40
    assert first.steps.get(name="lifetime_value").shards.get().row_count == 41
    night(day)
    assert LifetimeValueFit.objects.get().as_of == fit.as_of
    assert Standing.objects.filter(as_of=day, lifetime_as_of=fit.as_of).count() == 40
