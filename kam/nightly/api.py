"""Nightly runs over the API: read only."""

from rest_framework import serializers, viewsets

from core.api import TableViewMixin
from kam.models import Run, RunStep
from kam.nightly.filters import RunFilters
from kam.nightly.tables import RunTable


class RunStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = RunStep
        fields = ["name", "state", "row_count", "started_at", "finished_at"]


class RunSerializer(serializers.ModelSerializer):
    """One nightly run with its steps and the configuration versions it was made with."""

    steps = RunStepSerializer(many=True)

    class Meta:
        model = Run
        fields = [
            "id",
            "as_of",
            "state",
            "is_historic",
            "configuration",
            "account_count",
            "error_count",
            "created_at",
            "started_at",
            "finished_at",
            "steps",
        ]


class RunViewSet(TableViewMixin, viewsets.ReadOnlyModelViewSet):
    """The nightly runs, the latest first."""

    permission_keys = {"list": "run.read", "retrieve": "run.read"}
    serializer_class = RunSerializer
    filterset_class = RunFilters
    table_class = RunTable
    queryset = Run.objects.prefetch_related("steps")
