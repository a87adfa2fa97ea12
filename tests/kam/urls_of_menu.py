"""Two addresses of the menu, for tests of who sees them."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [
    path("", lambda request: HttpResponse(), name="home"),
    path("runs/", lambda request: HttpResponse(), name="run_list"),
]
