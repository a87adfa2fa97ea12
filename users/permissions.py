"""What colleagues may do with saved views of lists."""

from users.choices import Role
from users.models import SavedView, User


def can_share_views(user: User) -> bool:
    """Managers and administrators put views above the lists of others."""
    return user.role in (Role.MANAGER, Role.ADMIN)


def can_change_view(user: User, view: SavedView) -> bool:
    """The owner, and for a view that others see the administrators."""
    return view.owner_id == user.pk or (user.role == Role.ADMIN and view.is_shared)
