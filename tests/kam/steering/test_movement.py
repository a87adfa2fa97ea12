"""Who moved since when and why: by hand, for one's own accounts only, each figure with its list."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from django.utils import translation

from accounts.models import AccountHistory, Standing, Tier
from core import facts, sheets
from core.facts import Fact, FactKind
from kam.steering import deltas, movement
from segmentation.facts import SCORE_FACTS, part_columns, tier_columns
from tests import factories
from tests.api import client_for
from tests.nights import SHARD_SIZE

NIGHT, MONTH_END = date(2026, 3, 10), date(2026, 2, 28)
NAMES = ("revenue_365d", "days_since_last_order")


def keep(part, frame, columns, day=MONTH_END):
    sheets.keep_sheet(
        as_of=day, part=part, shard=0, shard_size=SHARD_SIZE, frame=frame.rename_axis("account_id"), columns=columns
    )


def keep_tiers(tiers: dict, day=MONTH_END):
    keep("tier", pd.DataFrame({"tier": tiers, "is_too_little_known": False}).sort_index(), tier_columns(), day)


def keep_scores(points: dict):
    """Account → points of revenue and of recency, as the night keeps them."""
    rows = {
        pk: {"value_score": sum(given), "confidence_rate": 1.0}
        | {f"points_{name}": value for name, value in zip(NAMES, given, strict=True)}
        | {f"{kind}_{name}": 50.0 for kind in ("normalised", "weight") for name in NAMES}
        for pk, given in points.items()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index").sort_index()
    columns = [*SCORE_FACTS, *part_columns(NAMES)]
    keep("score", frame[[fact.key for fact in columns]], columns)


def stand(account, tier, revenue, points=()):
    return Standing.objects.create(
        account=account,
        as_of=NIGHT,
        calculated_at="2026-03-11T02:14:00Z",
        tier=tier and Tier.objects.get(code=tier),
        revenue_365d=Decimal(revenue),
        value_score=sum(points) if points else None,
        contributions=[{"fact": name, "points": value} for name, value in zip(NAMES, points, strict=False)],
    )


@pytest.fixture
def accounts(actors):
    """A → B, B → A, B stays, none → C, D → none, and an account of somebody else that fell."""
    made = [factories.AccountFactory(owner=actors.OWN, name=f"Account {n}") for n in range(5)]
    foreign = factories.AccountFactory(owner=actors.OTH, name="Elsewhere")
    now = zip((*made, foreign), ("B", "A", "B", "C", None, "D"), ("600", "300", "100", "50", "7", "999"), strict=True)
    for account, tier, revenue in now:
        stand(account, tier, revenue)
    before = zip((*made, foreign), ("A", "B", "B", None, "D", "A"), strict=True)
    keep_tiers({account.pk: tier for account, tier in before if tier})
    return made


def cells(found) -> dict:
    return {(cell.before, cell.after): (cell.count, cell.revenue, cell.direction) for cell in found.cells}


def test_the_picture_counts_accounts_and_money_of_visible_accounts(actors, accounts):
    assert cells(movement.movement(actors.OWN, MONTH_END)) == {
        ("A", "B"): (1, Decimal(600), "down"),
        ("B", "A"): (1, Decimal(300), "up"),
        ("B", "B"): (1, Decimal(100), "same"),
        ("none", "C"): (1, Decimal(50), "new"),
        ("D", "none"): (1, Decimal(7), "gone"),
    }
    assert cells(movement.movement(actors.OTH, MONTH_END)) == {("A", "D"): (1, Decimal(999), "down")}
    assert sum(count for count, _amount, _way in cells(movement.movement(actors.EX, MONTH_END)).values()) == 6
    assert movement.movement(actors.TEAM, MONTH_END).cells == []


def test_a_manager_sees_the_branch_and_no_more(actors, accounts):
    assert len(movement.movement(actors.MGR, MONTH_END).places) == 5
    assert len(movement.movement(actors.REG, MONTH_END).places) == 5
    assert len(movement.movement(actors.MOTH, MONTH_END).places) == 1


def test_a_missing_sheet_says_so(actors, accounts):
    found = movement.movement(actors.OWN, date(2026, 1, 31))
    assert (found.is_kept, found.places, found.moved) == (False, (), [])


def test_a_sheet_that_was_made_later_is_marked(actors, accounts):
    assert movement.movement(actors.OWN, MONTH_END).is_reconstructed


def test_a_move_says_since_when_and_why(actors, accounts):
    fallen = accounts[0]
    keep_scores({fallen.pk: (50.0, 21.0)})
    Standing.objects.filter(account=fallen).update(
        value_score=58,
        contributions=[{"fact": NAMES[0], "points": 41.0}, {"fact": NAMES[1], "points": 17.0}],
    )
    AccountHistory.objects.create(subject=fallen, field="tier", value="B", valid_from="2026-03-05")
    found = movement.movement(actors.OWN, MONTH_END)
    move = movement.moves(found, found.moved)[0]
    assert (move.account, move.before, move.after, move.moved_on) == (fallen, "A", "B", date(2026, 3, 5))
    assert move.why == "Score 71 → 58: revenue in 365 days (−9), days since the last order (−4)"
    with translation.override("zh-hans"):
        assert movement.moves(found, found.moved)[0].why.startswith("评分 71 → 58：")


def test_the_differences_of_the_facts_add_up_to_that_of_the_score():
    found = deltas.changes({"a": 30.0, "b": 20.0}, {"a": 10.0, "b": 25.0, "c": 5.0})
    assert [(change.fact, change.points) for change in found] == [("a", -20.0), ("b", 5.0), ("c", 5.0)]
    assert sum(change.points for change in found) == 40.0 - 50.0
    assert [change.fact for change in deltas.reasons(found, -10.0)] == ["a"]
    assert [change.fact for change in deltas.reasons(found, +1.0)] == ["b", "c"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, 50.0, "There was no score to compare with."),
        (50.0, None, "There is no score any more."),
        (62.0, 62.1, "The score stayed (62 → 62): the limits of the tiers moved, or what is known."),
    ],
)
def test_a_move_without_a_difference_of_facts_says_what_is_known(before, after, expected):
    assert movement.why(before, after, {}, {}) == expected


def test_sensitive_facts_stand_together_without_their_names(monkeypatch):
    secret = Fact(key="margin_365d", label="Margin", kind=FactKind.AMOUNT, description="", is_sensitive=True)
    monkeypatch.setattr(facts, "known", lambda: {"margin_365d": secret})
    text = movement.why(60.0, 50.0, {"margin_365d": 30.0}, {"margin_365d": 20.0})
    assert text == "Score 60 → 50: other factors (−10)"


def test_every_figure_of_the_picture_leads_to_as_many_accounts(actors, accounts, client):
    client.force_login(actors.OWN)
    page = client.get("/tiers/")
    shown = [item for row in page.context["matrix"] for item in row["cells"] if item["cell"].count]
    assert len(shown) == 5
    for item in shown:
        answer = client.get(item["url"])
        assert answer.context["page"].paginator.count == item["cell"].count
        assert answer.context["revenue"] == item["cell"].revenue
    for row, _url, came, went in page.context["rows"]:
        assert client.get(came).context["page"].paginator.count == row.came
        assert client.get(went).context["page"].paginator.count == row.went


def test_the_month_can_be_chosen_among_the_last_24(actors, accounts, client):
    client.force_login(actors.OWN)
    keep_tiers({accounts[0].pk: "D"}, day=date(2025, 6, 30))
    page = client.get("/tiers/?since=2025-06-30")
    assert cells(page.context["overview"].movement)["D", "B"] == (1, Decimal(600), "up")
    for wrong in ("2025-06-29", "2020-01-31", "x", "2026-03-31"):
        assert client.get(f"/tiers/?since={wrong}").status_code == 400
    assert len(page.context["months"]) == 24


@pytest.mark.parametrize("query", ["before=Z", "direction=sideways", "page=x", "owner=1"])
def test_the_list_of_moves_knows_its_parameters(actors, accounts, client, query):
    client.force_login(actors.OWN)
    assert client.get(f"/tiers/moves/?{query}").status_code == 400


def test_the_list_and_its_export_hold_visible_accounts_only(actors, accounts, client):
    client.force_login(actors.OWN)
    page = client.get("/tiers/moves/").content.decode()
    assert "Account 0" in page
    assert "Elsewhere" not in page
    lines = b"".join(client.get("/tiers/moves/export.csv?direction=down").streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert ",Account 0,A,B," in lines[1]


def test_the_dashboard_and_the_list_cost_the_same_for_many(actors, accounts, client, django_assert_max_num_queries):
    client.force_login(actors.OWN)
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(20) as dashboard:
            client.get("/tiers/")
        with django_assert_max_num_queries(13) as page:
            client.get("/tiers/moves/")
        counts.append((len(dashboard), len(page)))
        more = [factories.AccountFactory(owner=actors.OWN) for _ in range(20)]
        for account in more:
            stand(account, "A", "5")
        keep_tiers(dict.fromkeys((account.pk for account in more), "C") | {accounts[0].pk: "A", accounts[1].pk: "B"})
    assert counts[0] == counts[1]


def test_the_api_gives_the_picture_and_the_moves(actors, accounts):
    api = client_for(actors.OWN)
    picture = api.get("/api/v1/movement/").json()
    assert (picture["since"], picture["is_reconstructed"], len(picture["cells"])) == ("2026-02-28", True, 5)
    rows = api.get("/api/v1/movement/moves/?direction=down").json()
    assert [(row["account"], row["before"], row["after"]) for row in rows["results"]] == [(accounts[0].pk, "A", "B")]
    assert api.get("/api/v1/movement/?x=1").status_code == 400
    assert api.get("/api/v1/movement/moves/?since=2026-02-27").status_code == 400
