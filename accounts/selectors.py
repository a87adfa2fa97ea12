"""What pages read about accounts and what hangs on them."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.choices import VISIT_KINDS, NotificationKind
from accounts.constants import GROUP_DEPTH
from accounts.mobile import mobile_number
from accounts.models import (
    Account,
    AccountMember,
    Contact,
    Interaction,
    Notification,
    NotificationMute,
    Standing,
    Task,
    Tier,
)
from core.search import fold
from users.choices import Role
from users.models import Team, User


def account_rows(user) -> QuerySet[Account]:
    """A row is a visible account, archived ones too, with owner, team, standing and tier."""
    return Account.objects.visible_to(user).filter(merged_into=None).select_related("owner", "team", "standing__tier")


def contact_rows(user) -> QuerySet[Contact]:
    """A row is a visible contact with its account, that account's tier, and the day of the last touch."""
    return (
        Contact.objects.visible_to(user)
        .select_related("account__standing__tier", "account__owner")
        .annotate(last_touch_on=last_touch())
    )


def interaction_rows(user) -> QuerySet[Interaction]:
    """A row is a visible interaction, planned ones too, with account, owner and the people met."""
    return (
        Interaction.objects.visible_to(user)
        .select_related("account__standing__tier", "account__owner", "owner")
        .prefetch_related("contacts")
    )


def task_rows(user) -> QuerySet[Task]:
    """A row is a visible task with its account and assignee."""
    return Task.objects.visible_to(user).select_related("account__standing__tier", "account__owner", "assignee")


def last_touch() -> Subquery:
    """The day of the last done interaction with a contact."""
    touched = (
        Interaction.objects.done()
        .filter(contacts=OuterRef("pk"))
        .order_by()
        .values("contacts")
        .annotate(day=Max("happened_on"))
    )
    return Subquery(touched.values("day")[:1])


def owners(user) -> QuerySet[User]:
    """A row is a colleague who owns an account that ``user`` sees."""
    return User.objects.filter(pk__in=Account.objects.visible_to(user).values("owner")).order_by("name")


def teams_of_accounts(user) -> QuerySet[Team]:
    """A row is a team that has an account that ``user`` sees."""
    return Team.objects.filter(pk__in=Account.objects.visible_to(user).values("team"))


def current_members() -> Prefetch:
    """The account team of today, as ``current_members`` of each account."""
    members = AccountMember.objects.current().select_related("user").order_by("role", "pk")
    return Prefetch("members", queryset=members, to_attr="current_members")


def cadences_in_force() -> dict[str, int]:
    """Tier → days between visits that it is promised now; tiers without such a promise are left out."""
    return dict(Tier.objects.exclude(visit_cadence_days=None).values_list("code", "visit_cadence_days"))


def late_visits(today: date, cadences: Mapping[str, int]) -> Q:
    """The accounts whose tier wants a visit more often than the last one is ago, as of last night."""
    late = Q(pk__in=[])
    for tier, days in cadences.items():
        limit = today - timedelta(days=days)
        seldom = Q(standing__last_visit_on__lt=limit) | Q(standing__last_visit_on=None)
        late |= Q(standing__tier__code=tier) & seldom
    return late


def overdue_visits(user, today: date, cadences: Mapping[str, int] | None = None) -> QuerySet[Account]:
    """A row is a visible account in use whose visit is late and neither planned nor made since last night.

    ``cadences`` (tier → days) asks by other promises than those in force.
    """
    cadences = cadences_in_force() if cadences is None else cadences
    planned = Interaction.objects.planned().filter(account=OuterRef("pk"), happened_on__gte=today)
    made = Interaction.objects.done().filter(
        account=OuterRef("pk"), kind__in=VISIT_KINDS, happened_on__gt=OuterRef("standing__as_of")
    )
    rows = (
        account_rows(user).active().filter(late_visits(today, cadences)).exclude(Exists(planned)).exclude(Exists(made))
    )
    return rows.order_by(F("standing__tier__rank").asc(), F("standing__last_visit_on").asc(nulls_first=True), "pk")


def similar_accounts(user, name: str) -> QuerySet[Account]:
    """A row is a visible account of the same normalised name."""
    return Account.objects.visible_to(user).filter(name_key=fold(name)[:200])


def similar_contacts(account: Account, *, name: str, email: str, mobile: str) -> QuerySet[Contact]:
    """A row is a contact of ``account`` with the natural key: the e-mail, else the mobile number, else the name."""
    contacts = Contact.objects.filter(account=account)
    if email:
        return contacts.filter(email__iexact=email)
    if mobile:
        return contacts.filter(mobile=comparable_mobile(account, mobile))
    return contacts.filter(name__iexact=name.strip())


def comparable_mobile(account: Account, text: str) -> str:
    """A number as it is kept; what is no number stays as it is and is refused by the service."""
    try:
        return mobile_number(text, account.country.code or "")
    except ValueError:
        return text


def people_to_meet(account: Account) -> QuerySet[Contact]:
    """A row is a contact present at ``account``, the ones met most recently first."""
    return (
        account.contacts.present()
        .annotate(last_touch_on=last_touch())
        .order_by(F("last_touch_on").desc(nulls_last=True), "level", "name")
    )


def last_used_account(user) -> Account | None:
    """The account of the interaction that ``user`` noted last, if it is still visible."""
    accounts = Account.objects.visible_to(user).active()
    return accounts.filter(interactions__created_by=user).order_by("-interactions__pk").first()


def group_rows(account: Account, user) -> list[Account]:
    """A row is a visible account below ``account`` in its group, level by level, with its standing."""
    members = subtree_keys(account)
    visible = account_rows(user).filter(pk__in=members)
    return sorted(visible, key=lambda row: members.index(row.pk))


def group_revenue(account: Account, user):
    """Revenue of 365 days of the whole group below and with ``account``; None unless ``user`` sees all of it."""
    members = [account.pk, *subtree_keys(account)]
    if Account.objects.visible_to(user).filter(pk__in=members).count() < len(members):
        return None
    revenues = Standing.objects.filter(account__in=members).values_list("revenue_365d", flat=True)
    return sum(revenues) if revenues else None


def subtree_keys(account: Account) -> list[int]:
    """The primary keys of the accounts below ``account``, level by level, however the group was typed."""
    found: list[int] = []
    level = [account.pk]
    for _depth in range(GROUP_DEPTH):
        below = Account.objects.filter(parent__in=level).order_by("name").values_list("pk", flat=True)
        level = [pk for pk in below if pk not in found and pk != account.pk]
        if not level:
            break
        found += level
    return found


def task_counts(user, today: date) -> dict[str, int]:
    """How many open tasks of ``user`` are late, due today, and due in the six days after."""
    mine = task_rows(user).open().filter(assignee=user)
    week = today + timedelta(days=6)
    return mine.aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)),
        today=Count("pk", filter=Q(due_on=today)),
        week=Count("pk", filter=Q(due_on__gt=today, due_on__lte=week)),
    )


def notification_rows(user) -> QuerySet[Notification]:
    """A row is something ``user`` was told about an account they still see, or about no account; newest first."""
    return Notification.objects.visible_to(user).select_related("account")


def wanted_kinds(user) -> list[str]:
    """The kinds of notification that ``user`` has not switched off."""
    muted = set(NotificationMute.objects.filter(user=user).values_list("kind", flat=True))
    return [kind for kind in NotificationKind.values if kind not in muted]


def viewers(account: Account) -> QuerySet[User]:
    """A row is an active colleague who may see ``account``: its team, the managers above it, executives, admins."""
    team_of_account = AccountMember.objects.current().filter(account=account).values("user")
    may = Q(role__in=(Role.ADMIN, Role.EXECUTIVE)) | Q(pk__in=team_of_account)
    if account.owner_id and account.team_id:
        above = [account.team.path[: end + 1] for end, letter in enumerate(account.team.path) if letter == "."]
        may |= Q(role=Role.MANAGER, team__path__in=above)
    return User.objects.filter(may, is_active=True).order_by("name", "pk")


def mentioned_in(account: Account, text: str) -> list[User]:
    """The colleagues whom ``text`` calls with @ and their name or user name, of those who may see ``account``."""
    return [user for user, _start, _end in mentions_in(list(viewers(account)), text)] if "@" in text else []


def mentions_in(people: list[User], text: str) -> list[tuple[User, int, int]]:
    """Who of ``people`` is called where in ``text``, in its order; of two names that fit the longer one is meant."""
    names = {f"@{name}".casefold(): user for user in people for name in (user.username, user.name) if name}
    folded, found, at = text.casefold(), [], 0
    if len(folded) != len(text):
        folded = text
    while (at := folded.find("@", at)) >= 0:
        fits = [name for name in names if folded.startswith(name, at) and ends_word(folded, at + len(name))]
        best = max(fits, key=len, default="")
        if best:
            found.append((names[best], at, at + len(best)))
        at += len(best) or 1
    return found


def ends_word(text: str, at: int) -> bool:
    """Whether a Latin word ends before ``at``; Chinese is written without spaces, so there any place will do."""
    return at >= len(text) or not (text[at].isascii() and (text[at].isalnum() or text[at] == "_"))
