"""How a view answers an act: back to where it came from with a toast, or in place for htmx."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.views import announce, is_fragment


def back_url(request, fallback: str) -> str:
    """The address in ``next`` when it is one of ours, else ``fallback``."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_ours else fallback


def acted(request, text: str, *, to: str, undo_url: str = "") -> HttpResponse:
    """The answer to an act: for htmx nothing in place of the card and a toast, else back to ``next`` or ``to``."""
    target = back_url(request, to)
    announce(request, text, undo_url=undo_url and f"{undo_url}?{urlencode({'next': target})}")
    return HttpResponse() if is_fragment(request) else HttpResponseRedirect(target)


def refused(request, text: str, *, to: str) -> HttpResponse:
    """The answer to an act that could not be done: the reason in a toast, and nothing else changes."""
    messages.warning(request, text)
    return HttpResponse(status=204) if is_fragment(request) else HttpResponseRedirect(back_url(request, to))
