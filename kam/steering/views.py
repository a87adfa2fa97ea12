"""The tier dashboard: where the accounts stand, what they bring, who moved since when and why."""

import io
from dataclasses import replace
from datetime import date

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core import audit, exports
from core.access import permission, role_may
from core.views import announce, in_language
from kam.nightly.permissions import can_control_runs
from kam.steering import movement, selectors, services
from kam.steering.months import builds, is_recent, month_ends, months, progress
from kam.steering.tables import MOVE_COLUMNS, TIER_COLUMNS

SHOWN_MOVES = 50
PAGE_SIZE = 50
CHOICES = ("since", "before", "after", "direction")


@permission("dashboard_report_aggregate", parameters=("since",))
def tier_dashboard(request):
    as_of = selectors.newest_day(request.user)
    overview = selectors.tier_overview(request.user, chosen_month(request, as_of))
    accounts = reverse("accounts:account_list")
    urls = {row.tier.code: f"{accounts}?tier={row.tier.code}" for row in overview.rows}
    found = overview.movement
    context = {
        "overview": overview,
        "heading": selectors.heading(overview),
        "rows": [(row, urls[row.tier.code], *move_urls(found, row.tier.code)) for row in overview.rows],
        "accounts_url": accounts,
        "pareto_heading": selectors.pareto_heading(overview),
        "pareto": selectors.pareto_chart(overview, urls),
        "may_read_levels": role_may(request.user, "configuration.read"),
        "moves": movement.moves(found, found.moved[:SHOWN_MOVES]),
        "moves_url": moves_url(found),
        "matrix": movement.cell_rows(found, lambda cell: cell_url(found, cell)),
        "flows": movement.flow_chart(found, lambda cell: cell_url(found, cell)) if found.is_kept else None,
    }
    return render(request, "steering/tiers.html", context | month_context(request, as_of))


def chosen_month(request, as_of: date | None) -> date | None:
    """The month end in the address. Raises BadRequest for what is none of the last 24 before ``as_of``."""
    text = request.GET.get("since", "")
    if not text:
        return None
    wanted = {day.isoformat(): day for day in month_ends(as_of)} if as_of else {}
    if text not in wanted:
        raise BadRequest("Unknown month.")
    return wanted[text]


def moves_url(found: movement.Movement, **choice: str) -> str:
    """The list of the accounts behind a figure."""
    since = {"since": found.since.isoformat()} if found.since else {}
    return reverse("tier_moves", query={**since, **choice} or None)


def move_urls(found: movement.Movement, code: str) -> tuple[str, str]:
    """Who came to a tier and who left it."""
    return moves_url(found, after=code, direction="moved"), moves_url(found, before=code, direction="moved")


def cell_url(found: movement.Movement, cell: movement.Cell) -> str:
    return moves_url(found, before=cell.before, after=cell.after)


def month_context(request, as_of: date | None) -> dict:
    """The picker of month ends, and how far the missing ones are."""
    if as_of is None:
        return {"months": [], "missing": 0, "builds": []}
    known = months(as_of)
    rows = [row for row in builds(month.day for month in known) if is_recent(row)]
    may_control = can_control_runs(request.user)
    return {
        "months": known,
        "missing": sum(not month.is_kept for month in known),
        "builds": rows if may_control else [],
        "is_building": any(row.state in ("waiting", "running") for row in rows),
        "progress": progress(rows),
        "may_control": may_control,
    }


@permission("dashboard_report_aggregate", parameters=(*CHOICES, "page"))
def tier_moves(request):
    """The accounts behind a cell of the picture, or all that moved, each with since when and why."""
    found, places = chosen_places(request)
    number = request.GET.get("page", "1")
    if not number.isascii() or not number.isdigit():
        raise BadRequest("Unknown page.")
    page = Paginator(places, PAGE_SIZE).get_page(number)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "found": found,
        "page": page,
        "moves": movement.moves(found, page.object_list),
        "revenue": sum(place.revenue for place in places),
        "query": query.urlencode(),
        "chosen": {name: request.GET.get(name, "") for name in CHOICES},
        "export_urls": {kind: export_url(kind, query) for kind in ("csv", "xlsx")},
    }
    return render(request, "steering/moves.html", context)


def export_url(kind: str, query) -> str:
    return f"{reverse('tier_moves_export', args=[kind])}?{query.urlencode()}"


def chosen_places(request) -> tuple[movement.Movement, list[movement.Place]]:
    """The movement and the accounts that the address asks for. Raises BadRequest."""
    before, after, direction = (request.GET.get(name, "") for name in CHOICES[1:])
    as_of = selectors.newest_day(request.user)
    since = chosen_month(request, as_of) or (month_ends(as_of, 1)[0] if as_of else None)
    found = movement.movement(request.user, since)
    if {before, after} - {"", *found.states} or direction not in ("", "moved", *movement.DIRECTIONS):
        raise BadRequest("Unknown choice.")
    if direction == "moved":
        moved = replace(found, places=tuple(found.moved))
        return found, moved.chosen(before=before, after=after)
    return found, found.chosen(before=before, after=after, direction=direction)


@permission("export", parameters=CHOICES)
def tier_moves_export(request, kind: str):
    """The same accounts as CSV or XLSX."""
    found, places = chosen_places(request)
    return file_of(request, "tier_moves", kind, MOVE_COLUMNS, movement.moves(found, places), len(places))


@permission("export")
def tier_dashboard_export(request, kind: str):
    """The tiers as CSV or XLSX, as the dashboard shows them."""
    overview = selectors.tier_overview(request.user)
    return file_of(request, "tiers", kind, TIER_COLUMNS, overview.rows, len(overview.rows))


def file_of(request, name: str, kind: str, columns, records, count: int) -> HttpResponse:
    """``records`` as CSV or XLSX, with an entry in the audit trail. Raises BadRequest for another kind."""
    if kind not in ("csv", "xlsx"):
        raise BadRequest("Unknown format.")
    filters = dict(request.GET.lists())
    audit.record(request.user, "export", request.path, filters=filters, count=count, format=kind)
    rows = ([column.export_value(row) for column in columns] for row in records)
    if kind == "csv":
        lines = in_language(exports.csv_lines(columns, rows))
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    file = io.BytesIO()
    exports.write_xlsx(columns, rows, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


@permission("run.control")
def tier_months(request):
    """How far the missing months are, for the page to ask again."""
    return render(request, "steering/_months.html", month_context(request, selectors.newest_day(request.user)))


@require_POST
@permission("run.control")
def tier_months_build(request):
    """Have the missing months made in the background."""
    as_of = selectors.newest_day(request.user)
    count = services.request_months(as_of=as_of, by=request.user) if as_of else 0
    text = ngettext("%(count)s month is being made.", "%(count)s months are being made.", count) % {"count": count}
    announce(request, text if count else _("No month is missing that is not being made already."))
    return redirect("tier_dashboard")


@require_POST
@permission("run.control")
def tier_months_cancel(request):
    services.cancel_months(by=request.user)
    announce(request, _("The making of months is stopped; what is made stays."))
    return redirect("tier_dashboard")
