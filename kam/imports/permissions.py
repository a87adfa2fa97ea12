"""What a user may bring in by a file. The command line without a user works with all rights."""

from accounts.models import Account
from accounts.permissions import can_place_account
from core.access import role_may
from users.choices import Role
from users.models import User

ROW = "import.run_and_its_files"


def importer_of(job) -> User:
    """The user whose rights count: the job's, as they are now, or the installation itself."""
    return User.objects.select_related("team").get(pk=job.user_id) if job.user_id else User(role=Role.ADMIN)


def can_import(user) -> bool:
    return user.is_active and role_may(user, ROW)


def can_create_by_import(user) -> bool:
    """Managers create inside their branch of teams, administrators anywhere, nobody else."""
    return user.is_active and (user.role == Role.ADMIN or (user.role == Role.MANAGER and user.team_id is not None))


def can_place_by_import(user, owner: User | None) -> bool:
    """Whether ``user`` may create an account for ``owner``; without owner it waits on the page "Unassigned"."""
    return can_place_account(user, "account.create", owner=owner, team=owner.team if owner else None)


def default_owner(user) -> User | None:
    """Whose a new account becomes when the file names nobody: a manager's own, or it would vanish from their sight."""
    return user if user.role == Role.MANAGER else None


def visible_accounts(user):
    return Account.objects.visible_to(user)
