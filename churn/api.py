"""Alerts over the API, with the filters and services of the page."""

from contextlib import contextmanager

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from churn import explanations, selectors
from churn.choices import Disposition
from churn.filters import AlertFilter
from churn.models import Alert, AlertEvent
from churn.permissions import can_work_alert
from churn.services import AlertError, acknowledge_alert, close_alert, reopen_alert
from churn.tables import AlertTable
from core.api import Conflict, StrictSerializerMixin, TableViewMixin


class AlertSerializer(serializers.ModelSerializer):
    """A warning, with its reason as a sentence in the caller's language."""

    account_code = serializers.CharField(source="account.code")
    rule = serializers.CharField(source="rule_key")
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Alert
        fields = [
            "id",
            "account",
            "account_code",
            "rule",
            "rule_number",
            "severity",
            "state",
            "reason",
            "opened_on",
            "closed_on",
            "disposition",
            "is_historic",
            "version",
        ]

    def get_reason(self, alert) -> str:
        return explanations.sentence(alert)


class AlertEventSerializer(serializers.ModelSerializer):
    """One change of the alert; ``by`` is null where the night made it."""

    by = serializers.StringRelatedField()
    disposition = serializers.CharField(read_only=True)

    class Meta:
        model = AlertEvent
        fields = ["kind", "state", "by", "as_of", "close_reason", "disposition", "happened_at"]


class AlertDetailSerializer(AlertSerializer):
    """A warning with its history."""

    history = AlertEventSerializer(source="events", many=True)

    class Meta(AlertSerializer.Meta):
        fields = [*AlertSerializer.Meta.fields, "history"]


class VersionSerializer(StrictSerializerMixin, serializers.Serializer):
    """The version of the alert that the caller has looked at."""

    version = serializers.IntegerField()


class ClosingSerializer(VersionSerializer):
    disposition = serializers.ChoiceField(choices=Disposition)


@contextmanager
def refusals():
    try:
        yield
    except AlertError as error:
        raise Conflict(str(error)) from error


class AlertViewSet(TableViewMixin, viewsets.ReadOnlyModelViewSet):
    """The alerts of the accounts the token's user may see."""

    permission_keys = {
        "list": "account.read_list_search",
        "retrieve": "account.read_list_search",
        "acknowledge": "alert.work",
        "close": "alert.work",
        "reopen": "alert.work",
    }
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    table_class = AlertTable
    queryset = Alert.objects.none()

    def get_queryset(self):
        alerts = selectors.alerts_of(self.request.user)
        return alerts.prefetch_related("events__by") if self.action == "retrieve" else alerts

    def filter_queryset(self, queryset):
        """One alert is found whatever its state; filters narrow the list."""
        return queryset if self.detail else super().filter_queryset(queryset)

    def get_serializer_class(self):
        return AlertDetailSerializer if self.action == "retrieve" else AlertSerializer

    def read(self, serializer_class) -> tuple[Alert, dict]:
        """The alert in the address, which the caller must be allowed to work on, and the body."""
        alert = self.get_object()
        if not can_work_alert(self.request.user, alert):
            raise PermissionDenied
        body = serializer_class(data=self.request.data)
        body.is_valid(raise_exception=True)
        return alert, body.validated_data

    @extend_schema(request=VersionSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def acknowledge(self, request, pk=None):
        """Say that the caller looks after the alert."""
        alert, values = self.read(VersionSerializer)
        with refusals():
            acknowledge_alert(alert=alert, by=request.user, **values)
        return Response(self.get_serializer(self.get_queryset().get(pk=alert.pk)).data)

    @extend_schema(request=ClosingSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def close(self, request, pk=None):
        """Close the alert with a finding."""
        alert, values = self.read(ClosingSerializer)
        with refusals():
            close_alert(alert=alert, by=request.user, **values)
        return Response(self.get_serializer(self.get_queryset().get(pk=alert.pk)).data)

    @extend_schema(request=VersionSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def reopen(self, request, pk=None):
        """Take back what a colleague did last: the closing, or the looking after."""
        alert, values = self.read(VersionSerializer)
        with refusals():
            reopen_alert(alert=alert, by=request.user, **values)
        return Response(self.get_serializer(self.get_queryset().get(pk=alert.pk)).data)
