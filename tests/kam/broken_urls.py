"""Addresses with a view that fails, for the tests of error pages."""

from django.urls import path

from core.access import public
from kam.urls import handler500
from kam.urls import urlpatterns as product

SECRET = "SELECT password FROM /srv/kam/settings.py"


@public
def broken(request):
    raise RuntimeError(SECRET)


urlpatterns = [path("broken/", broken), path("api/v1/broken/", broken), *product]
__all__ = ["handler500", "urlpatterns"]
