from django.urls import path

from kam.nightly import views

urlpatterns = [
    path("runs/", views.RunListView.as_view(), name="run_list"),
    path("runs/export.<str:kind>", views.RunListView.as_export_view(), name="run_list_export"),
    path("runs/start/", views.run_start, name="run_start"),
    path("runs/<int:pk>/", views.run_page, name="run_page"),
    path("runs/<int:pk>/progress/", views.run_progress, name="run_progress"),
    path("runs/<int:pk>/again/", views.run_again, name="run_again"),
    path("runs/<int:pk>/repair/", views.run_repair, name="run_repair"),
    path("runs/<int:pk>/cancel/", views.run_cancel, name="run_cancel"),
    path("settings/nightly/", views.nightly_schedule, name="nightly_schedule"),
]
