import pytest

from churn.models import Alert
from tests import factories
from tests.api import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(actors):
    return Alert.objects.create(
        account=actors.account,
        rule_key="order_gap",
        rule_number=1,
        opened_on="2026-01-05",
        last_fired_on="2026-01-05",
        last_evaluated_on="2026-01-05",
    )


@pytest.mark.parametrize(
    ("actor", "seen"), {"OWN": 1, "HELP": 1, "TEAM": 0, "OTH": 0, "MGR": 1, "MOTH": 0, "EX": 1, "AD": 1}.items()
)
def test_alert_list_holds_alerts_of_visible_accounts(actors, alert, actor, seen):
    client = client_for(getattr(actors, actor))
    assert [row["id"] for row in client.get("/api/v1/alerts/").json()["results"]] == [alert.pk] * seen


@pytest.mark.parametrize(
    ("actor", "scope", "status"),
    [
        ("OWN", "write", 200),
        ("HELP", "write", 200),
        ("MGR", "write", 200),
        ("OWN", "read", 403),
        ("EX", "write", 403),
        ("OTH", "write", 404),
        ("MOTH", "write", 404),
    ],
)
def test_acknowledge_follows_the_table_of_rights(actors, alert, actor, scope, status):
    client = client_for(getattr(actors, actor), scope)
    answer = client.post(f"/api/v1/alerts/{alert.pk}/acknowledge/", {"version": alert.version}, format="json")
    assert answer.status_code == status
    alert.refresh_from_db()
    assert alert.state == ("acknowledged" if status == 200 else "open")


def test_close_needs_a_finding_and_the_version_that_was_seen(actors, alert):
    client = client_for(actors.OWN, "write")
    url = f"/api/v1/alerts/{alert.pk}/close/"
    assert client.post(url, {"version": alert.version}, format="json").status_code == 400
    stale = client.post(url, {"version": alert.version + 1, "disposition": "real"}, format="json")
    assert stale.status_code == 409
    closed = client.post(url, {"version": alert.version, "disposition": "real"}, format="json")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")


def test_alert_list_asks_as_often_for_many_alerts_as_for_few(actors, alert, django_assert_max_num_queries):
    client = client_for(actors.OWN)
    for number in range(20):
        account = factories.AccountFactory(owner=actors.OWN)
        Alert.objects.create(
            account=account,
            rule_key="order_gap",
            rule_number=1,
            opened_on="2026-01-05",
            last_fired_on="2026-01-05",
            last_evaluated_on="2026-01-05",
        )
        if number in (0, 19):
            with django_assert_max_num_queries(8):
                client.get("/api/v1/alerts/")
