"""Everything that changes a colleague: creating, editing, leaving, coming back."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from core.audit import record
from core.dated import dated_snapshot, open_dated_rows, record_changes
from core.periods import business_date
from core.search import search_key
from users.choices import Role
from users.models import User
from users.services.errors import LastAdminError, OwnDeactivationError, OwnRoleError
from users.tasks import send_password_link

PROFILE_FIELDS = ("name", "email", "language", "time_zone", "theme")
MANAGED_FIELDS = ("username", "name", "email", "role", "team", "department", "level", "language")


@transaction.atomic
def create_user(*, by: User | None, password: str = "", **values) -> User:
    """Create a colleague with their first dated rows; without a password a link to choose one is mailed."""
    user = User(**values)
    user.search_key = search_key(user.name, user.username)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    open_dated_rows([user], on=business_date(), by=by)
    record(by, "user.created", user, username=user.username, role=user.role)
    if not password:
        transaction.on_commit(lambda: send_password_link.delay(user.pk, "invitation"), robust=True)
    return user


@transaction.atomic
def update_user(*, user: User, by: User, **values) -> User:
    """Change a colleague's managed fields; role, team, department and level keep their past.

    Raises OwnRoleError when ``by`` changes their own role, LastAdminError when no active admin would be left.
    """
    user = locked(user)
    before = {field: str(getattr(user, field) or "") for field in values}
    check_role_change(user, by=by, role=values.get("role", user.role))
    dated_before = dated_snapshot(user)
    for field, value in values.items():
        setattr(user, field, value)
    user.search_key = search_key(user.name, user.username)
    user.save()
    record_changes(user, before=dated_before, on=business_date(), by=by)
    changes = {field: [old, new] for field, old in before.items() if (new := str(getattr(user, field) or "")) != old}
    record(by, "user.changed", user, **changes)
    return user


@transaction.atomic
def update_profile(*, user: User, **values) -> User:
    """A colleague changes their own name, e-mail, language, time zone or theme; nothing else is taken."""
    for field in PROFILE_FIELDS:
        setattr(user, field, values.get(field, getattr(user, field)))
    user.search_key = search_key(user.name, user.username)
    user.save(update_fields=[*PROFILE_FIELDS, "search_key"])
    record(user, "profile.changed", user, fields=sorted(set(values) & set(PROFILE_FIELDS)))
    return user


@transaction.atomic
def deactivate_user(*, user: User, by: User) -> User:
    """The colleague can do nothing from the next request on: sign-in, sessions and API tokens end.

    Raises OwnDeactivationError and LastAdminError.
    """
    user = locked(user)
    if user.pk == by.pk:
        raise OwnDeactivationError
    check_another_admin_stays(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.auth_token_set.all().delete()
    end_sessions(user)
    record(by, "user.deactivated", user)
    return user


@transaction.atomic
def reactivate_user(*, user: User, by: User) -> User:
    """The colleague may sign in again, with the old password; tokens stay revoked."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    record(by, "user.reactivated", user)
    user.refresh_from_db()
    return user


def locked(user: User) -> User:
    """``user`` as stored now, together with a lock on every active admin.

    The lock makes two changes of admins wait for each other on PostgreSQL; on SQLite the write transaction does.
    """
    list(User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk").values_list("pk"))
    return User.objects.select_for_update().get(pk=user.pk)


def check_role_change(user: User, *, by: User, role: str) -> None:
    if role == user.role:
        return
    if user.pk == by.pk:
        raise OwnRoleError
    check_another_admin_stays(user)


def check_another_admin_stays(user: User) -> None:
    """Raise LastAdminError when ``user`` is the only active admin."""
    others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk)
    if user.role == Role.ADMIN and user.is_active and not others.exists():
        raise LastAdminError


def end_sessions(user: User) -> None:
    """Delete the stored sessions of ``user``, so that reactivating brings none of them back."""
    for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
