"""The bell, the list behind it, the settings and the API of notifications."""

import re

import pytest
from django.utils import timezone

from accounts.models import Notification, NotificationMute
from tests import factories
from tests.api import client_for


@pytest.fixture
def told(actors):
    return factories.NotificationFactory(user=actors.OWN, account=actors.account, text="Look here", url="/tasks/")


def pip(content: bytes) -> str:
    found = re.search(rb'k-pip" aria-hidden="true">([^<]+)<', content)
    return found[1].decode() if found else ""


def test_the_bell_of_every_page_counts_what_is_unread(actors, client, told):
    client.force_login(actors.OWN)
    assert pip(client.get("/contacts/").content) == "1"
    assert pip(client.get(f"/accounts/{actors.account.pk}/").content) == "1"
    client.force_login(actors.HELP)
    assert pip(client.get("/contacts/").content) == ""


def test_the_menu_under_the_bell_shows_the_newest(actors, client, told):
    for _number in range(9):
        factories.NotificationFactory(user=actors.OWN, text="Later")
    client.force_login(actors.OWN)
    page = client.get("/notifications/bell/", headers={"HX-Request": "true"}).content.decode()
    assert page.count("Later") == 8
    assert "Look here" not in page


def test_opening_leads_there_and_counts_as_reading(actors, client, told):
    client.force_login(actors.OWN)
    response = client.post(f"/notifications/{told.pk}/open/")
    assert (response.status_code, response["Location"]) == (302, "/tasks/")
    told.refresh_from_db()
    assert told.read_at is not None
    assert client.get(f"/notifications/{told.pk}/open/").status_code == 405


def test_marking_all_as_read_can_be_taken_back(actors, client, told):
    client.force_login(actors.OWN)
    page = client.post("/notifications/read/", {"until": timezone.now().isoformat()}, follow=True)
    assert Notification.objects.unread().count() == 0
    undo = re.search(r'action="(/notifications/unread/[^"]+)"', page.content.decode())[1]
    client.post(undo)
    assert Notification.objects.unread().count() == 1
    assert client.post("/notifications/unread/yesterday/").status_code == 404
    assert client.post("/notifications/unread/2026-13-45T00:00:00Z/").status_code == 404


def test_the_list_shows_visible_ones_and_narrows_to_unread(actors, client, told):
    factories.NotificationFactory(user=actors.OWN, text="Foreign", account=factories.AccountFactory())
    factories.NotificationFactory(user=actors.OWN, text="Seen", read_at=timezone.now())
    client.force_login(actors.OWN)
    page = client.get("/notifications/").content.decode()
    assert "Look here" in page
    assert "Seen" in page
    assert "Foreign" not in page
    unread = client.get("/notifications/?is_read=false").content.decode()
    assert "Look here" in unread
    assert "Seen" not in unread
    assert client.get("/notifications/?x=1").status_code == 400


def test_the_list_costs_the_same_for_many(actors, client, told, django_assert_num_queries):
    client.force_login(actors.OWN)
    with django_assert_num_queries(5):
        client.get("/notifications/")
    for _number in range(20):
        factories.NotificationFactory(user=actors.OWN, account=actors.account)
    with django_assert_num_queries(5):
        client.get("/notifications/")


def test_settings_switch_kinds_off(actors, client):
    client.force_login(actors.OWN)
    client.post("/notifications/settings/", {"kinds": ["mentioned", "alert_new"]})
    off = set(NotificationMute.objects.filter(user=actors.OWN).values_list("kind", flat=True))
    assert "task_assigned" in off
    assert "mentioned" not in off
    assert client.post("/notifications/settings/", {"kinds": ["gossip"]}).status_code == 422
    assert client.post("/notifications/settings/", {"user": 1}).status_code == 400


def test_the_api_lists_reads_and_reads_all(actors, told):
    api = client_for(actors.OWN, "write")
    rows = api.get("/api/v1/notifications/").json()["results"]
    assert [(row["kind"], row["account"], row["url"]) for row in rows] == [("mentioned", actors.account.pk, "/tasks/")]
    assert api.post(f"/api/v1/notifications/{told.pk}/read/").json()["read_at"]
    factories.NotificationFactory(user=actors.OWN)
    assert api.post("/api/v1/notifications/read_all/", {"until": timezone.now().isoformat()}, "json").status_code == 204
    assert Notification.objects.unread().count() == 0
    assert client_for(actors.HELP).get(f"/api/v1/notifications/{told.pk}/").status_code == 404
