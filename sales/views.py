"""Pages of orders, receivables, payments and products."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from core.access import permission
from core.periods import business_date
from core.views import RecordListView
from sales import filters, selectors, tables
from sales.permissions import may_read_cost

READ = "order_receivable_payment.read"


class OrderListView(RecordListView):
    permission_key = READ
    table_class = tables.OrderTable
    filterset_class = filters.OrderFilter
    title = _("Orders")
    icon_name = "shopping-cart"
    empty_title = _("No orders yet")
    empty_text = _("Orders arrive by import: choose a file of orders or order lines.")
    export_url_name = "sales:order_export"

    def get_queryset(self):
        return selectors.order_rows(self.request.user)


class ReceivableListView(RecordListView):
    permission_key = READ
    table_class = tables.ReceivableTable
    filterset_class = filters.ReceivableFilter
    title = _("Receivables")
    icon_name = "receipt"
    empty_title = _("No receivables yet")
    empty_text = _("Invoices with a due date appear here, the oldest first.")
    export_url_name = "sales:receivable_export"

    def get_queryset(self):
        return selectors.receivable_rows(self.request.user, as_of=business_date())


class PaymentListView(RecordListView):
    permission_key = READ
    table_class = tables.PaymentTable
    filterset_class = filters.PaymentFilter
    title = _("Payments")
    icon_name = "cash"
    empty_title = _("No payments yet")
    empty_text = _("Money received and credit notes appear here, the latest first.")
    export_url_name = "sales:payment_export"

    def get_queryset(self):
        return selectors.payment_rows(self.request.user)


class ProductListView(RecordListView):
    permission_key = READ
    table_class = tables.ProductTable
    filterset_class = filters.ProductFilter
    title = _("Products")
    icon_name = "package"
    empty_title = _("No products yet")
    empty_text = _("Products are created by the way when order lines are imported.")
    export_url_name = "sales:product_export"

    def get_queryset(self):
        return selectors.product_rows()


@permission(READ)
def order_page(request, pk: int):
    """One order with its lines and the receivables it led to."""
    order = get_object_or_404(selectors.order_with_lines(request.user), pk=pk)
    context = {"order": order, "may_read_cost": may_read_cost(request.user)}
    return render(request, "sales/order_page.html", context)
