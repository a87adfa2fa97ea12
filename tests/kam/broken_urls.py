"""Addresses with a view that fails, for the tests of error pages."""

from django.db import OperationalError
from django.urls import path

from core.access import public
from kam.urls import handler500
from kam.urls import urlpatterns as product

SECRET = "SELECT password FROM /srv/kam/settings.py"


@public
def broken(request):
    raise RuntimeError(SECRET)


@public
def away(request):
    raise OperationalError(SECRET)


urlpatterns = [
    path("broken/", broken),
    path("api/v1/broken/", broken),
    path("away/", away),
    path("api/v1/away/", away),
    *product,
]
__all__ = ["handler500", "urlpatterns"]
