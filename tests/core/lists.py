"""A list over accounts, declared as apps declare theirs, with its addresses."""

import django_filters
from django.urls import path

from accounts.choices import AccountStatus
from accounts.models import Account
from core.filters import FilterSet, SearchFilter
from core.tables import Column, Table
from core.views import RecordListView
from kam.urls import urlpatterns as real_urlpatterns
from users.models import User


class SampleTable(Table):
    columns = (
        Column("name", "Account", href=lambda row: f"/accounts/{row.pk}/", ordering="name"),
        Column("code", "Code", ordering="code"),
        Column("status", "Status", kind="badge", tone=lambda row: "ok"),
        Column("owner", "Owner", value="owner.name", ordering="owner__name"),
        Column("employees", "Employees", kind="number", value="employee_count", ordering="employee_count"),
        Column("since", "Since", kind="date", value="created_on", ordering="created_on"),
        Column(
            "limit",
            "Limit",
            kind="amount",
            value="credit_limit_amount",
            ordering="credit_limit_amount",
            is_sensitive=True,
        ),
    )
    default_ordering = "name"


class SampleFilters(FilterSet):
    q = SearchFilter()
    status = django_filters.ChoiceFilter(choices=AccountStatus.choices, label="Status")
    owner = django_filters.ModelChoiceFilter(queryset=User.objects.all(), label="Owner")
    credit_rating = django_filters.CharFilter(label="Rating")
    since = django_filters.DateFilter(field_name="created_on", lookup_expr="gte", label="Since")

    sensitive = ("credit_rating",)


class SampleListView(RecordListView):
    permission_key = "account.read_list_search"
    table_class = SampleTable
    filterset_class = SampleFilters
    title = "Accounts"
    export_url_name = "sample_list_export"

    def get_queryset(self):
        return Account.objects.visible_to(self.request.user).select_related("owner")


urlpatterns = [
    path("sample/", SampleListView.as_view(), name="sample_list"),
    path("sample/export.<str:kind>", SampleListView.as_export_view(), name="sample_list_export"),
    *real_urlpatterns,
]
