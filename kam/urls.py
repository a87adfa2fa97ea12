"""All addresses, app by app."""

from django.urls import include, path

from kam import views
from kam.account_page import views as account_page
from kam.search.views import palette_options, search
from kam.today.views import home

handler500 = "kam.views.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("accounts/<int:pk>/", account_page.account_page, name="account_page"),
    path("accounts/<int:pk>/people/", account_page.account_people, name="account_people"),
    path("accounts/<int:pk>/activity/", account_page.account_activity, name="account_activity"),
    path("accounts/<int:pk>/money/", account_page.account_money, name="account_money"),
    path("accounts/<int:pk>/points/", account_page.account_points, name="account_points"),
    path("accounts/<int:pk>/timeline/", account_page.account_timeline, name="account_timeline"),
    path("accounts/<int:pk>/chart/", account_page.account_chart, name="account_chart"),
    path("search/", search, name="search"),
    path("palette/", palette_options, name="palette"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("api/v1/", include("kam.api_urls")),
    path("api/v1/", include("kam.records.api_urls")),
    path("", include("kam.nightly.urls")),
    path("", include("kam.imports.urls")),
    path("", include("kam.records.urls")),
    path("", include("kam.configuration.urls")),
    path("", include("kam.steering.urls")),
    path("", include("users.urls")),
    path("", include("accounts.urls")),
    path("", include("sales.urls")),
    path("", include("segmentation.urls")),
    path("", include("churn.urls")),
    path("", include("loyalty.urls")),
]
