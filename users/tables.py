"""Tables about people, declared once."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.tables import Column, Table
from users import audit_words


class UserTable(Table):
    columns = (
        Column("name", _("Name"), href=lambda user: reverse("users:user_edit", args=[user.pk]), ordering="name"),
        Column("username", _("User name"), ordering="username"),
        Column("email", _("E-mail"), ordering="email", phone=""),
        Column("role", _("Role"), ordering="role"),
        Column("team", _("Team"), value="team", ordering="team__name"),
        Column("department", _("Department"), value="department", ordering="department__name", phone=""),
        Column("account_count", _("Accounts owned"), kind="number", ordering="account_count"),
        Column("last_login", _("Last sign-in"), kind="datetime", ordering="last_login", phone=""),
        Column(
            "is_active",
            _("State"),
            kind="badge",
            value=lambda user: pgettext("switch", "Active") if user.is_active else _("Deactivated"),
            tone=lambda user: "" if user.is_active else "none",
            ordering="is_active",
        ),
    )
    default_ordering = "name"


class AuditTable(Table):
    columns = (
        Column("happened_at", _("When"), kind="datetime", ordering="happened_at", phone="meta"),
        Column("user", _("Who"), value="user", ordering="user__name", phone="meta"),
        Column(
            "action",
            _("What"),
            value=audit_words.action_words,
            export=lambda entry: entry.action,
            ordering="action",
            phone="title",
        ),
        Column(
            "subject",
            _("On what"),
            value=audit_words.subject_words,
            export=lambda entry: entry.subject,
            phone="meta",
        ),
        Column("details", _("Details"), value=lambda entry: audit_words.details_words(entry.details), phone=""),
    )
    default_ordering = "-happened_at"


class SavedViewTable(Table):
    """The orders in which the API lists saved views."""

    columns = (
        Column("name", _("Name"), ordering="name"),
        Column("list_key", _("List"), ordering="list_key"),
        Column("created_at", _("Created on"), kind="datetime", ordering="created_at"),
    )
    default_ordering = "list_key"
