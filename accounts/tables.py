"""The columns of the lists: page, phone and export alike."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import AccountStatus, InteractionState, TaskState
from core.tables import Column, Table

STATUS_TONES = {AccountStatus.ACTIVE: "", AccountStatus.LOST: "bad", AccountStatus.DORMANT: "warn"}
STATE_TONES = {InteractionState.PLANNED: "info", InteractionState.DONE: ""}


def account_url(account) -> str:
    return reverse("account_page", args=[account.pk])


def url_of_account(row) -> str:
    """The page of the account that ``row`` hangs on, '' without one."""
    return account_url(row.account) if row.account_id else ""


def list_url(name: str, **query) -> str:
    """A list with filters in force."""
    return reverse(name, query=query)


class AccountTable(Table):
    default_ordering = "name"
    columns = (
        Column("name", _("Account"), href=account_url, ordering="name"),
        Column("tier", _("Tier"), kind="tier", value="standing.tier.code", ordering="standing__tier__rank"),
        Column(
            "value_score",
            _("Value score"),
            kind="score",
            value="standing.value_score",
            ordering="standing__value_score",
        ),
        Column(
            "revenue_365d",
            _("Orders, 12 months"),
            kind="money",
            value="standing.revenue_365d",
            ordering="standing__revenue_365d",
            href=lambda row: list_url("sales:order_list", account=row.pk),
        ),
        Column(
            "overdue_amount",
            _("Overdue"),
            kind="owed",
            value="standing.overdue_amount",
            ordering="standing__overdue_amount",
            href=lambda row: list_url("sales:receivable_list", account=row.pk),
        ),
        Column(
            "last_order_on",
            _("Last order"),
            kind="date",
            value="standing.last_order_on",
            ordering="standing__last_order_on",
            phone="",
        ),
        Column(
            "last_interaction_on",
            _("Last contact"),
            kind="date",
            value="standing.last_interaction_on",
            ordering="standing__last_interaction_on",
            href=lambda row: list_url("accounts:interaction_list", account=row.pk),
            phone="",
        ),
        Column("owner", _("Owner"), ordering="owner__name", phone="meta"),
        Column(
            "status",
            _("Status"),
            kind="badge",
            tone=lambda row: STATUS_TONES.get(row.status, "none"),
            ordering="status",
        ),
        Column("industry", _("Industry"), ordering="industry", phone=""),
        Column("region", _("Region"), ordering="region", phone=""),
        Column("code", _("Code"), ordering="code", phone=""),
        Column("kind", _("Kind"), ordering="kind", phone="", is_extra=True),
        Column("team", _("Team"), value="team.name", ordering="team__name", phone="", is_extra=True),
        Column("created_on", _("Created on"), kind="date", ordering="created_on", phone="", is_extra=True),
    )


class UnassignedTable(Table):
    default_ordering = "name"
    columns = (
        Column("pick", _("Pick"), value=lambda row: row.pk, template="accounts/_pick_cell.html", phone="side"),
        Column("name", _("Account"), href=account_url, ordering="name", phone="title"),
        Column("tier", _("Tier"), kind="tier", value="standing.tier.code", ordering="standing__tier__rank"),
        Column(
            "revenue_365d",
            _("Orders, 12 months"),
            kind="money",
            value="standing.revenue_365d",
            ordering="standing__revenue_365d",
        ),
        Column(
            "last_order_on",
            _("Last order"),
            kind="date",
            value="standing.last_order_on",
            ordering="standing__last_order_on",
        ),
        Column("region", _("Region"), ordering="region"),
        Column("country", _("Country"), value="country.name", ordering="country"),
        Column("created_on", _("Created on"), kind="date", ordering="created_on"),
        Column("code", _("Code"), ordering="code"),
    )


class ContactTable(Table):
    default_ordering = "name"
    columns = (
        Column("name", _("Contact"), href=lambda row: reverse("accounts:contact_page", args=[row.pk]), ordering="name"),
        Column("account", _("Account"), href=url_of_account, ordering="account__name"),
        Column("title", _("Title"), ordering="title"),
        Column("department", _("Department"), ordering="department", phone=""),
        Column("buying_role", _("Buying role"), ordering="buying_role"),
        Column("stance", _("Stance"), ordering="stance", template="accounts/_stance_cell.html", phone="side"),
        Column(
            "last_touch_on",
            _("Last contact"),
            kind="date",
            ordering="last_touch_on",
            href=lambda row: list_url("accounts:interaction_list", contact=row.pk),
        ),
        Column("mobile", _("Mobile"), phone=""),
        Column("email", _("E-mail"), phone=""),
        Column("left_on", _("Left on"), kind="date", ordering="left_on", phone=""),
    )


class InteractionTable(Table):
    default_ordering = "-happened_at"
    columns = (
        Column(
            "kind", _("Type"), href=lambda row: reverse("accounts:interaction_page", args=[row.pk]), ordering="kind"
        ),
        Column("account", _("Account"), href=url_of_account, ordering="account__name", phone="meta"),
        Column("happened_at", _("When"), kind="datetime", ordering="happened_at", phone="meta"),
        Column(
            "contacts",
            _("People met"),
            value=lambda row: ", ".join(person.name for person in row.contacts.all()),
            phone="meta",
        ),
        Column(
            "state", _("State"), kind="badge", tone=lambda row: STATE_TONES.get(row.state, "none"), ordering="state"
        ),
        Column("mood", _("Mood"), ordering="mood", phone=""),
        Column("purpose", _("Purpose"), phone=""),
        Column("result", _("Result"), phone=""),
        Column("owner", _("Owner"), ordering="owner__name", phone=""),
    )


def task_state(task):
    """How late an open task is; else whether it waits, is done or was not needed."""
    days = task.days_late if task.state == TaskState.OPEN else -1
    if days > 0:
        return _("%(days)d d late") % {"days": days}
    return _("Due today") if days == 0 else task.get_state_display()


def task_tone(task) -> str:
    """Late is bad, due today is a warning, the rest is nothing special."""
    if task.state != TaskState.OPEN:
        return ""
    return "bad" if task.days_late > 0 else "warn" if task.days_late == 0 else ""


class TaskTable(Table):
    default_ordering = "due_on"
    columns = (
        Column("done", _("Done"), value=lambda row: row.pk, template="accounts/_task_cell.html", phone="side"),
        Column(
            "title",
            _("Task"),
            href=lambda row: reverse("accounts:task_page", args=[row.pk]),
            ordering="title",
            phone="title",
        ),
        Column("account", _("Account"), href=url_of_account, ordering="account__name", phone="meta"),
        Column("kind", _("Kind"), ordering="kind", phone=""),
        Column("due_on", _("Due on"), kind="date", ordering="due_on", phone="meta"),
        Column(
            "state",
            _("State"),
            kind="badge",
            value=task_state,
            tone=task_tone,
            ordering="state",
            export=lambda row: row.get_state_display(),
        ),
        Column("assignee", _("Assignee"), ordering="assignee__name", phone="meta"),
    )


class NotificationTable(Table):
    default_ordering = "-created_at"
    columns = (
        Column("kind", _("Kind"), ordering="kind"),
        Column("account", _("Account"), href=url_of_account),
        Column("text", _("Text")),
        Column("created_at", _("When"), kind="datetime", ordering="created_at"),
        Column("read_at", pgettext_lazy("notification", "Read"), kind="datetime", ordering="read_at"),
    )
