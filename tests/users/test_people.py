from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client

from core.models import AuditEntry
from tests import factories
from tests.digest import database_digest
from users.models import User, UserHistory
from users.selectors import audit_entries, colleagues, past_of
from users.services import people
from users.services.errors import LastAdminError, OwnDeactivationError, OwnRoleError
from users.services.tokens import create_token

ACTORS = ("OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX", "AD")


@pytest.fixture
def admin(db):
    return factories.UserFactory(username="boss", role="admin")


def history(user) -> list[tuple]:
    rows = UserHistory.objects.filter(subject=user).order_by("field", "pk")
    return list(rows.values_list("field", "value", "valid_from", "valid_to"))


def test_create_user_opens_dated_rows_and_mails_a_link(admin, django_capture_on_commit_callbacks):
    team = factories.TeamFactory()
    with time_machine.travel("2026-03-01 12:00Z"), django_capture_on_commit_callbacks() as queued:
        user = people.create_user(by=admin, username="li", name="李明", email="li@example.com", role="rep", team=team)
    assert user.search_key == "李明 liming lm li"
    assert not user.has_usable_password()
    assert len(queued) == 1
    day = date(2026, 3, 1)
    assert history(user) == [("level", "3", day, None), ("role", "rep", day, None), ("team", str(team.pk), day, None)]


def test_create_user_with_a_password_mails_nothing(admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as queued:
        user = people.create_user(by=admin, password="a-long-password", username="li", name="Li", email="li@e.com")
    assert user.check_password("a-long-password")
    assert queued == []


def test_update_user_keeps_the_past(admin):
    north, south = factories.TeamFactory(name="North"), factories.TeamFactory(name="South")
    with time_machine.travel("2026-03-01 12:00Z"):
        user = people.create_user(by=admin, password="x", username="li", name="Li", email="li@e.com", team=north)
    with time_machine.travel("2026-05-01 12:00Z"):
        people.update_user(user=user, by=admin, team=south, role="manager", name="Li Ming")
    user.refresh_from_db()
    assert (user.team, user.role, user.search_key) == (south, "manager", "li ming li")
    assert [row for row in history(user) if row[0] == "team"] == [
        ("team", str(north.pk), date(2026, 3, 1), date(2026, 5, 1)),
        ("team", str(south.pk), date(2026, 5, 1), None),
    ]
    with time_machine.travel("2026-06-01 12:00Z"):
        assert {"label": "Team", "value": "North", "span": "1 Mar – 1 May"} in past_of(user)
    entry = AuditEntry.objects.get(action="user.changed")
    assert entry.details == {"team": ["North", "South"], "role": ["rep", "manager"], "name": ["Li", "Li Ming"]}


def test_nobody_changes_their_own_role(admin):
    factories.UserFactory(role="admin")
    with pytest.raises(OwnRoleError):
        people.update_user(user=admin, by=admin, role="rep")
    people.update_user(user=admin, by=admin, role="admin", name="Boss")
    assert User.objects.get(pk=admin.pk).name == "Boss"


def test_last_admin_is_neither_demoted_nor_deactivated(admin):
    other = factories.UserFactory(role="executive")
    factories.UserFactory(role="admin", is_active=False)
    with pytest.raises(LastAdminError):
        people.update_user(user=admin, by=other, role="rep")
    with pytest.raises(LastAdminError):
        people.deactivate_user(user=admin, by=other)
    assert User.objects.filter(role="admin", is_active=True).count() == 1


def test_nobody_deactivates_themselves(admin):
    factories.UserFactory(role="admin")
    with pytest.raises(OwnDeactivationError):
        people.deactivate_user(user=admin, by=admin)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["demote", "deactivate"])
def test_two_admins_who_remove_each_other_leave_one(action):
    first, second = factories.UserFactory(role="admin"), factories.UserFactory(role="admin")

    def remove(pair) -> bool:
        user, by = pair
        try:
            if action == "demote":
                people.update_user(user=user, by=by, role="rep")
            else:
                people.deactivate_user(user=user, by=by)
            return True
        except LastAdminError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(remove, [(first, second), (second, first)]))
    assert sorted(outcomes) == [False, True]
    assert User.objects.filter(role="admin", is_active=True).count() == 1


def test_deactivation_ends_sessions_and_tokens_at_the_next_request(admin):
    user = factories.UserFactory()
    client, other = Client(), Client()
    client.force_login(user)
    other.force_login(admin)
    create_token(user=user, by=user, name="ERP", scope="read")
    people.deactivate_user(user=user, by=admin)
    assert client.get("/profile/").status_code == 302
    assert user.auth_token_set.count() == 0
    people.reactivate_user(user=user, by=admin)
    assert client.get("/profile/").status_code == 302
    assert other.get("/profile/").status_code == 200


def test_a_change_of_role_acts_on_the_next_request(admin):
    user = factories.UserFactory(role="rep")
    client = Client()
    client.force_login(user)
    assert client.get("/settings/users/").status_code == 403
    people.update_user(user=user, by=admin, role="admin")
    assert client.get("/settings/users/").status_code == 200


@pytest.mark.parametrize("field", ["role", "team", "department", "level", "is_staff", "is_superuser", "username"])
def test_profile_takes_no_right_from_the_form(client, actors, field):
    user = actors.OWN
    client.force_login(user)
    before = database_digest()
    values = {"role": "admin", "team": actors.MOTH.team_id, "department": 1, "level": 1, "username": "x"}
    data = {"name": user.name, "email": user.email, "language": "en", field: values.get(field, "1")}
    assert client.post("/profile/", data).status_code == 400
    assert database_digest() == before


def test_profile_page_changes_language_and_clock_at_once(client, actors):
    client.force_login(actors.OWN)
    data = {"name": "New Name", "email": "new@example.com", "language": "zh-hans", "time_zone": "Asia/Shanghai"}
    assert client.post("/profile/", data).status_code == 302
    assert 'lang="zh-hans"' in client.get("/profile/").content.decode()
    user = User.objects.get(pk=actors.OWN.pk)
    assert (user.name, user.time_zone) == ("New Name", "Asia/Shanghai")


def test_preferences_take_one_choice_and_nothing_else(client, actors):
    client.force_login(actors.OWN)
    assert client.post("/profile/preferences/", {"theme": "dark"}).status_code == 204
    assert client.post("/profile/preferences/", {"theme": "pink"}).status_code == 400
    assert client.get("/profile/preferences/").status_code == 405
    user = User.objects.get(pk=actors.OWN.pk)
    assert (user.theme, user.language, user.role) == ("dark", "en", "rep")


def test_colleagues_follow_the_table(actors):
    seen = {name: {user.username for user in colleagues(getattr(actors, name))} for name in ACTORS}
    north, south = {"own", "mate", "mgr"}, {"helper", "stranger", "moth"}
    everybody = north | south | {"reg", "ex", "ad"}
    assert seen == {
        "OWN": north,
        "TEAM": north,
        "MGR": north,
        "HELP": south,
        "OTH": south,
        "MOTH": south,
        "REG": north | {"reg"},
        "EX": everybody,
        "AD": everybody,
    }


def test_audit_trail_is_read_by_the_table(actors):
    for name in ACTORS:
        AuditEntry.objects.create(user=getattr(actors, name), action="user.signed_in", subject=name)
    AuditEntry.objects.create(action="user.sign_in_failed", subject="nobody")
    seen = {name: {entry.subject for entry in audit_entries(getattr(actors, name))} for name in ACTORS}
    assert seen["OWN"] == {"OWN"}
    assert seen["MGR"] == {"OWN", "TEAM", "MGR"}
    assert seen["REG"] == {"OWN", "TEAM", "MGR", "REG"}
    assert seen["MOTH"] == {"HELP", "OTH", "MOTH"}
    assert seen["AD"] == seen["EX"] == {*ACTORS, "nobody"}
