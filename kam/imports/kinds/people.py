"""Colleagues and contacts as files write them: by user name, e-mail address or name."""

import re
from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Account, AccountMember, Contact
from core.search import fold
from kam.imports.kinds.base import Context
from users.choices import Role
from users.models import Team, User

SEPARATORS = (re.compile(r"[;；|\n]"), re.compile(r"[,，、/&]"))


def split_names(text: str) -> list[str]:
    """The names in one cell: by semicolons, and where there are none by commas and the like."""
    for separator in SEPARATORS:
        if separator.search(text):
            return [name.strip() for name in separator.split(text) if name.strip()]
    return [text.strip()] if text.strip() else []


def nameable(user) -> Iterable[User]:
    """The colleagues, also former ones, whose names ``user`` sees anyway: their own and those of visible accounts."""
    if user.sees_everything:
        return User.objects.all()
    teams = Team.objects.under(user.team) if user.role == Role.MANAGER and user.team_id else [user.team_id]
    around = AccountMember.objects.filter(account__in=Account.objects.visible_to(user)).values("user")
    return User.objects.filter(Q(pk=user.pk) | Q(team__in=teams) | Q(pk__in=around))


def colleagues_by_name(context: Context) -> dict[str, User]:
    """Folded user name, e-mail address or name → colleague; a name that several have names none of them."""
    people = list(nameable(context.user))
    found: dict[str, User | None] = {}
    for person in people:
        name = fold(person.name)
        found[name] = None if name in found else person
    found |= {fold(person.email): person for person in people if person.email}
    found |= {fold(person.username): person for person in people}
    return {name: person for name, person in found.items() if person is not None and name}


def contacts_by_name(accounts: Iterable[int]) -> dict[tuple[int, str], int]:
    """(account, folded name or e-mail address) → contact; a name that several have names none of them."""
    rows = list(Contact.objects.filter(account__in=accounts).values_list("pk", "account", "name", "email"))
    found: dict[tuple[int, str], int | None] = {}
    for pk, account, name, _email in rows:
        key = (account, fold(name))
        found[key] = None if key in found else pk
    found |= {(account, fold(email)): pk for pk, account, _name, email in rows if email}
    return {key: pk for key, pk in found.items() if pk is not None}
