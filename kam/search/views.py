"""The search page, and the suggestions below the search box."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import permission
from core.views import is_fragment
from kam.search import selectors
from kam.search.palette import palette

SUGGESTIONS = 6
RESULTS = 50


@require_safe
@permission("account.read_list_search", parameters=("q",))
def search(request):
    """Accounts and contacts for ``?q=``: a few as a fragment, more as a page."""
    text = request.GET.get("q", "")
    is_part = is_fragment(request)
    found = selectors.found(request.user, text, SUGGESTIONS if is_part else RESULTS)
    name = "kam/_search_results.html" if is_part else "kam/search.html"
    return render(request, name, {"found": found, "text": text.strip()})


@require_safe
@permission("account.read_list_search", parameters=("q", "recent"))
def palette_options(request):
    """The lines of the palette for ``?q=``; without it what was opened last (``?recent=a12,c5``), acts and pages."""
    text = request.GET.get("q", "").strip()[: selectors.LONGEST]
    groups = palette(request.user, text, request.GET.get("recent", "")[:200].split(","))
    return render(request, "kam/_palette.html", {"groups": groups, "text": text})
