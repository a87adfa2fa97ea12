import io
import re
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
import python_calamine

from accounts.models import Standing, Tier
from core import sheets
from segmentation.facts import tier_columns
from tests import factories
from tests.nights import SHARD_SIZE

NIGHT = date(2026, 3, 10)
MONTH_END = date(2026, 2, 28)


def stand(account, tier, revenue, growth=None):
    return Standing.objects.create(
        account=account,
        as_of=NIGHT,
        calculated_at="2026-03-11T02:14:00Z",
        tier=Tier.objects.get(code=tier),
        revenue_365d=Decimal(revenue),
        revenue_prev365d=Decimal(100),
        revenue_growth_rate=growth,
        configuration={"tiers": {"default": 3}, "value_score": {"default": 2}},
    )


def keep_tiers(day, tiers: dict):
    frame = pd.DataFrame({"tier": tiers, "is_too_little_known": False}).rename_axis("account_id").sort_index()
    sheets.keep_sheet(as_of=day, part="tier", shard=0, shard_size=SHARD_SIZE, frame=frame, columns=tier_columns())


@pytest.fixture
def accounts(actors):
    made = [factories.AccountFactory(owner=actors.OWN, name=f"Account {n}") for n in range(4)]
    figures = [("A", "600.5", 2), ("B", "300", None), ("B", "100", 0), ("D", "-0.5", 0)]
    for account, (tier, revenue, growth) in zip(made, figures, strict=True):
        stand(account, tier, revenue, growth)
    stand(factories.AccountFactory(owner=actors.OTH, name="Elsewhere"), "A", "9000")
    return made


def text_of(client) -> str:
    response = client.get("/tiers/")
    assert response.status_code == 200
    text = response.content.decode()
    assert "MISSING_TEMPLATE" not in text
    assert " style=" not in text
    return text


def cells(text) -> dict[str, str]:
    """Tier → the words in its cell."""
    found = re.findall(r'data-tier-cell="(\w)">(.*?)</div>', text, re.S)
    return {tier: " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for tier, cell in found}


def test_dashboard_adds_up_the_visible_accounts_only(actors, accounts, client):
    client.force_login(actors.OWN)
    shown = cells(text_of(client))
    assert shown["A"].startswith("A Strategic 1 account ¥601 60 %")
    assert shown["B"].startswith("B Key 2 accounts ¥400 40 %")
    assert shown["C"].startswith("C Growing 0 accounts ¥0 0 %")
    assert shown["D"].startswith("D Basic 1 account −¥1 0 %")
    assert "4 accounts, ¥1.00 k in 12 months." in text_of(client)
    client.force_login(actors.EX)
    assert "5 accounts, ¥10.0 k in 12 months." in text_of(client)


def test_every_number_leads_to_its_accounts(actors, accounts, client):
    client.force_login(actors.OWN)
    text = text_of(client)
    assert 'href="/accounts/?tier=A"' in text
    assert '"href": "/accounts/?tier=A"' in text


def test_stamp_names_when_and_with_which_versions(actors, accounts, client):
    client.force_login(actors.OWN)
    text = text_of(client)
    assert "value score v2 · tier limits v3" in text


def test_moves_are_told_against_the_last_month_end(actors, accounts, client):
    client.force_login(actors.OWN)
    assert "No earlier sheet yet" in text_of(client)
    keep_tiers(MONTH_END, dict(zip((account.pk for account in accounts), "BABD", strict=True)))
    text = text_of(client)
    assert "1 A or B account fell a tier, worth ¥300" in text
    shown = cells(text)
    assert shown["A"].endswith("1 in 1 out")
    assert shown["D"].endswith("0 in 0 out")
    assert "+200 %" in text
    assert text.count(" %</td>") == 1  # the other one has no whole year before: no change is told
    assert "Account 3" not in text


def test_heading_says_what_the_best_tiers_hold(actors, accounts, client):
    client.force_login(actors.OWN)
    assert "A and B hold 100 % of the revenue" in text_of(client)
    assert "1 account brings half of the revenue" in text_of(client)


@pytest.mark.parametrize("actor", ["OTH", "TEAM", "MOTH"])
def test_reader_without_accounts_gets_an_empty_dashboard(actors, client, actor):
    client.force_login(getattr(actors, actor))
    assert "Nothing to show yet" in text_of(client)


def test_unknown_parameters_are_refused(actors, client):
    client.force_login(actors.OWN)
    assert client.get("/tiers/?x=1").status_code == 400


def test_archived_accounts_do_not_count(actors, accounts, client):
    accounts[0].archived_at = "2026-03-01T00:00:00Z"
    accounts[0].save()
    client.force_login(actors.OWN)
    assert cells(text_of(client))["A"].startswith("A Strategic 0 accounts")


def test_export_has_the_figures_of_the_screen(actors, accounts, client):
    client.force_login(actors.OWN)
    lines = b"".join(client.get("/tiers/export.csv").streaming_content).decode().splitlines()
    assert lines[1].startswith("A,Strategic,1,600.5,")
    assert len(lines) == 5
    book = b"".join(client.get("/tiers/export.xlsx").streaming_content)
    sheet = python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert sheet[1][:4] == ["A", "Strategic", 1, 600.5]
    assert len(sheet) == 5
    assert client.get("/tiers/export.pdf").status_code == 400


def test_dashboard_needs_the_same_queries_for_few_and_many(actors, accounts, client, django_assert_max_num_queries):
    client.force_login(actors.OWN)
    counts = []
    for _ in range(2):
        keep_tiers(MONTH_END, dict.fromkeys(Standing.objects.values_list("pk", flat=True), "C"))
        with django_assert_max_num_queries(20) as queries:
            client.get("/tiers/")
        counts.append(len(queries))
        for _ in range(10):
            stand(factories.AccountFactory(owner=actors.OWN), "B", "50")
    assert counts[0] == counts[1]
