"""One timeline of an account: what every app knows about it, newest first, a page at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DecimalField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from accounts.choices import TaskState
from accounts.models import Account, AccountHistory, Attachment, Comment, Interaction, Task
from churn.models import Alert
from core.money import FIELD as MONEY
from sales.models import Order, Payment, Receivable
from users.models import User

PAGE = 20
COLUMNS = ("t_day", "t_source", "t_key", "t_word", "t_text", "t_amount", "t_person")
SOURCES = ("interaction", "order", "receivable", "payment", "alert", "task", "change", "comment", "file")
GROUPS = {"visits": ("interaction", "task"), "money": ("order", "receivable", "payment"), "notes": ("comment", "file")}
CHANGES = ("owner", "tier", "status")


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: when, what kind of record it is and which, and the words about it."""

    day: date
    source: str
    key: int
    word: str
    text: str
    amount: Any
    person: str

    @property
    def cursor(self) -> str:
        return f"{self.day.isoformat()}.{SOURCES.index(self.source)}.{self.key}"


def text(value) -> Cast:
    return Cast(value, TextField())


def part(rows: QuerySet, source: str, *, day: str, word=None, about=None, amount=None, person=None) -> QuerySet:
    """The rows of one app in the columns of the timeline."""
    nothing = Value("", TextField())
    return rows.order_by().annotate(
        t_day=F(day),
        t_source=Value(SOURCES.index(source), IntegerField()),
        t_key=Cast("pk", BigIntegerField()),
        t_word=text(word) if word else nothing,
        t_text=text(about) if about else nothing,
        t_amount=Cast(F(amount), DecimalField(**MONEY)) if amount else Value(None, DecimalField(**MONEY)),
        t_person=text(person) if person else nothing,
    )


def parts(account: Account, today: date) -> dict[str, QuerySet]:
    """Every app's rows about ``account``: what happened, was opened, closed or changed by ``today``."""
    done = Interaction.objects.done().filter(account=account)
    finished = Task.objects.filter(account=account, state=TaskState.DONE, done_at__isnull=False)
    return {
        "interaction": part(done, "interaction", day="happened_on", word="kind", about="result", person="owner__name"),
        "order": part(
            Order.objects.filter(account=account),
            "order",
            day="ordered_on",
            word="kind",
            about="order_number",
            amount="amount",
        ),
        "receivable": part(
            Receivable.objects.filter(account=account, due_on__lt=today),
            "receivable",
            day="due_on",
            about="number",
            amount="amount",
        ),
        "payment": part(
            Payment.objects.filter(account=account),
            "payment",
            day="paid_on",
            word="kind",
            about="payment_number",
            amount="amount",
        ),
        "alert": part(
            Alert.objects.filter(account=account, is_historic=False),
            "alert",
            day="opened_on",
            word="severity",
            about="reason",
            person="rule_key",
        ),
        "task": part(finished, "task", day="done_at__date", word="kind", about="title", person="assignee__name"),
        "change": changes(account),
        "comment": note_part(Comment, account, "comment", about="body"),
        "file": note_part(Attachment, account, "file", about="name"),
    }


def note_part(model, account: Account, source: str, *, about: str) -> QuerySet:
    """What colleagues put beside any record of the account."""
    rows = model.objects.kept().filter(account=account)
    return part(rows, source, day="created_at__date", word="kind", about=about, person="created_by__name")


def changes(account: Account) -> QuerySet:
    """The dated rows of owner, tier and status; an owner is named, not numbered."""
    name = User.objects.annotate(key=Cast("pk", CharField())).filter(key=OuterRef("value")).values("name")
    named = Case(When(field="owner", then=Subquery(name[:1])), default=F("value"), output_field=CharField())
    rows = AccountHistory.objects.filter(subject=account, field__in=CHANGES, valid_from__isnull=False)
    return part(rows.annotate(named=named), "change", day="valid_from", word="field", about="named")


def timeline(account: Account, *, today: date, group: str = "", after: str = "") -> tuple[list[Entry], str]:
    """One page of entries, newest first, and the cursor of the next page ('' at the end).

    ``group`` is a key of GROUPS or ''; ``after`` the cursor of the last entry seen. Raises ValueError for others.
    """
    sources = GROUPS[group] if group else SOURCES
    all_parts = parts(account, today)
    rows = [older(all_parts[source], source, after).values_list(*COLUMNS) for source in sources]
    page = rows[0].union(*rows[1:], all=True).order_by("-t_day", "t_source", "-t_key")[: PAGE + 1]
    entries = [Entry(row[0], SOURCES[row[1]], *row[2:]) for row in page]
    return entries[:PAGE], entries[PAGE - 1].cursor if len(entries) > PAGE else ""


def older(rows: QuerySet, source: str, after: str) -> QuerySet:
    """The rows of ``source`` that come after the cursor in the order of the timeline."""
    if not after:
        return rows
    day, number, key = after.split(".")
    on, place, mine = date.fromisoformat(day), range(len(SOURCES)).index(int(number)), SOURCES.index(source)
    if mine == place:
        return rows.filter(Q(t_day__lt=on) | Q(t_day=on, t_key__lt=int(key)))
    return rows.filter(t_day__lte=on) if mine > place else rows.filter(t_day__lt=on)
