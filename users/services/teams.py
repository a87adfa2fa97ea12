"""Everything that changes the team tree and the departments."""

from django.db import transaction

from core.audit import record
from users.models import Department, Team, User
from users.services.errors import TeamCycleError, TeamDepthError, TeamInactiveError, TeamInUseError

MAX_PATH = 200


@transaction.atomic
def create_team(*, name: str, by: User | None, parent: Team | None = None) -> Team:
    """Create a team below ``parent``. Raises TeamDepthError when the tree gets too deep."""
    lock_tree()
    team = Team.objects.create(name=name, parent=parent, path=f"new {name}")
    team.path = child_path(parent, f"{team.pk}.")
    team.save(update_fields=["path"])
    record(by, "team.created", team, name=name, parent=parent and parent.pk)
    return team


@transaction.atomic
def update_team(*, team: Team, name: str, parent: Team | None, by: User) -> Team:
    """Rename and move a team; the whole branch follows, and with it what managers see.

    Raises TeamCycleError for a parent inside the branch, TeamInactiveError for a closed one, TeamDepthError.
    """
    lock_tree()
    team, parent = Team.objects.get(pk=team.pk), parent and Team.objects.get(pk=parent.pk)
    before = {"name": team.name, "parent": team.parent_id}
    check_new_parent(team, parent)
    if team.parent_id != (parent and parent.pk):
        move_branch(team, child_path(parent, own_step(team)))
    Team.objects.filter(pk=team.pk).update(name=name, parent=parent)
    record(by, "team.changed", team, before=before, after={"name": name, "parent": parent and parent.pk})
    team.refresh_from_db()
    return team


@transaction.atomic
def deactivate_team(*, team: Team, by: User) -> Team:
    """Close a team that nobody and nothing belongs to any more. Raises TeamInUseError."""
    lock_tree()
    if is_in_use(team):
        raise TeamInUseError
    team.is_active = False
    team.save(update_fields=["is_active"])
    record(by, "team.deactivated", team)
    return team


@transaction.atomic
def reactivate_team(*, team: Team, by: User) -> Team:
    """Open a closed team again. Raises TeamInactiveError while its parent is closed."""
    if team.parent and not team.parent.is_active:
        raise TeamInactiveError
    team.is_active = True
    team.save(update_fields=["is_active"])
    record(by, "team.reactivated", team)
    return team


@transaction.atomic
def save_department(*, name: str, by: User, department: Department | None = None) -> Department:
    """Create a department or rename one."""
    department = department or Department()
    department.name = name
    department.save()
    record(by, "department.saved", department, name=name)
    return department


def lock_tree() -> None:
    """Changes of the tree wait for each other: by row locks on PostgreSQL, by the write transaction on SQLite."""
    list(Team.objects.select_for_update().order_by("pk").values_list("pk"))


def own_step(team: Team) -> str:
    """The last step of the path, "7." of "1.4.7."."""
    return team.path.rstrip(".").rsplit(".", 1)[-1] + "."


def child_path(parent: Team | None, step: str) -> str:
    path = (parent.path if parent else "") + step
    if len(path) > MAX_PATH:
        raise TeamDepthError
    return path


def check_new_parent(team: Team, parent: Team | None) -> None:
    if parent and parent.path.startswith(team.path):
        raise TeamCycleError
    if parent and parent.pk != team.parent_id and not parent.is_active:
        raise TeamInactiveError


def move_branch(team: Team, new_path: str) -> None:
    """Rewrite the paths of ``team`` and of everything below it."""
    branch = list(Team.objects.under(team))
    for member in branch:
        member.path = new_path + member.path.removeprefix(team.path)
        if len(member.path) > MAX_PATH:
            raise TeamDepthError
    Team.objects.bulk_update(branch, ["path"])


def is_in_use(team: Team) -> bool:
    return (
        team.users.filter(is_active=True).exists()
        or team.accounts.active().exists()
        or team.children.filter(is_active=True).exists()
    )
