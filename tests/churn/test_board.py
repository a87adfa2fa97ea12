"""Who does what: the board by owner, tier and rule, mine and my team's, and many alerts at once."""

from datetime import timedelta

import pytest

from accounts.models import Standing, Tier
from churn.board import board
from churn.models import Alert, AlertEvent
from core.periods import business_date
from tests import factories


def open_alert(account, *, days=0, rule="order_gap", by=None) -> Alert:
    day = business_date() - timedelta(days=days)
    return Alert.objects.create(
        account=account,
        rule_key=rule,
        rule_number=1,
        opened_on=day,
        last_fired_on=day,
        last_evaluated_on=day,
        state="acknowledged" if by else "open",
        acknowledged_by=by,
    )


@pytest.fixture
def scene(actors):
    """Two alerts on the account of OWN, one on an account of TEAM, one in another team."""
    mates = factories.AccountFactory(owner=actors.TEAM, name="Mates")
    foreign = factories.AccountFactory(owner=actors.OTH, name="Foreign")
    for account, amount in ((actors.account, 100), (mates, 50), (foreign, 7)):
        Standing.objects.create(
            account=account,
            as_of="2026-01-01",
            calculated_at="2026-01-01T00:00:00Z",
            tier=Tier.objects.get(code="B"),
            revenue_365d=amount,
        )
    return [
        open_alert(actors.account, days=9),
        open_alert(actors.account, rule="no_contact", by=actors.HELP),
        open_alert(mates, days=3),
        open_alert(foreign),
    ]


def figures(user, **options) -> list[tuple]:
    groups = board(user, **{"by": "owner", **options}).groups
    return [(g.label, g.waiting, g.looked_after, g.waiting_days, int(g.revenue), len(g.lines)) for g in groups]


def test_the_board_shows_each_owner_with_what_waits_and_who_looks_after_it(actors, scene):
    own, mate = str(actors.OWN), str(actors.TEAM)
    assert figures(actors.MGR) == sorted([(own, 1, 1, 9, 100, 2), (mate, 1, 0, 3, 50, 1)])
    assert figures(actors.OWN) == [(own, 1, 1, 9, 100, 2)]
    assert figures(actors.EX, whose="mine") == []
    assert {row[0] for row in figures(actors.AD)} == {own, mate, str(actors.OTH)}


def test_mine_and_my_teams_narrow_the_board(actors, scene):
    assert figures(actors.OWN, whose="mine") == figures(actors.OWN)
    assert figures(actors.HELP, whose="mine") == []
    assert len(figures(actors.HELP, whose="team")) == 0
    assert len(figures(actors.REG, whose="team")) == 2


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("tier", [("Key", 2, 1, 9, 150, 3)]),
        ("rule", [("Silent longer than usual", 2, 0, 9, 150, 2), ("Nobody was in touch", 0, 1, None, 100, 1)]),
    ],
)
def test_the_board_groups_by_tier_and_rule(actors, scene, by, expected):
    assert figures(actors.MGR, by=by) == expected


def test_every_figure_of_the_board_leads_to_as_many_alerts(actors, scene, client):
    client.force_login(actors.MGR)
    for by in ("owner", "tier", "rule"):
        for group in board(actors.MGR, by=by).groups:
            for url, count in (
                (group.url, group.count),
                (group.waiting_url, group.waiting),
                (group.looked_after_url, group.looked_after),
            ):
                assert client.get(url).context["page"].paginator.count == count


def test_the_board_is_a_page_of_visible_alerts_and_knows_its_parameters(actors, scene, client):
    client.force_login(actors.MGR)
    for by in ("owner", "tier", "rule"):
        page = client.get(f"/alerts/board/?by={by}&whose=team").content.decode()
        assert "Nine Rivers Rail" in page
        assert "Foreign" not in page
        assert "nobody for 9 days" in page
    assert client.get("/alerts/board/?by=name").status_code == 400
    assert client.get("/alerts/board/?whose=theirs").status_code == 400
    actors.OTH.language = "zh-hans"
    actors.OTH.save()
    client.force_login(actors.OTH)
    assert "等待跟进" in client.get("/alerts/board/").content.decode()


def test_the_board_costs_the_same_for_many(actors, client, django_assert_max_num_queries):
    client.force_login(actors.AD)
    counts = []
    for _round in range(2):
        for _number in range(8):
            open_alert(factories.AccountFactory(owner=factories.UserFactory()))
        with django_assert_max_num_queries(8) as queries:
            client.get("/alerts/board/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def bulk(client, alerts, act="acknowledge", **data):
    return client.post("/alerts/bulk/", {"pick": [f"{a.pk}-{a.version}" for a in alerts], "act": act, **data})


def states() -> list[str]:
    return list(Alert.objects.order_by("pk").values_list("state", flat=True))


def test_many_alerts_are_taken_on_at_once_and_given_back(actors, scene, client):
    client.force_login(actors.MGR)
    response = bulk(client, [scene[0], scene[2]])
    assert response.status_code == 302
    assert states() == ["acknowledged", "acknowledged", "acknowledged", "open"]
    assert AlertEvent.objects.filter(kind="acknowledged", by=actors.MGR).count() == 2
    undo = next(message.extra_tags for message in client.get("/alerts/").context["messages"])
    client.post(undo.split("?")[0])
    assert states() == ["open", "acknowledged", "open", "open"]


def test_many_alerts_are_closed_with_one_finding(actors, scene, client):
    client.force_login(actors.MGR)
    assert "Say what you found." in follow(bulk(client, scene[:3], "close"), client)
    assert "closed" not in states()
    bulk(client, scene[:3], "close", disposition="handled")
    assert states() == ["closed", "closed", "closed", "open"]


def follow(response, client) -> str:
    return client.get(response["Location"]).content.decode()


@pytest.mark.parametrize(("actor", "status"), [("OWN", 404), ("OTH", 404), ("EX", 403), ("MOTH", 404)])
def test_one_alert_that_is_not_seen_or_not_allowed_stops_all(actors, scene, client, actor, status):
    client.force_login(getattr(actors, actor))
    assert bulk(client, [scene[0], scene[2]]).status_code == status
    assert states() == ["open", "acknowledged", "open", "open"]
    assert not AlertEvent.objects.exists()


def test_one_alert_that_changed_meanwhile_stops_all(actors, scene, client):
    client.force_login(actors.MGR)
    Alert.objects.filter(pk=scene[2].pk).update(version=5)
    assert "Nothing was done." in follow(bulk(client, [scene[0], scene[2]]), client)
    assert states() == ["open", "acknowledged", "open", "open"]
    assert not AlertEvent.objects.exists()


@pytest.mark.parametrize("picks", [["x"], ["1"], ["1-1-1"], ["-1-1"], [f"{n}-1" for n in range(1, 202)]])
def test_what_is_no_pick_is_refused(actors, client, picks):
    client.force_login(actors.MGR)
    assert client.post("/alerts/bulk/", {"pick": picks, "act": "acknowledge"}).status_code == 400


def test_a_reader_without_the_right_is_offered_no_picks(actors, scene, client):
    client.force_login(actors.EX)
    assert b'name="pick"' not in client.get("/alerts/").content
    client.force_login(actors.MGR)
    assert b'name="pick"' in client.get("/alerts/").content
    assert b'name="pick"' not in client.get("/alerts/?state=closed").content
    lines = b"".join(client.get("/alerts/export.csv").streaming_content).decode()
    assert "Pick" not in lines
