"""What no view has to think of: bodies have a size, and an address holds only parameters that its page knows.

A page that reads parameters names them (``@permission(row, parameters=("q",))`` or the attribute ``parameters``); None
says that it judges them by itself, as lists and the API do with their filters. A page that takes files names its limit
in ``max_body_bytes``.
"""

from django.conf import settings
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse

TOO_LARGE = "The request body is too large."
SAFE_METHODS = ("GET", "HEAD")


class StrictRequestMiddleware:
    """413 for a body beyond the limit of its page, before anything of it is read; 400 for an unknown parameter."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        if content_length(request) > limit_of(view, request):
            return too_large(request)
        if request.method in SAFE_METHODS and not knows_parameters(view, request.GET):
            return HttpResponseBadRequest("Unknown parameter.", content_type="text/plain")
        return None


def content_length(request) -> int:
    """The announced length of the body; 0 where none is announced, because then the server reads none."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def limit_of(view, request) -> int:
    """Bytes; the larger limit of a page is for files alone."""
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    view = getattr(view, "cls", view)  # an API view says it on its class
    return getattr(view, "max_body_bytes", usual) if request.content_type == "multipart/form-data" else usual


def knows_parameters(view, query) -> bool:
    """Whether the page behind ``view`` knows every parameter of the address, and none holds a NUL character."""
    if any("\x00" in text for name, values in query.lists() for text in (name, *values)):
        return False
    known = parameters_of(view)
    return known is None or set(query) <= set(known)


def parameters_of(view) -> tuple[str, ...] | None:
    """The names that a page declares; None when it judges them by itself."""
    if hasattr(view, "cls"):  # an API view: filters judge, answers are JSON
        return None
    return getattr(view, "parameters", getattr(getattr(view, "view_class", None), "parameters", ()))


def too_large(request) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": TOO_LARGE}, status=413)
    return HttpResponse(TOO_LARGE, status=413, content_type="text/plain")
