from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.viewsets import ViewSet

from core.api import TableViewMixin
from tests import factories
from users.models import ApiToken
from users.services.tokens import create_token, revoke_tokens


class Probe(TableViewMixin, ViewSet):
    """Answers whatever the table of rights lets through."""

    permission_keys = {
        "list": "account.read_list_search",
        "create": "account.create",
        "export": "export",
        "schema": "schema.read",
        "manage": "user.manage",
    }
    detail = False

    def answer(self, request):
        return Response({"user": request.user.username})

    list = create = export = schema = manage = answer


@pytest.fixture
def user(db):
    return factories.UserFactory(username="rep")


def call(token, method="get", action="list", path="/"):
    headers = {"Authorization": f"Token {token}"} if token else {}
    request = getattr(APIRequestFactory(), method)(path, headers=headers)
    return Probe.as_view({method: action})(request)


def token_of(user, scope):
    return create_token(user=user, by=user, name="ERP", scope=scope)


SCOPES = [
    (None, "get", "list", 401),
    ("wrong", "get", "list", 401),
    (None, "get", "schema", 403),
    ("read", "get", "schema", 200),
    ("read", "get", "list", 200),
    ("read", "post", "list", 403),
    ("read", "post", "create", 403),
    ("read", "get", "export", 403),
    ("write", "get", "list", 200),
    ("write", "post", "create", 200),
    ("write", "get", "export", 403),
    ("export", "get", "export", 200),
    ("export", "get", "list", 200),
    ("export", "post", "create", 403),
    ("write", "get", "manage", 403),
]


@pytest.mark.parametrize(("scope", "method", "action", "status"), SCOPES)
def test_scope_and_table_decide(user, scope, method, action, status):
    token = token_of(user, scope) if scope in ("read", "write", "export") else scope
    assert call(token, method, action).status_code == status


def test_token_is_hashed_at_rest_and_shown_once(client, user):
    client.force_login(user)
    page = client.post("/profile/tokens/", {"name": "ERP", "scope": "read"})
    plain = page.context["plain"]
    assert plain in page.content.decode()
    assert plain not in client.get("/profile/tokens/").content.decode()
    stored = ApiToken.objects.values().get()
    assert plain not in map(str, stored.values())
    assert call(plain).status_code == 200


def test_last_use_is_kept_at_most_once_a_minute(user):
    with time_machine.travel("2026-01-05 10:00Z", tick=False) as clock:
        plain = token_of(user, "read")
        call(plain)
        first = ApiToken.objects.get().last_used_at
        clock.shift(timedelta(seconds=59))
        call(plain)
        assert ApiToken.objects.get().last_used_at == first
        clock.shift(timedelta(seconds=2))
        call(plain)
        assert ApiToken.objects.get().last_used_at == first + timedelta(seconds=61)


def test_inactive_user_is_refused(user):
    plain = token_of(user, "read")
    user.is_active = False
    user.save()
    assert call(plain).status_code == 401


def test_own_token_is_revoked_on_the_page_but_not_a_colleagues(client, user):
    mine, theirs = token_of(user, "read"), token_of(factories.UserFactory(), "read")
    client.force_login(user)
    for key in ApiToken.objects.values_list("token_key", flat=True):
        assert client.post(f"/profile/tokens/{key}/revoke/").status_code == 302
    assert call(mine).status_code == 401
    assert call(theirs).status_code == 200


def test_admin_revokes_all_and_reads_none(client, user):
    plain = token_of(user, "read")
    admin = factories.UserFactory(role="admin")
    client.force_login(admin)
    page = client.get(f"/settings/users/{user.pk}/").content.decode()
    assert ApiToken.objects.get().token_key not in page
    client.post(f"/settings/users/{user.pk}/revoke-tokens/")
    assert call(plain).status_code == 401


def test_revoke_tokens_tells_how_many(user):
    token_of(user, "read")
    token_of(user, "write")
    assert revoke_tokens(user=user, by=user) == 2


def test_token_command_prints_a_working_token(user, capsys):
    call_command("token", "rep", scope="write")
    plain = capsys.readouterr().out.strip()
    assert call(plain, "post", "create").status_code == 200


def test_token_command_refuses_who_cannot_use_it(user):
    with pytest.raises(CommandError, match="no active user"):
        call_command("token", "nobody", scope="read")


def test_garbage_tokens_are_refused(user):
    for token in ("\xff\xfe", "a b", "x" * 5000):
        assert call(token).status_code == 401
