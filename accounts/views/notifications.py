"""What a colleague was told: the bell in the head of every page, the list behind it, and what they want to hear."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.filters import NotificationFilter
from accounts.forms import NotificationSettingsForm, ReadAllForm
from accounts.models import Notification
from accounts.selectors import notification_rows, wanted_kinds
from accounts.tables import NotificationTable
from core.access import permission
from core.answers import acted, refused
from core.forms import check_posted_names
from core.views import RecordListView, announce

OWN = "profile.own"
LIST = "accounts:notification_list"
IN_THE_BELL = 8


class NotificationListView(RecordListView):
    permission_key = OWN
    table_class = NotificationTable
    filterset_class = NotificationFilter
    title = gettext_lazy("Notifications")
    icon_name = "bell"
    empty_title = gettext_lazy("Nothing new")
    empty_text = gettext_lazy("New alerts, tasks, approvals and mentions are told here.")
    template_name = "accounts/notification_list.html"
    fragment_name = "accounts/_notifications.html"

    def get_queryset(self):
        return notification_rows(self.request.user)

    def get_context(self):
        state = self.request.GET.get("is_read", "")
        choices = (("", _("All")), ("false", _("Unread")), ("true", pgettext("notification", "Read")))
        return super().get_context() | {
            "now": timezone.now(),
            "states": [
                {"label": label, "url": self.url_with(is_read=value), "is_current": state == value}
                for value, label in choices
            ],
        }


@require_GET
@permission(OWN)
def bell(request: HttpRequest) -> HttpResponse:
    """The newest notifications, for the menu under the bell."""
    rows = notification_rows(request.user)[:IN_THE_BELL]
    return render(request, "accounts/_bell.html", {"rows": rows, "now": timezone.now()})


def told(request: HttpRequest, pk: int) -> Notification:
    """The user's own notification, else 404."""
    return get_object_or_404(notification_rows(request.user), pk=pk)


@require_POST
@permission(OWN)
def open_notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where it happened, and count it as read."""
    notification = told(request, pk)
    services.mark_read(notification=notification)
    return redirect(notification.url)


@require_POST
@permission(OWN)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    services.mark_read(notification=told(request, pk))
    undo = reverse("accounts:notification_unread", args=[pk])
    return acted(request, _("Marked as read."), to=reverse(LIST), undo_url=undo)


@require_POST
@permission(OWN)
def unread(request: HttpRequest, pk: int) -> HttpResponse:
    services.mark_unread(notification=told(request, pk))
    return acted(request, _("Unread again."), to=reverse(LIST))


@require_POST
@permission(OWN)
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything that the page showed as read; what came since stays unread."""
    form = ReadAllForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Reload the page and try again."), to=reverse(LIST))
    count, moment = services.mark_all_read(user=request.user, **form.cleaned_data)
    text = ngettext("%(count)s notification marked as read.", "%(count)s notifications marked as read.", count)
    undo = reverse("accounts:notification_unread_all", args=[moment.isoformat()]) if count else ""
    return acted(request, text % {"count": count}, to=reverse(LIST), undo_url=undo)


@require_POST
@permission(OWN)
def unread_all(request: HttpRequest, moment: str) -> HttpResponse:
    """Take back what was marked as read at one moment."""
    try:
        when = parse_datetime(moment)
    except ValueError:
        when = None
    if when is None or timezone.is_naive(when):
        raise Http404
    services.take_back_reading(user=request.user, moment=when)
    return acted(request, _("Unread again."), to=reverse(LIST))


@permission(OWN)
def notification_settings(request: HttpRequest) -> HttpResponse:
    form = NotificationSettingsForm(request.POST or None, initial={"kinds": wanted_kinds(request.user)})
    if request.method == "POST":
        form = NotificationSettingsForm(request.POST)
        check_posted_names(request, form)
    if form.is_bound and form.is_valid():
        services.change_notification_settings(user=request.user, wanted=form.cleaned_data["kinds"])
        announce(request, _("Your choice is saved."))
        return redirect("accounts:notification_settings")
    return render(request, "accounts/notification_settings.html", {"form": form}, status=422 if form.errors else 200)
