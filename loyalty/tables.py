"""The lists of points, declared once for page, export and API."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formats
from core.tables import Column, Table
from loyalty.choices import CorrectionState, EntryKind, RedemptionState
from loyalty.models import LedgerEntry

KIND_TONES = {
    EntryKind.EARN: "ok",
    EntryKind.ACTIVATE: "ok",
    EntryKind.PENDING: "info",
    EntryKind.RELEASE: "info",
    EntryKind.REVERSE: "bad",
    EntryKind.EXPIRE: "warn",
}
STATE_TONES = {
    RedemptionState.REQUESTED: "warn",
    RedemptionState.APPROVED: "info",
    RedemptionState.FULFILLED: "ok",
    RedemptionState.REJECTED: "bad",
}
CORRECTION_TONES = {CorrectionState.PROPOSED: "warn", CorrectionState.CONFIRMED: "ok", CorrectionState.REJECTED: "bad"}
PAGES = {"redemption": "loyalty:redemption_page", "correction": "loyalty:correction_page"}


@dataclass(frozen=True)
class Source:
    """What moved the points, in words, and the address of its record ('' where there is none)."""

    text: str
    url: str = ""


def source_of(entry: LedgerEntry) -> Source:
    """The order, redemption or correction behind an entry; expiry has only its day."""
    name, _rest, key = entry.source_key.partition(":")
    if entry.order_id:
        url = reverse("sales:order_page", args=[entry.order_id]) if entry.order else ""
        return Source(_("Order %(number)s") % {"number": entry.order or entry.order_id}, url)
    number = key.partition(":")[0]
    if name in PAGES and number.isdigit():
        texts = {"redemption": _("Redemption %(number)s"), "correction": _("Correction %(number)s")}
        return Source(texts[name] % {"number": number}, reverse(PAGES[name], args=[number]))
    return Source(_("Last day reached") if entry.kind == EntryKind.EXPIRE else entry.reason)


def statement_url(account_id: int) -> str:
    return reverse("loyalty:statement", args=[account_id])


def points_url(row) -> str:
    return reverse("account_points", args=[row.account_id])


DAY = Column("happened_on", gettext_lazy("Date"), kind="date", ordering="happened_on", phone="meta")
KIND = Column(
    "kind", gettext_lazy("Kind"), kind="badge", tone=lambda row: KIND_TONES.get(row.kind, "none"), phone="meta"
)
SOURCE = Column(
    "source",
    gettext_lazy("For"),
    value=lambda row: source_of(row).text,
    href=lambda row: source_of(row).url,
    phone="title",
)
WAITING = Column("pending_points", gettext_lazy("Waiting for payment"), kind="points", phone="")
HELD = Column("held_points", gettext_lazy("Set aside"), kind="points", phone="")
QUALIFYING = Column("qualifying_points", gettext_lazy("Qualifying"), kind="points", phone="")
BY = Column("recorded_by", gettext_lazy("By"), value="recorded_by.name", phone="")
BOOKED = Column("recorded_at", gettext_lazy("Booked"), kind="datetime", phone="")
REASON = Column("reason", gettext_lazy("Reason"), phone="")


class StatementTable(Table):
    """The ledger of one account, as a bank writes it."""

    columns = (
        DAY,
        SOURCE,
        KIND,
        Column("available_points", gettext_lazy("Points"), kind="points", phone="side"),
        Column("balance", gettext_lazy("Balance"), kind="number", phone="meta"),
        WAITING,
        HELD,
        QUALIFYING,
        REASON,
        BY,
        BOOKED,
    )
    default_ordering = "-happened_on"


class EntryTable(Table):
    """The ledger of many accounts."""

    columns = (
        Column(
            "account",
            gettext_lazy("Account"),
            value="wallet.account.name",
            href=lambda row: statement_url(row.wallet.account_id),
            ordering="wallet__account__name",
        ),
        DAY,
        KIND,
        Column("moved_points", gettext_lazy("Points"), kind="points", ordering="moved_points", phone="side"),
        Column(
            "source",
            gettext_lazy("For"),
            value=lambda row: source_of(row).text,
            href=lambda row: source_of(row).url,
            phone="meta",
        ),
        WAITING,
        HELD,
        REASON,
        BY,
    )
    default_ordering = "-happened_on"


class WalletTable(Table):
    columns = (
        Column("account", gettext_lazy("Account"), value="account.name", href=points_url, ordering="account__name"),
        Column(
            "tier",
            gettext_lazy("Tier"),
            kind="tier",
            value="account.standing.tier.code",
            ordering="account__standing__tier",
        ),
        Column("available_points", gettext_lazy("To spend"), kind="number", ordering="available_points", phone="side"),
        Column("held_points", gettext_lazy("Set aside"), kind="number", ordering="held_points"),
        Column("pending_points", gettext_lazy("Waiting for payment"), kind="number", ordering="pending_points"),
        Column("owed_points", pgettext_lazy("points", "Owed"), kind="number", ordering="owed_points", phone=""),
        Column("qualifying_points", gettext_lazy("Qualifying"), kind="number", ordering="qualifying_points", phone=""),
        Column("expires_on", gettext_lazy("Next last day"), kind="date", ordering="expires_on"),
        Column("owner", gettext_lazy("Owner"), value="account.owner", ordering="account__owner__name", phone=""),
    )
    default_ordering = "-available_points"


class LotTable(Table):
    columns = (
        Column(
            "account",
            gettext_lazy("Account"),
            value="wallet.account.name",
            href=lambda row: reverse("account_points", args=[row.wallet.account_id]),
            ordering="wallet__account__name",
        ),
        Column("left_points", gettext_lazy("Left"), kind="number", ordering="left_points", phone="side"),
        Column("points", gettext_lazy("Came in"), kind="number", ordering="points"),
        Column("expires_on", gettext_lazy("Last day"), kind="date", ordering="expires_on"),
        Column(
            "source",
            gettext_lazy("From"),
            value=lambda row: source_of(row.entry).text,
            href=lambda row: source_of(row.entry).url,
            phone="",
        ),
    )
    default_ordering = "expires_on"


class RedemptionTable(Table):
    columns = (
        Column(
            "reward",
            gettext_lazy("Reward"),
            value=lambda row: str(row),
            href=lambda row: reverse("loyalty:redemption_page", args=[row.pk]),
            ordering="reward__name",
        ),
        Column("account", gettext_lazy("Account"), value="account.name", href=points_url, ordering="account__name"),
        Column("points", gettext_lazy("Points"), kind="number", ordering="points"),
        Column("state", gettext_lazy("State"), kind="badge", tone=lambda row: STATE_TONES.get(row.state, "none")),
        Column("requested_at", gettext_lazy("Requested"), kind="datetime", ordering="requested_at"),
        Column("requested_by", gettext_lazy("Requested by"), value="requested_by.name", phone=""),
        Column("decided_by", gettext_lazy("Decided by"), value="decided_by.name", phone=""),
        Column("fulfilled_at", gettext_lazy("Handed over"), kind="datetime", ordering="fulfilled_at", phone=""),
    )
    default_ordering = "-requested_at"


class CorrectionTable(Table):
    columns = (
        Column(
            "account",
            gettext_lazy("Account"),
            value="account.name",
            href=lambda row: reverse("loyalty:correction_page", args=[row.pk]),
            ordering="account__name",
        ),
        Column("points", gettext_lazy("Points"), kind="points", ordering="points"),
        Column("reason", gettext_lazy("Reason")),
        Column(
            "state", gettext_lazy("State"), kind="badge", tone=lambda row: CORRECTION_TONES[CorrectionState(row.state)]
        ),
        Column("proposed_by", gettext_lazy("Proposed by"), value="proposed_by.name"),
        Column("proposed_at", gettext_lazy("Proposed"), kind="datetime", ordering="proposed_at", phone=""),
        Column("decided_by", gettext_lazy("Decided by"), value="decided_by.name", phone=""),
    )
    default_ordering = "-proposed_at"


def stock_text(reward) -> str:
    return _("without limit") if reward.stock is None else formats.number(reward.stock)


class RewardTable(Table):
    columns = (
        Column(
            "name",
            gettext_lazy("Reward"),
            value="label",
            href=lambda row: reverse("loyalty:reward_page", args=[row.pk]),
            ordering="name",
        ),
        Column("kind", gettext_lazy("Kind")),
        Column("points", gettext_lazy("Points"), kind="number", ordering="points", phone="side"),
        Column("stock", gettext_lazy("In stock"), value=stock_text, ordering="stock", export=lambda row: row.stock),
        Column("minimum_tier", gettext_lazy("From tier"), kind="tier", value="minimum_tier.code", phone=""),
        Column("yearly_limit", gettext_lazy("Per account and year"), kind="number", phone=""),
        Column("open_count", gettext_lazy("Open wishes"), kind="number", ordering="open_count", phone=""),
        Column("is_active", gettext_lazy("On offer"), kind="bool", ordering="is_active", phone=""),
    )
    default_ordering = "points"
