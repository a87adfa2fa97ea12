from django.urls import path

from kam.configuration import views

VERSIONS = "settings/versions/<slug:kind>/<slug:key>/"

urlpatterns = [
    path("settings/value-score/", views.value_score_settings, name="value_score_settings"),
    path("settings/tiers/", views.tier_settings, name="tier_settings"),
    path("settings/service-levels/", views.service_level_settings, name="service_level_settings"),
    path("settings/points-rules/", views.points_rules_settings, name="points_rules_settings"),
    path("settings/alert-rules/", views.alert_rule_list, name="alert_rule_list"),
    path("settings/alert-rules/<slug:key>/", views.alert_rule_settings, name="alert_rule_settings"),
    path("settings/alert-rules/<slug:key>/replay/", views.alert_rule_replay, name="alert_rule_replay"),
    path("settings/alert-rules/<slug:key>/try/", views.alert_rule_try, name="alert_rule_try"),
    path(f"{VERSIONS}draft/", views.configuration_draft, name="configuration_draft"),
    path(f"{VERSIONS}publish/", views.configuration_publish, name="configuration_publish"),
    path(f"{VERSIONS}discard/", views.configuration_discard, name="configuration_discard"),
    path(f"{VERSIONS}roll-back/<int:number>/", views.configuration_roll_back, name="configuration_roll_back"),
]
