from django.urls import path

from kam.imports import views

urlpatterns = [
    path("imports/", views.ImportListView.as_view(), name="import_list"),
    path("imports/export.<str:kind>", views.ImportListView.as_export_view(), name="import_list_export"),
    path("imports/new/", views.import_upload, name="import_upload"),
    path("imports/<int:pk>/", views.import_page, name="import_page"),
    path("imports/<int:pk>/progress/", views.import_progress, name="import_progress"),
    path("imports/<int:pk>/layout/", views.import_layout, name="import_layout"),
    path("imports/<int:pk>/check/", views.import_check, name="import_check"),
    path("imports/<int:pk>/columns/", views.import_reopen, name="import_reopen"),
    path("imports/<int:pk>/start/", views.import_start, name="import_start"),
    path("imports/<int:pk>/cancel/", views.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/undo/", views.import_undo, name="import_undo"),
    path("imports/<int:pk>/rejected/", views.import_rejected, name="import_rejected"),
    path("imports/<int:pk>/source/", views.import_source, name="import_source"),
]
