"""Who moved between the tiers, over the API: the figures and the accounts of the dashboard."""

from contextlib import contextmanager

from django.core.exceptions import BadRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from core.api import PageNumberPagination, TableViewMixin
from kam.steering import movement
from kam.steering.views import CHOICES, chosen_places

PARAMETERS = [OpenApiParameter(name, str) for name in CHOICES]
ROW = "dashboard_report_aggregate"


class CellSerializer(serializers.Serializer):
    """How many accounts went from one tier to another and what they bring; ``none`` stands for no tier."""

    before = serializers.CharField()
    after = serializers.CharField()
    direction = serializers.CharField()
    count = serializers.IntegerField()
    revenue = serializers.DecimalField(max_digits=22, decimal_places=4)


class MovementSerializer(serializers.Serializer):
    """The tiers of now against those of a month end; ``is_kept`` false: there is no sheet of that day."""

    since = serializers.DateField(allow_null=True)
    is_kept = serializers.BooleanField()
    is_reconstructed = serializers.BooleanField()
    cells = CellSerializer(many=True)


class MoveSerializer(serializers.Serializer):
    """One account that moved, since when, and why in the caller's language."""

    account = serializers.IntegerField(source="account.pk")
    account_code = serializers.CharField(source="account.code")
    before = serializers.CharField()
    after = serializers.CharField()
    direction = serializers.CharField()
    moved_on = serializers.DateField(allow_null=True)
    score_before = serializers.FloatField(allow_null=True)
    score_after = serializers.FloatField(allow_null=True)
    revenue = serializers.DecimalField(max_digits=22, decimal_places=4)
    why = serializers.CharField()


@contextmanager
def readable(request, known):
    """Turn what the page does not know into an error of the API."""
    if unknown := set(request.query_params) - set(known):
        raise ValidationError({name: ["Unknown parameter."] for name in sorted(unknown)})
    try:
        yield
    except BadRequest as error:
        raise ValidationError({"detail": [str(error)]}) from error


class MovementViewSet(TableViewMixin, viewsets.ViewSet):
    """Who moved between the tiers since a month end, of the accounts the token's user may see."""

    permission_keys = {"list": ROW, "moves": ROW}

    @extend_schema(parameters=PARAMETERS[:1], responses=MovementSerializer)
    def list(self, request):
        """How many accounts went from which tier to which, and what they bring."""
        with readable(request, ("since",)):
            found, _places = chosen_places(request)
        return Response(MovementSerializer(found).data)

    @extend_schema(parameters=PARAMETERS, responses=MoveSerializer(many=True))
    @action(detail=False)
    def moves(self, request):
        """The accounts behind the figures, the greatest revenue first."""
        with readable(request, (*CHOICES, "page", "page_size")):
            found, places = chosen_places(request)
        pages = PageNumberPagination()
        page = pages.paginate_queryset(places, request, view=self)
        return pages.get_paginated_response(MoveSerializer(movement.moves(found, page), many=True).data)
