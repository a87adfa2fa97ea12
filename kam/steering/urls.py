from django.urls import path

from kam.steering import views

urlpatterns = [
    path("tiers/", views.tier_dashboard, name="tier_dashboard"),
    path("tiers/export.<str:kind>", views.tier_dashboard_export, name="tier_dashboard_export"),
    path("tiers/moves/", views.tier_moves, name="tier_moves"),
    path("tiers/moves/export.<str:kind>", views.tier_moves_export, name="tier_moves_export"),
    path("tiers/months/", views.tier_months, name="tier_months"),
    path("tiers/months/build/", views.tier_months_build, name="tier_months_build"),
    path("tiers/months/cancel/", views.tier_months_cancel, name="tier_months_cancel"),
]
