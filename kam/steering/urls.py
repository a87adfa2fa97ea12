from django.urls import path

from kam.steering import views

urlpatterns = [
    path("tiers/", views.tier_dashboard, name="tier_dashboard"),
    path("tiers/export.<str:kind>", views.tier_dashboard_export, name="tier_dashboard_export"),
]
