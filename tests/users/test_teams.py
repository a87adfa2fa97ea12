from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Account
from tests import factories
from tests.digest import database_digest
from users.models import Team
from users.services import teams
from users.services.errors import TeamCycleError, TeamDepthError, TeamInactiveError, TeamInUseError


@pytest.fixture
def admin(db):
    return factories.UserFactory(role="admin")


@pytest.fixture
def tree(admin):
    region = teams.create_team(name="Region", by=admin)
    north = teams.create_team(name="North", parent=region, by=admin)
    city = teams.create_team(name="City", parent=north, by=admin)
    other = teams.create_team(name="Other", by=admin)
    return {team.name: team for team in (region, north, city, other)}


def paths() -> dict[str, str]:
    return dict(Team.objects.values_list("name", "path"))


def move(tree, name, parent, by):
    return teams.update_team(team=tree[name], name=name, parent=tree.get(parent), by=by)


def test_create_team_hangs_it_below_its_parent(tree):
    region, north, city = (tree[name].pk for name in ("Region", "North", "City"))
    assert tree["City"].path == f"{region}.{north}.{city}."
    assert {team.name for team in Team.objects.under(tree["North"])} == {"North", "City"}


def test_moving_a_team_moves_its_branch_and_what_managers_see(tree, admin):
    rep = factories.UserFactory(team=tree["City"])
    account = factories.AccountFactory(owner=rep)
    manager = factories.UserFactory(role="manager", team=tree["Other"])
    assert account not in Account.objects.visible_to(manager)
    move(tree, "North", "Other", admin)
    assert paths()["City"] == f"{tree['Other'].pk}.{tree['North'].pk}.{tree['City'].pk}."
    assert account in Account.objects.visible_to(manager)


def test_a_team_moves_to_the_top(tree, admin):
    move(tree, "City", None, admin)
    assert paths()["City"] == f"{tree['City'].pk}."


@pytest.mark.parametrize("parent", ["Region", "North", "City"])
def test_a_team_does_not_move_below_itself(tree, admin, parent):
    before = database_digest()
    with pytest.raises(TeamCycleError):
        move(tree, "Region", parent, admin)
    assert database_digest() == before


def test_a_tree_too_deep_is_refused_whole(tree, admin):
    Team.objects.filter(pk=tree["Other"].pk).update(path="9" * 195 + ".")
    before = database_digest()
    with pytest.raises(TeamDepthError):
        move(tree, "Region", "Other", admin)
    assert database_digest() == before


@pytest.mark.django_db(transaction=True)
def test_two_teams_moved_below_each_other_make_no_cycle(db):
    admin = factories.UserFactory(role="admin")
    tree = {name: teams.create_team(name=name, by=admin) for name in ("A", "B")}

    def attempt(pair) -> bool:
        try:
            move(tree, *pair, admin)
            return True
        except TeamCycleError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [("A", "B"), ("B", "A")])) == [False, True]
    assert Team.objects.filter(parent=None).count() == 1


@pytest.mark.parametrize("user_of", ["user", "account", "child"])
def test_a_team_in_use_is_not_closed(tree, admin, user_of):
    team = tree["North"] if user_of == "child" else tree["Other"]
    if user_of == "user":
        factories.UserFactory(team=team)
    if user_of == "account":
        factories.AccountFactory(team=team)
    with pytest.raises(TeamInUseError):
        teams.deactivate_team(team=team, by=admin)


def test_an_empty_team_is_closed_and_opened_again(tree, admin):
    factories.UserFactory(team=tree["City"], is_active=False)
    teams.deactivate_team(team=tree["City"], by=admin)
    assert not Team.objects.get(pk=tree["City"].pk).is_active
    with pytest.raises(TeamInactiveError):
        move(tree, "Other", "City", admin)
    teams.reactivate_team(team=Team.objects.get(pk=tree["City"].pk), by=admin)
    assert Team.objects.get(pk=tree["City"].pk).is_active


def test_team_pages_create_rename_and_refuse(client, tree, admin):
    client.force_login(admin)
    assert client.post("/settings/teams/new/", {"name": "New", "parent": tree["City"].pk}).status_code == 302
    north = tree["North"]
    page = client.post(f"/settings/teams/{north.pk}/", {"name": "North", "parent": tree["City"].pk})
    assert page.status_code == 422
    client.post(f"/settings/teams/{north.pk}/", {"name": "Norden", "parent": north.parent_id})
    assert {"New", "Norden"} <= set(paths())
    assert client.get("/settings/teams/").content.decode().count("v-2") == 1
    assert client.post("/settings/departments/new/", {"name": "Service"}).status_code == 302
