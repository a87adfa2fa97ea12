"""Rules two and three by hand: revenue against a year ago, and days without contact against the tier's cadence."""

import copy
from datetime import date

import pandas as pd
import pytest
import time_machine
from django.utils import translation

from accounts.configuration import SERVICE_LEVELS
from churn import explanations, rules, selectors, services
from churn.configuration import NO_CONTACT, REVENUE_DROP, problems_of
from churn.models import Alert
from core import versions
from core.models import ConfigurationVersion
from core.versions import seed_versions
from tests import factories
from tests.nights import keep_night

N1, N2 = date(2026, 3, 1), date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel("2026-03-05T08:00:00Z", tick=False):
        yield


def outcome_of(document, row: dict) -> bool | None:
    frame = pd.DataFrame([row], index=[1])
    outcome = rules.fires(document, frame).iloc[0]
    return None if pd.isna(outcome) else bool(outcome)


def sales_row(now, before, growth=0.0, tier="B") -> dict:
    return {"revenue_90d": now, "revenue_90d_year_ago": before, "revenue_growth_90d": growth, "tier": tier}


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (7_000.0, 10_000.0, False),  # exactly 70 %: not below
        (6_999.9999, 10_000.0, True),  # a ten-thousandth below
        (7_000.0001, 10_000.0, False),
        (0.0, 10_000.0, True),
        (-500.0, 20_000.0, True),  # more returned than bought
        (0.0, 9_999.9999, None),  # a year ago below the minimum: not judged
        (8_606.5, 12_295.0, False),  # 0.7 × 12,295 = 8,606.5
        (None, 20_000.0, None),
        (1_000.0, None, None),
    ],
)
def test_revenue_drop_fires_below_70_percent_of_a_year_ago(now, before, expected):
    assert outcome_of(REVENUE_DROP, sales_row(now, before)) == expected


def test_revenue_drop_is_not_evaluated_where_the_year_before_is_not_wholly_known():
    assert outcome_of(REVENUE_DROP, sales_row(0.0, 50_000.0, growth=None)) is None


@pytest.mark.parametrize(("tier", "expected"), [("A", False), ("B", True), (None, None)])
def test_revenue_drop_goes_by_the_share_and_the_minimum_of_the_tier(tier, expected):
    document = copy.deepcopy(REVENUE_DROP)
    document["fires_when"]["than"]["terms"][0]["less"]["by_tier"]["A"] = 0.5
    assert outcome_of(document, sales_row(6_000.0, 10_000.0, tier=tier)) == expected
    document["applies_when"]["all"][1]["than"]["plus"]["by_tier"]["B"] = 10_001
    if tier == "B":
        assert outcome_of(document, sales_row(6_000.0, 10_000.0, tier=tier)) is None


@pytest.mark.parametrize(
    ("days", "cadence", "owner", "expected"),
    [
        (67.0, 45.0, "7", False),  # 45 × 1.5 = 67.5
        (68.0, 45.0, "7", True),
        (45.0, 30.0, "7", False),  # exactly 30 × 1.5: not over
        (46.0, 30.0, "7", True),
        (400.0, None, "7", None),  # a tier without a promise
        (400.0, 30.0, None, None),  # nobody owns it
        (None, 30.0, "7", None),
    ],
)
def test_no_contact_fires_beyond_one_and_a_half_cadences(days, cadence, owner, expected):
    row = {"days_without_contact": days, "tier_cadence_days": cadence, "owner": owner}
    frame = pd.DataFrame([row], index=[1]).astype({"days_without_contact": "float64", "tier_cadence_days": "float64"})
    outcome = rules.fires(NO_CONTACT, frame).iloc[0]
    assert (None if pd.isna(outcome) else bool(outcome)) == expected


def contact_row(days, *, known_on="2026-01-01", owner="7", tier="B") -> dict:
    day = None if known_on is None else pd.Timestamp(known_on)
    return {"days_since_last_interaction": days, "known_on": day, "owner": owner, "tier": tier}


@pytest.mark.django_db
def test_never_met_counts_from_the_day_the_account_is_known():
    accounts = [factories.AccountFactory() for _ in range(3)]
    rows = [contact_row(None), contact_row(None, known_on="2025-12-23"), contact_row(10, known_on="2020-01-01")]
    keep_night(N1, dict(zip((account.pk for account in accounts), rows, strict=True)))
    sheet = selectors.rule_sheet(N1, [NO_CONTACT])
    assert sheet["days_without_contact"].tolist() == [59, 68, 10]
    assert list(rules.firing(NO_CONTACT, sheet)) == [accounts[1].pk]


@pytest.mark.django_db
def test_the_cadence_is_that_of_the_versions_the_night_keeps_to():
    account = factories.AccountFactory()
    keep_night(N1, {account.pk: contact_row(60)})
    pins = versions.pin()
    document = copy.deepcopy(versions.published(SERVICE_LEVELS).document)
    document["levels"][1]["visit_cadence_days"] = 20
    admin = factories.UserFactory(role="admin")
    draft = versions.save_draft(kind=SERVICE_LEVELS, document=document, author=admin)
    versions.publish(draft=draft, based_on=1, preview_hash=draft.document_hash, comment="", author=admin)
    assert services.apply_rules(N1, pins)["no_contact"]["fired"] == 0
    assert services.apply_rules(N1, versions.pin())["no_contact"]["fired"] == 1
    leaf = Alert.objects.get(rule_key="no_contact").reason["leaves"][0]
    assert (leaf["value"], leaf["limit"], leaf["terms"]) == (60, 30, {"tier_cadence_days": 20})


@pytest.mark.django_db
def test_all_three_rules_open_alerts_of_their_own_and_a_repeated_night_changes_nothing():
    account = factories.AccountFactory()
    gap = {"sale_days": 6, "days_since_last_order": 62, "order_gap_mean_days": 20, "order_gap_std_days": 10}
    keep_night(N1, {account.pk: gap | sales_row(6_300.0, 100_000.0) | contact_row(90)})
    result = services.apply_rules(N1, versions.pin())
    assert {key: outcome["opened"] for key, outcome in result.items()} == {
        "order_gap": 1,
        "revenue_drop": 1,
        "no_contact": 1,
    }
    before = list(Alert.objects.order_by("pk").values())
    assert sum(outcome["opened"] for outcome in services.apply_rules(N1, versions.pin()).values()) == 0
    assert list(Alert.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "key", "expected"),
    [
        ("en", "revenue_drop", "Orders of 90 days came to ¥6.30 k, a year ago to ¥100 k (−94 %)."),
        ("zh-hans", "revenue_drop", "近 90 天订单 ¥6,300，去年同期 10 万（−94 %）。"),
        ("en", "no_contact", "Nobody was in touch for 90 days; the tier asks for it every 45 days."),
        ("zh-hans", "no_contact", "已有 90 天无人联系；该等级要求每 45 天一次。"),
    ],
)
def test_the_reason_reads_as_a_sentence(language, key, expected):
    account = factories.AccountFactory()
    keep_night(N1, {account.pk: sales_row(6_300.0, 100_000.0) | contact_row(90)})
    services.apply_rules(N1, versions.pin())
    with translation.override(language):
        assert explanations.sentence(Alert.objects.get(rule_key=key)) == expected


@pytest.mark.django_db
def test_an_installation_from_before_gets_the_new_rules_at_its_next_migrate():
    ConfigurationVersion.objects.filter(kind="alert_rule").exclude(key="order_gap").delete()
    seed_versions()
    in_force = {version.key: version.number for version in versions.published_all("alert_rule")}
    assert in_force == {"no_contact": 1, "order_gap": 1, "revenue_drop": 1}


@pytest.mark.django_db
def test_faults_of_the_new_parts_of_a_rule_are_named():
    document = copy.deepcopy(REVENUE_DROP)
    document["applies_when"]["all"][0]["than"] = "yes"
    document["applies_when"]["all"][1]["than"]["plus"]["by_tier"]["A"] = "much"
    document["fires_when"]["than"]["terms"][0]["less"] = None
    document["fires_when"]["than"]["terms"][0]["more"] = 1
    assert {problem.code for problem in problems_of(document)} == {"not_a_flag", "not_a_number", "unknown_field"}
    assert problems_of(REVENUE_DROP) == problems_of(NO_CONTACT) == []
