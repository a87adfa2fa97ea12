"""The search page, and the suggestions below the search box."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access import permission
from core.views import is_fragment
from kam.search import selectors

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
