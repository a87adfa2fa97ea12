from datetime import date

import pytest
import time_machine

from churn import services
from churn.choices import AlertState
from churn.models import Alert
from core import versions
from tests import factories
from tests.nights import keep_night, rhythm

N1 = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _in_march():
    with time_machine.travel("2026-03-05T08:00:00Z", tick=False):
        yield


@pytest.fixture
def alert(actors):
    keep_night(N1, {actors.account.pk: rhythm(62)})
    services.apply_rules(N1, versions.pin())
    return Alert.objects.get()


def shown(response) -> list[str]:
    return [next(cell.text for cell in row.cells if "is-title" in cell.attrs) for row in response.context["table_rows"]]


def act(client, alert, action, **data):
    return client.post(f"/alerts/{alert.pk}/{action}/", {"version": alert.version, **data})


def test_list_shows_open_live_alerts_of_visible_accounts_with_their_reason(actors, alert, client):
    client.force_login(actors.OWN)
    page = client.get("/alerts/")
    assert shown(page) == ["Nine Rivers Rail"]
    assert "No order for 62 days; usually one every 20 days." in page.content.decode()
    assert "Silent longer than usual" in page.content.decode()
    client.force_login(actors.OTH)
    assert shown(client.get("/alerts/")) == []


def test_list_speaks_chinese(actors, alert, client):
    actors.OWN.language = "zh-hans"
    actors.OWN.save()
    client.force_login(actors.OWN)
    assert "沉默超过往常" in client.get("/alerts/").content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=open", 1),
        ("state=acknowledged", 0),
        ("state=closed", 0),
        ("state=all", 1),
        ("rule=order_gap", 1),
        ("severity=red", 0),
        ("nights=historic", 0),
        ("nights=all", 1),
        ("q=rivers", 1),
        ("q=nothing", 0),
        ("ordering=rule", 1),
        ("ordering=-revenue_365d", 1),
    ],
)
def test_list_is_narrowed(actors, alert, client, query, count):
    client.force_login(actors.MGR)
    assert len(shown(client.get(f"/alerts/?{query}"))) == count


@pytest.mark.parametrize("query", ["state=nope", "rule=nope", "x=1", "tier=Z"])
def test_list_refuses_what_it_does_not_know(actors, alert, client, query):
    client.force_login(actors.MGR)
    assert client.get(f"/alerts/?{query}").status_code == 400


def test_owner_filter_names_no_strangers(actors, alert, client):
    factories.AccountFactory(owner=actors.OTH)
    client.force_login(actors.OWN)
    assert client.get(f"/alerts/?owner={actors.OWN.pk}").status_code == 200
    assert client.get(f"/alerts/?owner={actors.OTH.pk}").status_code == 400


def test_alerts_of_past_nights_stand_apart(actors, client):
    night = date(2025, 12, 9)
    keep_night(night, {actors.account.pk: rhythm(62)})
    services.apply_rules(night, versions.pin())
    client.force_login(actors.OWN)
    page = client.get("/alerts/")
    assert shown(page) == []
    assert "1 alert belongs to a past night" in page.content.decode()
    assert shown(client.get("/alerts/?nights=historic")) == ["Nine Rivers Rail"]


def test_export_has_the_rows_of_the_list(actors, alert, client):
    client.force_login(actors.OWN)
    response = client.get("/alerts/export.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert "Nine Rivers Rail" in lines[1]
    assert "No order for 62 days" in lines[1]


def test_list_needs_the_same_queries_for_few_and_many(actors, client, django_assert_max_num_queries):
    counts = []
    client.force_login(actors.OWN)
    for _ in range(2):
        accounts = [factories.AccountFactory(owner=actors.OWN) for _ in range(15)]
        keep_night(N1, {account.pk: rhythm(62) for account in accounts})
        services.apply_rules(N1, versions.pin())
        with django_assert_max_num_queries(10) as queries:
            client.get("/alerts/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_page_says_why_and_since_when(actors, alert, client):
    client.force_login(actors.OWN)
    text = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "62, over 40" in text
    assert "I look after it" in text
    assert "MISSING" not in text


@pytest.mark.parametrize(
    ("actor", "page", "work"),
    [
        ("OWN", 200, 302),
        ("HELP", 200, 302),
        ("TEAM", 404, 404),
        ("OTH", 404, 404),
        ("MGR", 200, 302),
        ("REG", 200, 302),
        ("MOTH", 404, 404),
        ("EX", 200, 403),
        ("AD", 200, 302),
    ],
)
def test_who_may_read_and_work_an_alert(actors, alert, client, actor, page, work):
    client.force_login(getattr(actors, actor))
    assert client.get(f"/alerts/{alert.pk}/").status_code == page
    for action, data in (("close", {"disposition": "real"}), ("acknowledge", {})):
        assert act(client, alert, action, **data).status_code == work
        assert Alert.objects.get().state == (AlertState.CLOSED if work == 302 else AlertState.OPEN)
    url = f"/alerts/{alert.pk}/reopen/{Alert.objects.get().version}/"
    assert client.post(url).status_code == work
    assert Alert.objects.get().state == AlertState.OPEN


def test_closing_without_a_finding_says_so(actors, alert, client):
    client.force_login(actors.OWN)
    response = act(client, alert, "close")
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()
    assert Alert.objects.get().state == AlertState.OPEN


def test_stale_page_is_told_so_and_changes_nothing(actors, alert, client):
    services.acknowledge_alert(alert=Alert.objects.get(), version=1, by=actors.HELP)
    client.force_login(actors.OWN)
    response = client.post(f"/alerts/{alert.pk}/close/", {"version": alert.version, "disposition": "real"}, follow=True)
    assert "This alert has changed meanwhile" in response.content.decode()
    assert Alert.objects.get().state == AlertState.ACKNOWLEDGED


def test_toast_offers_undo(actors, alert, client):
    client.force_login(actors.OWN)
    response = client.post(f"/alerts/{alert.pk}/close/", {"version": alert.version, "disposition": "real"}, follow=True)
    assert f"/alerts/{alert.pk}/reopen/2/" in response.content.decode()
