"""Telling colleagues that something happened: once each, only what they may see, and only what they want to hear."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from accounts.choices import NotificationKind
from accounts.constants import NOTIFICATION_DAYS, READ_NOTIFICATION_DAYS
from accounts.models import Account, Notification, NotificationMute
from users.models import User

TEXT_LENGTH = 300
BATCH = 1_000


@dataclass(frozen=True)
class Message:
    """One thing to tell one colleague; the fields are those of `notify`."""

    user: User
    kind: str
    key: str
    url: str
    account: Account | None = None
    text: str | Callable[[], str] = ""

    def __post_init__(self):
        if self.kind not in NotificationKind.values or not self.url.startswith("/") or self.url.startswith("//"):
            raise ValueError(f"cannot notify of {self.kind!r} at {self.url!r}")


def notify(
    *,
    kind: str,
    users: Iterable[User | None],
    key: str,
    url: str,
    account: Account | None = None,
    text: str | Callable[[], str] = "",
    by: User | None = None,
) -> int:
    """Tell each of ``users`` that something of ``kind`` happened; how many were told now.

    ``key`` names the event ("alert:17"): whoever was told of it before is not told again. ``url`` is a path of ours.
    ``text`` is what the kind does not say by itself, a function where it depends on the reader's language. Left out are
    ``by``, who did it, colleagues who have left, who do not see ``account``, or who switched the kind off. Call it in
    the transaction of the event, and not for nights of the past. Raises ValueError for an unknown kind or address.
    """
    others = {user.pk: user for user in users if user is not None and user != by}
    return notify_each([Message(user, kind, key, url, account, text) for user in others.values()])


def notify_each(messages: Sequence[Message]) -> int:
    """As `notify`, for many events at once and with a few queries a colleague; how many messages were new."""
    by_user = defaultdict(list)
    for message in messages:
        if message.user.is_active:
            by_user[message.user].append(message)
    rows = [row for user, own in by_user.items() for row in _new_rows(user, own)]
    for start in range(0, len(rows), BATCH):
        Notification.objects.bulk_create(rows[start : start + BATCH], ignore_conflicts=True)
    return len(rows)


def _new_rows(user: User, messages: list[Message]) -> list[Notification]:
    muted = set(NotificationMute.objects.filter(user=user).values_list("kind", flat=True))
    visible = _among(Account.objects.visible_to(user), "pk", {m.account.pk for m in messages if m.account})
    told = _among(Notification.objects.filter(user=user), "key", {message.key for message in messages})
    wanted = [
        message
        for message in {message.key: message for message in messages if message.key not in told}.values()
        if message.kind not in muted and (message.account is None or message.account.pk in visible)
    ]
    with translation.override(user.language):
        return [_row(message) for message in wanted]


def _among(rows: QuerySet, column: str, values: set) -> set:
    """Which of ``values`` are in a column of ``rows``."""
    ordered, found = sorted(values), set()
    for start in range(0, len(ordered), BATCH):
        chosen = rows.filter(**{f"{column}__in": ordered[start : start + BATCH]})
        found |= set(chosen.values_list(column, flat=True))
    return found


def _row(message: Message) -> Notification:
    text = str(message.text() if callable(message.text) else message.text)
    return Notification(
        user=message.user,
        kind=message.kind,
        key=message.key,
        account=message.account,
        url=message.url,
        text=text[:TEXT_LENGTH],
    )


@transaction.atomic
def mark_read(*, notification: Notification) -> None:
    """Note that a notification was read; the first time counts."""
    Notification.objects.filter(pk=notification.pk).unread().update(read_at=timezone.now())


@transaction.atomic
def mark_unread(*, notification: Notification) -> None:
    """Take back `mark_read`."""
    Notification.objects.filter(pk=notification.pk).update(read_at=None)


@transaction.atomic
def mark_all_read(*, user, until: datetime) -> tuple[int, datetime]:
    """Note that ``user`` has read everything visible that was told up to ``until``: how many, and the moment noted."""
    now = timezone.now()
    rows = Notification.objects.visible_to(user).unread().filter(created_at__lte=until)
    return rows.update(read_at=now), now


@transaction.atomic
def take_back_reading(*, user, moment: datetime) -> int:
    """Undo the `mark_all_read` that noted ``moment``; how many are unread again."""
    return Notification.objects.visible_to(user).filter(read_at=moment).update(read_at=None)


@transaction.atomic
def change_notification_settings(*, user, wanted: Iterable[str]) -> None:
    """Switch the kinds in ``wanted`` on for ``user`` and all others off; what was told before stays."""
    off = set(NotificationKind.values) - set(wanted)
    NotificationMute.objects.filter(user=user).exclude(kind__in=off).delete()
    NotificationMute.objects.bulk_create(
        [NotificationMute(user=user, kind=kind) for kind in sorted(off)], ignore_conflicts=True
    )


def prune_notifications(now: datetime | None = None) -> int:
    """Delete what was read a month ago or told half a year ago, in small batches; how many rows went."""
    now = now or timezone.now()
    old = Q(created_at__lt=now - timedelta(days=NOTIFICATION_DAYS))
    old |= Q(read_at__lt=now - timedelta(days=READ_NOTIFICATION_DAYS))
    ids = list(Notification.objects.filter(old).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        Notification.objects.filter(pk__in=ids[start : start + BATCH]).delete()
    return len(ids)
