import sys

import structlog
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from prometheus_client import CONTENT_TYPE_LATEST

from core.access import permission, public
from core.outages import RETRY_AFTER_SECONDS, is_outage
from kam import health
from kam.metrics import exposition, holds_token


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


@login_required
@permission("django_admin_metrics")
def metrics_for_admin(request):
    """The figures as an administrator reads them in a browser."""
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


@login_not_required
def metrics(request):
    """Figures for Prometheus, which names the token of the settings; else for who may see them."""
    if holds_token(request):
        return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
    return metrics_for_admin(request)


metrics.permission_key = metrics_for_admin.permission_key


def server_error(request):
    """The answer to our own mistakes: no trace, but the id under which the log has it.

    A database that is away is no mistake of ours: 503, and when to try again.
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    away = is_outage(sys.exc_info()[1])
    status, detail = (503, "The database cannot be reached.") if away else (500, "Something broke on our side.")
    headers = {"Retry-After": RETRY_AFTER_SECONDS} if away else {}
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": detail, "request_id": request_id}, status=status, headers=headers)
    page = render_to_string(f"{status}.html", {"request_id": request_id})
    return HttpResponse(page, status=status, headers=headers)
