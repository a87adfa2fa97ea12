from django.urls import path

from churn import views

app_name = "churn"

urlpatterns = [
    path("alerts/", views.AlertListView.as_view(), name="alert_list"),
    path("alerts/export.<str:kind>", views.alert_list_export, name="alert_list_export"),
    path("alerts/board/", views.alert_board, name="alert_board"),
    path("alerts/bulk/", views.alert_bulk, name="alert_bulk"),
    path("alerts/bulk/undo/<str:token>/", views.alert_bulk_undo, name="alert_bulk_undo"),
    path("alerts/<int:pk>/", views.alert_page, name="alert_page"),
    path("alerts/<int:pk>/acknowledge/", views.alert_acknowledge, name="alert_acknowledge"),
    path("alerts/<int:pk>/close/", views.alert_close, name="alert_close"),
    path("alerts/<int:pk>/reopen/<int:version>/", views.alert_reopen, name="alert_reopen"),
]
