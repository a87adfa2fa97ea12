"""Saved views over the API: read only; ``query`` is what to send to the list that it belongs to."""

from rest_framework import serializers, viewsets

from core.api import TableViewMixin
from users.filters import SavedViewFilter
from users.models import SavedView
from users.selectors import saved_views
from users.tables import SavedViewTable


class SavedViewSerializer(serializers.ModelSerializer):
    owner_name = serializers.CharField(source="owner.name")

    class Meta:
        model = SavedView
        fields = ["id", "list_key", "name", "query", "sharing", "owner_name", "created_at"]


class SavedViewViewSet(TableViewMixin, viewsets.ReadOnlyModelViewSet):
    """The saved views that the token's user finds above their lists."""

    permission_keys = {"list": "account.read_list_search", "retrieve": "account.read_list_search"}
    serializer_class = SavedViewSerializer
    filterset_class = SavedViewFilter
    table_class = SavedViewTable
    queryset = SavedView.objects.none()

    def get_queryset(self):
        return saved_views(self.request.user)
