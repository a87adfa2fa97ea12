"""Pages of orders, receivables, payments, products and exchange rates."""

from django.conf import settings
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import permission
from core.editing import StaleError
from core.periods import business_date
from core.views import RecordListView, announce
from sales import filters, selectors, services, tables
from sales.forms import RateForm
from sales.models import ExchangeRate
from sales.permissions import can_read_cost, can_write_rates

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
    template_name = "sales/receivable_list.html"

    def get_queryset(self):
        return selectors.receivable_rows(self.request.user, as_of=business_date())

    def get_context(self):
        state = self.request.GET.get("state", "")
        views = (*filters.ReceivableState.CHOICES, ("", _("All")))
        states = [self.choice(label, state == value, state=value) for value, label in views]
        return super().get_context() | {"states": states}


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


class RateListView(RecordListView):
    permission_key = READ
    table_class = tables.RateTable
    filterset_class = filters.RateFilter
    title = _("Exchange rates")
    icon_name = "coin"
    empty_title = _("No exchange rates yet")
    empty_text = _("Orders in another currency are imported once it has a rate from their day or before.")
    create_url_name = "sales:rate_create"
    create_label = _("New rate")
    create_permission = "configuration.write"
    export_url_name = "sales:rate_export"

    @property
    def subtitle(self) -> str:
        return gettext("What one unit is worth in %(base)s") % {"base": settings.BASE_CURRENCY}

    def get_table_class(self):
        return tables.WritableRateTable if can_write_rates(self.request.user) else tables.RateTable

    def get_queryset(self):
        return ExchangeRate.objects.all()


@permission("configuration.write")
def rate_create(request):
    form = RateForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and saved(form, services.create_rate, by=request.user, **form.values)
    ):
        announce(request, gettext("Saved."))
        return redirect("sales:rate_list")
    return render(request, "sales/rate_form.html", {"form": form}, status=form.status_code)


@permission("configuration.write")
def rate_edit(request, pk: int):
    rate = get_object_or_404(ExchangeRate, pk=pk)
    form = RateForm(request.POST or None, instance=ExchangeRate.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        edit = {"version": form.cleaned_data["version"], "changes": form.changes}
        if saved(form, services.update_rate, rate=rate, by=request.user, **edit):
            announce(request, gettext("Saved."))
            return redirect("sales:rate_list")
    return render(request, "sales/rate_form.html", {"form": form, "rate": rate}, status=form.status_code)


def saved(form: RateForm, service, **values) -> bool:
    """Whether the service took what was typed; a refusal becomes an error of the form."""
    try:
        service(**values)
    except StaleError as error:
        form.rebase(error.current)
    except services.RateError as error:
        form.add_error(error.field, error.message)
    else:
        return True
    return False


@permission(READ)
def order_page(request, pk: int):
    """One order with its lines and the receivables it led to."""
    order = get_object_or_404(selectors.order_with_lines(request.user), pk=pk)
    context = {"order": order, "may_read_cost": can_read_cost(request.user, order)}
    return render(request, "sales/order_page.html", context)
