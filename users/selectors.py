"""What pages read about people."""

from django.db.models import Count, Q, QuerySet
from django.utils.text import capfirst

from core.access import code
from core.formats import day
from core.list_state import Kept, KeptView
from core.models import AuditEntry
from users.choices import Level, Role
from users.models import Department, SavedView, Team, User
from users.permissions import can_share_views

ROW_OF_NAMES = "user.names"


def colleagues(user: User) -> QuerySet[User]:
    """A row is an active colleague whose name ``user`` may see in a picker: everybody, the branch, or the own team."""
    active = User.objects.filter(is_active=True)
    if user.sees_everything:
        return active
    if user.team is None:
        return active.filter(pk=user.pk)
    is_tree = user.role == Role.MANAGER and code(ROW_OF_NAMES, "REG") == "tree"
    teams = Team.objects.under(user.team) if is_tree else [user.team]
    return active.filter(team__in=teams)


def people() -> QuerySet[User]:
    """A row is a user of the installation, active or not, with team, department and the number of accounts they own."""
    owned = Count("owned_accounts", filter=Q(owned_accounts__archived_at__isnull=True))
    return User.objects.select_related("team", "department").annotate(account_count=owned)


def teams() -> QuerySet[Team]:
    """A row is a team in the order of the tree, with the number of its active users."""
    return Team.objects.select_related("parent").annotate(user_count=Count("users", filter=Q(users__is_active=True)))


def past_of(user: User) -> list[dict[str, str]]:
    """A row is a span of days in which a colleague had a role, team, department or level, newest first."""
    names = {
        "role": dict(Role.choices),
        "level": {str(value): label for value, label in Level.choices},
        "team": {str(team.pk): team.name for team in Team.objects.all()},
        "department": {str(department.pk): department.name for department in Department.objects.all()},
    }
    return [
        {
            "label": capfirst(User._meta.get_field(row.field).verbose_name),
            "value": names[row.field].get(row.value, "–"),
            "span": f"{day(row.valid_from) if row.valid_from else '…'} – {day(row.valid_to) if row.valid_to else ''}",
        }
        for row in user.dated_values.order_by("-pk")
    ]


def departments() -> QuerySet[Department]:
    """A row is a department with the number of its active users."""
    return Department.objects.annotate(user_count=Count("users", filter=Q(users__is_active=True)))


def audit_entries(user: User) -> QuerySet[AuditEntry]:
    """A row is an entry of the audit trail that ``user`` may read: all, of the branch's people, or the own ones."""
    entries = AuditEntry.objects.select_related("user").order_by("-happened_at", "-pk")
    if user.sees_everything:
        return entries
    own = Q(user=user)
    if user.role == Role.MANAGER:
        own |= Q(user__team__in=Team.objects.under(user.team))
    return entries.filter(own)


def saved_views(user: User) -> QuerySet[SavedView]:
    """A row is a saved view that ``user`` finds above a list, with its author."""
    return SavedView.objects.kept().visible_to(user).select_related("owner").order_by("list_key", "name", "pk")


def kept_about(user: User, list_key: str) -> Kept:
    """What a list needs to know of its reader: the views above it, which one opens first, the columns they chose."""
    settings = user.list_settings.get(list_key, {})
    views = tuple(
        KeptView(view.pk, view.name, view.query, view.owner_id == user.pk, view.is_shared, str(view.owner))
        for view in saved_views(user).filter(list_key=list_key)
    )
    default = settings.get("default")
    known = {view.pk for view in views}
    columns = tuple(settings.get("columns", ()))
    return Kept(views, default if default in known else None, columns, can_share_views(user))
