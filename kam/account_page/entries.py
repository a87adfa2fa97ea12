"""How an entry of the timeline reads: icon, words, tone and the record behind it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import AccountStatus, InteractionKind, TaskKind
from churn import explanations
from churn.choices import Severity
from churn.models import Alert
from core import formats
from kam.account_page.timeline import Entry
from sales.choices import OrderKind, PaymentKind

ICONS = {
    "interaction": "message-circle",
    "order": "shopping-cart",
    "receivable": "receipt",
    "payment": "coin",
    "alert": "alert-triangle",
    "task": "checkbox",
    "change": "user-check",
    "comment": "message",
    "file": "paperclip",
}
KIND_ICONS = {
    InteractionKind.VISIT: "map-pin",
    InteractionKind.EXECUTIVE_VISIT: "map-pin",
    InteractionKind.CALL: "phone",
    InteractionKind.ONLINE_MEETING: "video",
    InteractionKind.MEAL: "tools-kitchen-2",
    InteractionKind.EVENT: "confetti",
    InteractionKind.EMAIL: "mail",
}
PAGES = {
    "interaction": "accounts:interaction_page",
    "order": "sales:order_page",
    "task": "accounts:task_page",
    "alert": "churn:alert_page",
    "comment": "comment_open",
    "file": "file_download",
}
LONGEST_TEXT = 240
LISTS = {"receivable": "sales:receivable_list", "payment": "sales:payment_list"}
"""Records without a page of their own lead to the account's list of them."""


@dataclass(frozen=True)
class Line:
    """One line as the page writes it."""

    on: date
    icon: str
    title: str
    text: str
    href: str
    tone: str


def line_of(entry: Entry, account_pk: int) -> Line:
    title, text, tone = WORDS[entry.source](entry)
    icon = KIND_ICONS.get(entry.word, ICONS[entry.source])
    icon = "stack-2" if (entry.source, entry.word) == ("change", "tier") else icon
    return Line(entry.day, icon, title, text, href_of(entry, account_pk), tone)


def href_of(entry: Entry, account_pk: int) -> str:
    """The record behind the entry, or the list it stands in; '' where there is none."""
    if entry.source in PAGES:
        return reverse(PAGES[entry.source], args=[entry.key])
    return reverse(LISTS[entry.source], query={"account": account_pk}) if entry.source in LISTS else ""


def interaction_words(entry: Entry) -> tuple[str, str, str]:
    return f"{label(InteractionKind, entry.word)} · {entry.person}", entry.text, ""


def order_words(entry: Entry) -> tuple[str, str, str]:
    is_return = entry.word == OrderKind.RETURN
    return f"{label(OrderKind, entry.word)} {formats.amount(entry.amount)}", entry.text, "bad" if is_return else ""


def receivable_words(entry: Entry) -> tuple[str, str, str]:
    return _("%(amount)s was due") % {"amount": formats.amount(entry.amount)}, entry.text, ""


def payment_words(entry: Entry) -> tuple[str, str, str]:
    return f"{label(PaymentKind, entry.word)} {formats.amount(entry.amount)}", entry.text, "ok"


def alert_words(entry: Entry) -> tuple[str, str, str]:
    alert = Alert(rule_key=entry.person, reason=json.loads(entry.text))
    return _("%(severity)s alert") % {"severity": label(Severity, entry.word)}, explanations.sentence(alert), "bad"


def task_words(entry: Entry) -> tuple[str, str, str]:
    return f"{label(TaskKind, entry.word)}: {entry.text}", entry.person, "ok"


def change_words(entry: Entry) -> tuple[str, str, str]:
    value = label(AccountStatus, entry.text) if entry.word == "status" else entry.text
    texts = {"owner": _("Owner: %(value)s"), "tier": _("Tier: %(value)s"), "status": _("Status: %(value)s")}
    return texts[entry.word] % {"value": value or _("nobody")}, "", ""


def comment_words(entry: Entry) -> tuple[str, str, str]:
    title = _("Comment · %(name)s") % {"name": entry.person or formats.NOTHING}
    return title, entry.text[:LONGEST_TEXT] + ("…" if len(entry.text) > LONGEST_TEXT else ""), ""


def file_words(entry: Entry) -> tuple[str, str, str]:
    return _("File · %(name)s") % {"name": entry.person or formats.NOTHING}, entry.text, ""


def label(choices, value: str) -> str:
    """The label of a choice, the value itself where this version does not know it."""
    return str(choices(value).label) if value in choices.values else value


WORDS: dict[str, Callable[[Entry], tuple[str, str, str]]] = {
    "interaction": interaction_words,
    "order": order_words,
    "receivable": receivable_words,
    "payment": payment_words,
    "alert": alert_words,
    "task": task_words,
    "change": change_words,
    "comment": comment_words,
    "file": file_words,
}
