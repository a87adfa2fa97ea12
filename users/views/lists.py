"""The lists of users and of the audit trail."""

from django.utils.translation import gettext_lazy as _

from core.views import RecordListView
from users import selectors
from users.filters import AuditFilter, UserFilter
from users.tables import AuditTable, UserTable


class UserListView(RecordListView):
    permission_key = "user.manage"
    table_class = UserTable
    filterset_class = UserFilter
    title = _("Users")
    icon_name = "user"
    empty_title = _("No user matches")
    create_url_name = "users:user_create"
    create_label = _("New user")
    create_permission = "user.manage"
    export_url_name = "users:user_list_export"

    def get_queryset(self):
        return selectors.people()


class AuditListView(RecordListView):
    permission_key = "audit.read"
    table_class = AuditTable
    filterset_class = AuditFilter
    title = _("Audit trail")
    subtitle = _("Who did what, and when.")
    icon_name = "history"
    export_url_name = "users:audit_list_export"

    def get_queryset(self):
        return selectors.audit_entries(self.request.user)
