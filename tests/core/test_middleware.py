import json

import pytest
from django.contrib import messages
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path
from django_htmx.middleware import HtmxDetails

from core import middleware
from core.views import announce
from kam.urls import urlpatterns as real_urlpatterns


def say(request):
    announce(request, "已存 ✓", undo_url="/undo/1/")
    messages.error(request, "No")
    return HttpResponse("<p>ok</p>")


urlpatterns = [path("say/", say), *real_urlpatterns]
pytestmark = pytest.mark.urls("tests.core.test_middleware")


def test_htmx_visitor_without_a_session_is_sent_to_sign_in_and_back(client, settings):
    settings.LOGIN_URL = "healthz"
    response = client.get("/say/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/a/?b=1"})
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/healthz?next=/a/%3Fb%3D1"


def test_messages_become_toasts_with_their_undo(client, actors):
    client.force_login(actors.OWN)
    response = client.get("/say/", headers={"HX-Request": "true"})
    assert json.loads(response["HX-Trigger"]) == {
        "toast": {
            "toasts": [
                {"text": "已存 ✓", "level": "ok", "undo": "/undo/1/"},
                {"text": "No", "level": "bad", "undo": ""},
            ]
        }
    }


def test_a_whole_page_keeps_its_messages_for_itself(client, actors):
    client.force_login(actors.OWN)
    assert "HX-Trigger" not in client.get("/say/").headers


def test_private_pages_are_not_kept_and_vary_with_htmx(client, actors):
    client.force_login(actors.OWN)
    response = client.get("/say/")
    assert response["Cache-Control"] == "no-store"
    assert "HX-Request" in response["Vary"]


def test_sign_in_address_does_not_leave_the_host(settings):
    settings.LOGIN_URL = "healthz"
    request = RequestFactory().get("/x/", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/p"})
    request.htmx = HtmxDetails(request)
    assert "evil" not in middleware.to_sign_in(request)["HX-Redirect"]
