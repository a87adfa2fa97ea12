"""The tier dashboard: where the accounts stand, what they bring, who moved."""

import io

from django.core.exceptions import BadRequest
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import audit, exports
from core.access import permission, role_may
from core.views import in_language
from kam.steering import selectors
from kam.steering.tables import TIER_COLUMNS

SHOWN_MOVES = 50


@permission("dashboard_report_aggregate")
def tier_dashboard(request):
    overview = selectors.tier_overview(request.user)
    accounts = reverse("accounts:account_list")
    urls = {row.tier.code: f"{accounts}?tier={row.tier.code}" for row in overview.rows}
    context = {
        "overview": overview,
        "heading": selectors.heading(overview),
        "rows": [(row, urls[row.tier.code]) for row in overview.rows],
        "accounts_url": accounts,
        "pareto_heading": selectors.pareto_heading(overview),
        "pareto": selectors.pareto_chart(overview, urls),
        "may_read_levels": role_may(request.user, "configuration.read"),
        "moves": overview.moves[:SHOWN_MOVES],
    }
    return render(request, "steering/tiers.html", context)


@permission("export")
def tier_dashboard_export(request, kind: str):
    """The tiers as CSV or XLSX, as the dashboard shows them."""
    if kind not in ("csv", "xlsx"):
        raise BadRequest("Unknown format.")
    overview = selectors.tier_overview(request.user)
    audit.record(request.user, "export", request.path, count=len(overview.rows), format=kind)
    rows = ([column.export_value(row) for column in TIER_COLUMNS] for row in overview.rows)
    if kind == "csv":
        lines = in_language(exports.csv_lines(TIER_COLUMNS, rows))
        headers = {"Content-Disposition": 'attachment; filename="tiers.csv"'}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    file = io.BytesIO()
    exports.write_xlsx(TIER_COLUMNS, rows, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="tiers.xlsx")
