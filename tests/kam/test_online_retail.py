"""The acceptance values of the first year of Online Retail: an independent computation gave every figure here."""

from decimal import Decimal

import pandas as pd
import pytest
from django.core.management import call_command

from core import sheets, versions
from core.database import money_sum
from core.sheets import Part
from sales.models import Order
from segmentation import services
from tests.kam import online_retail
from tests.kam.online_retail import LAST_DAY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not online_retail.SOURCE.exists(), reason=f"{online_retail.SOURCE} is not there"),
]

BOUNDS = {
    "days_since_last_order": [14, 34, 67, 164],
    "orders_365d": [1, 2, 3, 6],
    "revenue_365d": [240.84, 488.234, 951.006, 2032.16],
}
CLASSES = {
    "recency_class": {1: 978, 2: 841, 3: 850, 4: 808, 5: 906},
    "frequency_class": {1: 1561, 2: 808, 3: 513, 4: 792, 5: 709},
    "monetary_class": {1: 985, 2: 849, 3: 850, 4: 849, 5: 850},
}
TIER_LIMITS = {"A": 80, "B": 60, "C": 40, "D": 0}
SEGMENTS = {
    "HHH": 878,
    "HLH": 135,
    "LHH": 408,
    "LLH": 278,
    "HHL": 106,
    "HLL": 595,
    "LHL": 109,
    "LLL": 1874,
}


def test_first_year_gives_every_acceptance_value(tmp_path):
    online_retail.load_online_retail()
    assert Order.objects.aggregate(net=money_sum("amount")) == {"net": Decimal("8348208.5740")}
    assert (Order.objects.count(), Order.objects.filter(kind="return").count()) == (23_587, 4_372)

    for shard in sheets.shard_numbers():
        assert sheets.write_facts(LAST_DAY, shard).errors == {}
    facts = sheets.read_sheet(LAST_DAY)
    assert len(facts) == 4_383
    assert (facts["orders_365d"] >= 1).sum() == 4_248
    assert facts["first_order_on"].isna().sum() == 71
    assert (facts["days_since_last_order"] >= 365).sum() == 64
    assert facts["orders_365d"].sum() == 18_428
    assert round(facts["revenue_365d"].sum(), 2) == 8_021_266.14
    assert facts["orders_90d"].sum() == 6_720
    assert facts["order_gap_mean_days"].notna().sum() == 2_818
    assert facts["order_gap_std_days"].notna().sum() == 1_975
    assert facts["revenue_growth_365d"].isna().all()

    result = services.compute_rfm(LAST_DAY, versions.published("rfm"))
    assert result["bounds"] == {fact: pytest.approx(bounds, abs=1e-9) for fact, bounds in BOUNDS.items()}
    assert (result["population"], result["classes"], result["segments"]) == (4_248, CLASSES, SEGMENTS)

    check_scores_and_tiers(facts)
    check_file(tmp_path / "facts.csv", facts)


def check_scores_and_tiers(facts):
    """The score of every account against the formula written out once more, account by account."""
    services.compute_value_scores(LAST_DAY, versions.published("value_score"))
    result = services.compute_tiers(LAST_DAY, versions.published("tiers"))
    night = sheets.read_night(LAST_DAY)
    assert sum(result["tiers"].values()) == 4_383
    revenue, orders = sorted(facts["revenue_365d"]), sorted(facts["orders_365d"])
    for _account, row in night.sample(200, random_state=1).iterrows():
        points = [(40, place(row["revenue_365d"], revenue)), (15, place(row["orders_365d"], orders))]
        if row["days_since_last_order"] == row["days_since_last_order"]:
            points.append((15, 100 * max(0, 365 - row["days_since_last_order"]) / 365))
        weight = sum(weight for weight, _ in points)
        score = sum(weight * value for weight, value in points) / weight
        assert row["value_score"] == pytest.approx(score, abs=0.00501)
        assert row["confidence_rate"] == weight / 100
        assert row["tier"] == next(tier for tier, low in TIER_LIMITS.items() if row["value_score"] >= low)


def place(value, ordered) -> float:
    """100·(mean rank − 0.5)/n, counted from an ordered list."""
    below = sum(1 for other in ordered if other < value)
    same = sum(1 for other in ordered if other == value)
    return 100 * (below + (same + 1) / 2 - 0.5) / len(ordered)


def check_file(path, facts):
    """The file of facts holds the sheet, by code."""
    call_command("facts", as_of=LAST_DAY, output=path, docs=False)
    written = pd.read_csv(path, dtype={"code": str})
    assert written["code"].tolist() == sorted(written["code"])
    assert written.columns[0] == "code"
    for key in ("revenue_365d", "orders_365d", "order_gap_std_days"):
        assert sorted(written[key].dropna()) == sorted(facts[key].dropna())
    assert sheets.has_sheet(LAST_DAY, Part.TIER)
