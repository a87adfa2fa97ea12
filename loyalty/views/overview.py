"""What the points of all accounts come to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import permission
from loyalty.choices import EntryKind
from loyalty.filters import CREDITED
from loyalty.selectors.overview import entries_url, month_chart, points_overview
from loyalty.selectors.redemptions import waiting_corrections, waiting_redemptions


@permission("dashboard_report_aggregate")
def overview(request: HttpRequest) -> HttpResponse:
    found = points_overview(request.user)
    kinds = {"earned": CREDITED, "redeemed": EntryKind.COMMIT, "expired": EntryKind.EXPIRE}
    context = {
        "overview": found,
        "chart": month_chart(found),
        "urls": {name: entries_url(kind, found.since, found.on) for name, kind in kinds.items()},
        "waiting": waiting_redemptions(request.user).count(),
        "corrections": waiting_corrections(request.user).count(),
    }
    return render(request, "loyalty/overview.html", context)
