import structlog
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from core.access import public
from kam import health


@public
def healthz(request):
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
def readyz(request):
    """What is configured, and whether it works; 503 when pages cannot be served."""
    checks = health.check_all()
    state = health.status(checks)
    answers = {check.name: {"ok": check.is_ok, "vital": check.is_vital, "detail": check.detail} for check in checks}
    return JsonResponse({"status": state, "checks": answers}, status=503 if state == health.FAILED else 200)


def server_error(request):
    """The answer to our own mistakes: no trace, but the id under which the log has it."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "Something broke on our side.", "request_id": request_id}, status=500)
    return HttpResponse(render_to_string("500.html", {"request_id": request_id}), status=500)
