"""What a user may do with one account and what hangs on it, read from the table of rights."""

from django.utils import timezone

from accounts.constants import COMMENT_CHANGE_TIME
from accounts.models import Account, AccountMember
from core.access import SENSITIVE_ROW, code, role_may
from users.choices import Role
from users.models import Team

ALLOWED = frozenset({"V", "own", "team", "tree", "limit", "reason", "single", "visible"})
READABLE = ALLOWED | {"v", "x", "request"}


def actor_on(user, account: Account) -> str:
    """The column of the table that ``user`` stands in for ``account``."""
    if user.role == Role.ADMIN:
        return "AD"
    if user.role == Role.EXECUTIVE:
        return "EX"
    if user.role == Role.MANAGER and account.owner_id and user.team_id and account.team_id:
        if account.team_id == user.team_id:
            return "MGR"
        if account.team.path.startswith(user.team.path):
            return "REG"
    if account.owner_id == user.pk:
        return "OWN"
    if is_member(user, account):
        return "HELP"
    return "MOTH" if user.role == Role.MANAGER else "OTH"


def is_member(user, account: Account) -> bool:
    """Whether ``user`` is on the account team; asks the database only where the team was not loaded before."""
    members = getattr(account, "current_members", None)
    if members is not None:
        return any(member.user_id == user.pk for member in members)
    return AccountMember.objects.current().filter(account=account, user=user).exists()


def allows(user, row: str, account: Account) -> bool:
    """Whether the table lets ``user`` do ``row`` on ``account`` without further ado (no request, no approval)."""
    return user.is_active and code(row, actor_on(user, account)) in ALLOWED


def can_update_account(user, account: Account) -> bool:
    return allows(user, "account.update", account)


PLAIN_FIELDS = frozenset(
    {
        "name",
        "other_name",
        "code",
        "credit_code",
        "kind",
        "status",
        "industry",
        "size",
        "business_type",
        "country",
        "address",
        "website",
        "phone",
        "parent",
        "opinion_leader",
        "procurement_mode",
        "source_channel",
        "cooperation_started_on",
        "employee_count",
        "note",
    }
)
SENSITIVE_FIELDS = frozenset({"credit_limit_amount", "credit_rating"})


def writable_fields(user, account: Account) -> frozenset[str]:
    """The fields of ``account`` that ``user`` may write; owner and team are never among them."""
    sensitive = SENSITIVE_FIELDS if can_read_sensitive(user, account) else frozenset()
    region = {"region"} if can_transfer_account(user, account) else frozenset()
    return PLAIN_FIELDS | sensitive | region


def can_place_account(user, row: str, *, owner, team) -> bool:
    """Whether ``user`` may put an account into the hands of ``owner`` and ``team``: the far side of ``row``."""
    if owner is None:
        return user.is_active and user.role == Role.ADMIN
    if user.role in (Role.REP, Role.SERVICE) and (owner.pk != user.pk or team != owner.team):
        return False
    if user.role == Role.MANAGER and not (is_in_branch(owner.team, user.team) and is_in_branch(team, user.team)):
        return False
    return owner.is_active and allows(user, row, Account(owner=owner, team=team))


def is_in_branch(team: Team | None, top: Team | None) -> bool:
    """Whether ``team`` is ``top`` or a team below it; False where one is missing."""
    return bool(team and top and team.path.startswith(top.path))


def can_transfer_account(user, account: Account) -> bool:
    return allows(user, "account.transfer", account)


def can_archive_account(user, account: Account) -> bool:
    return allows(user, "account.archive_restore_merge", account)


def can_write_contact(user, account: Account) -> bool:
    return allows(user, "contact.write", account)


def can_write_interaction(user, account: Account) -> bool:
    return allows(user, "interaction_task_case.write", account)


def can_read_sensitive(user, account: Account) -> bool:
    return allows(user, SENSITIVE_ROW, account)


def reads_sensitive_everywhere(user) -> bool:
    """Whether ``user``, whose role allows it, stands above every account they see.

    A manager who helps on an account of another branch, or owns one there, reads its cost and credit nowhere; a list
    that mixes both kinds of accounts leaves those columns out.
    """
    if user.role != Role.MANAGER:
        return True
    if not hasattr(user, "_helps_elsewhere"):
        mine = AccountMember.objects.current().filter(user=user)
        user._helps_elsewhere = mine.exclude(account__team__in=Team.objects.under(user.team)).exists()
    return not user._helps_elsewhere


def can_change_after_lock(user, account: Account) -> bool:
    return allows(user, "interaction.change_after_lock", account)


def needs_reason_after_lock(user, account: Account) -> bool:
    """Whether a late change of an interaction has to be explained by ``user``."""
    return code("interaction.change_after_lock", actor_on(user, account)) == "reason"


def can_write_task(user, task) -> bool:
    """A task of an account as the account's other records; a task of no account is its assignee's own."""
    if task.account_id:
        return can_write_interaction(user, task.account)
    return user.is_active and task.assignee_id == user.pk and role_may(user, "interaction_task_case.write")


def can_comment(user, account: Account) -> bool:
    return can_write_interaction(user, account)


def can_change_comment(user, comment) -> bool:
    """The author for a day, while they may write on the account; an administrator may take away what must go."""
    if not can_comment(user, comment.account):
        return False
    is_fresh = timezone.now() - comment.created_at < COMMENT_CHANGE_TIME
    return comment.created_by_id == user.pk and is_fresh


def can_delete_comment(user, comment) -> bool:
    return can_change_comment(user, comment) or (user.role == Role.ADMIN and can_comment(user, comment.account))


def can_add_attachment(user, account: Account) -> bool:
    return allows(user, "attachment.add", account)


def can_delete_attachment(user, account: Account) -> bool:
    return allows(user, "attachment.delete", account)
