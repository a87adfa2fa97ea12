"""Orders over the API: read only; they arrive by import."""

from rest_framework import serializers, viewsets

from core.access import SENSITIVE_ROW, may_everywhere
from core.api import TableViewMixin
from sales import selectors
from sales.filters import OrderFilter
from sales.models import Order, OrderLine
from sales.permissions import can_read_cost
from sales.tables import OrderTable


class OrderLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderLine
        fields = [
            "position",
            "product_code",
            "description",
            "quantity",
            "unit_price",
            "discount_rate",
            "amount",
            "cost_amount",
        ]


class OrderSerializer(serializers.ModelSerializer):
    """An order; what it cost us is left out for those who may not read it."""

    account_code = serializers.CharField(source="account.code")
    lines = OrderLineSerializer(many=True)

    class Meta:
        model = Order
        fields = [
            "id",
            "account",
            "account_code",
            "order_number",
            "kind",
            "ordered_on",
            "amount",
            "currency",
            "currency_amount",
            "cancelled_on",
            "channel",
            "units",
            "cost_amount",
            "lines",
        ]

    def to_representation(self, order):
        content = super().to_representation(order)
        user = self.context["request"].user
        if not (may_everywhere(user, SENSITIVE_ROW) or (self.parent is None and can_read_cost(user, order))):
            del content["cost_amount"]
            for line in content["lines"]:
                del line["cost_amount"]
        return content


class OrderViewSet(TableViewMixin, viewsets.ReadOnlyModelViewSet):
    """Sales and returns of the accounts the token's user may see."""

    permission_keys = {"list": "order_receivable_payment.read", "retrieve": "order_receivable_payment.read"}
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    table_class = OrderTable
    queryset = Order.objects.none()

    def get_queryset(self):
        return selectors.order_with_lines(self.request.user)
