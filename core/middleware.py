"""Request-wide behaviour: the user's language and clock, no caching of private pages, answers fit for htmx."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from core.periods import business_zone

LEVELS = {"error": "bad", "warning": "warn"}


class UserPreferencesMiddleware:
    """A signed-in user reads pages in their own language and time zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        zone = ZoneInfo(user.time_zone) if user.time_zone else business_zone()
        with translation.override(user.language), timezone.override(zone):
            request.LANGUAGE_CODE = user.language
            return self.get_response(request)


class PrivateResponseMiddleware:
    """What a signed-in user sees is never kept by a cache, and htmx answers never stand in for whole pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response


class HtmxMiddleware:
    """Makes answers fit for htmx: a sign-in redirect moves the whole page, messages become toasts."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not request.htmx:
            return response
        if response.status_code == 302 and response["Location"].startswith(resolve_url(settings.LOGIN_URL)):
            return to_sign_in(request)
        if response.status_code < 300 and not ({"HX-Redirect", "HX-Refresh", "HX-Location"} & set(response.headers)):
            send_toasts(request, response)
        return response


def to_sign_in(request) -> HttpResponse:
    """401 that sends the browser to the sign-in page, and from there back to the page it is on."""
    try:
        here = urlsplit(request.htmx.current_url or "")
    except ValueError:  # the header is the sender's, and not every text is an address
        here = urlsplit("/")
    query = QueryDict(mutable=True)
    query["next"] = f"{here.path or '/'}?{here.query}" if here.query else here.path or "/"
    return HttpResponse(
        status=401, headers={"HX-Redirect": f"{resolve_url(settings.LOGIN_URL)}?{query.urlencode(safe='/')}"}
    )


def send_toasts(request, response) -> None:
    """Hand the waiting messages to the page as an event; nothing where the answer shows them itself."""
    toasts = [
        {"text": str(message), "level": LEVELS.get(message.level_tag, "ok"), "undo": message.extra_tags or ""}
        for message in messages.get_messages(request)
    ]
    if toasts:
        trigger_client_event(response, "toast", {"toasts": toasts})
