"""The orders in which the API lists comments and files."""

from django.utils.translation import gettext_lazy as _

from core.tables import Column, Table


class NoteTable(Table):
    columns = (Column("created_at", _("When"), kind="datetime", ordering="created_at"),)
    default_ordering = "created_at"
