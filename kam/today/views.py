"""Home is work, not charts."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from accounts.lunar import lunar_text
from core.access import permission
from core.periods import business_date
from kam.today.selectors import today_of
from users.choices import Role


@permission("account.read_list_search")
def home(request: HttpRequest) -> HttpResponse:
    """Today: the plan of the day, then the cards by urgency."""
    on = business_date()
    context = {
        "today": today_of(request.user, on),
        "lunar": lunar_text(on, get_language() or ""),
        "hour": timezone.localtime().hour,
        "can_write": request.user.role != Role.EXECUTIVE,
        "next_workday": next_workday(on),
    }
    return render(request, "kam/today.html", context)


def next_workday(day):
    """The first day after ``day`` from Monday to Friday: when one tap plans a visit."""
    return day + timedelta(days={4: 3, 5: 2}.get(day.weekday(), 1))
