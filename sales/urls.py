from django.urls import path

from sales import views

app_name = "sales"

urlpatterns = [
    path("orders/", views.OrderListView.as_view(), name="order_list"),
    path("orders/export.<str:kind>", views.OrderListView.as_export_view(), name="order_export"),
    path("orders/<int:pk>/", views.order_page, name="order_page"),
    path("receivables/", views.ReceivableListView.as_view(), name="receivable_list"),
    path("receivables/export.<str:kind>", views.ReceivableListView.as_export_view(), name="receivable_export"),
    path("payments/", views.PaymentListView.as_view(), name="payment_list"),
    path("payments/export.<str:kind>", views.PaymentListView.as_export_view(), name="payment_export"),
    path("exchange-rates/", views.RateListView.as_view(), name="rate_list"),
    path("exchange-rates/export.<str:kind>", views.RateListView.as_export_view(), name="rate_export"),
    path("exchange-rates/new/", views.rate_create, name="rate_create"),
    path("exchange-rates/<int:pk>/edit/", views.rate_edit, name="rate_edit"),
    path("products/", views.ProductListView.as_view(), name="product_list"),
    path("products/export.<str:kind>", views.ProductListView.as_export_view(), name="product_export"),
]
