"""Pages of the nightly runs: the list, one run that reports live, its buttons, and the schedule."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import permission
from core.views import RecordListView, announce
from kam.choices import RunTrigger
from kam.models import Run
from kam.nightly import schedule, services
from kam.nightly.filters import RunFilters
from kam.nightly.forms import RunForm, ScheduleForm
from kam.nightly.page import run_context
from kam.nightly.permissions import can_control_runs
from kam.nightly.tables import RunTable


class RunListView(RecordListView):
    permission_key = "run.read"
    table_class = RunTable
    filterset_class = RunFilters
    title = gettext_lazy("Nightly runs")
    icon_name = "moon-stars"
    empty_title = gettext_lazy("No night has been computed yet")
    empty_text = gettext_lazy("The first run starts by itself at the time of the schedule.")
    create_url_name = "run_start"
    create_label = gettext_lazy("Run now")
    create_permission = "run.control"
    export_url_name = "run_list_export"
    template_name = "kam/run_list.html"

    def get_queryset(self):
        return Run.objects.select_related("requested_by")

    def get_context(self) -> dict:
        return super().get_context() | schedule_context(self.request.user)


def schedule_context(user) -> dict:
    return {
        "schedule": schedule.nightly_schedule(),
        "zone": settings.BUSINESS_TIME_ZONE,
        "can_control": can_control_runs(user),
    }


@require_GET
@permission("run.read")
def run_page(request, pk: int):
    run = get_object_or_404(Run.objects.select_related("requested_by"), pk=pk)
    return render(request, "kam/run_page.html", run_context(run, request.user))


@require_GET
@permission("run.read")
def run_progress(request, pk: int):
    """The part of the page that changes while a run is at work; it asks for itself until the run has ended."""
    run = get_object_or_404(Run.objects.select_related("requested_by"), pk=pk)
    return render(request, "kam/_run.html", run_context(run, request.user))


@require_http_methods(["GET", "POST"])
@permission("run.control")
def run_start(request):
    form = RunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return start(request, **form.cleaned_data)
    return render(request, "kam/run_start.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@permission("run.control")
def run_again(request, pk: int):
    """Compute the night of a run once more: with the versions of its first run, or with those of today."""
    run = get_object_or_404(Run, pk=pk)
    return start(request, as_of=run.as_of, is_current_configuration=request.POST.get("configuration") == "current")


def start(request, **wish):
    """Start a run and go to its page, or to that of the run that is under way."""
    try:
        run, is_new = services.start_run(trigger=RunTrigger.PERSON, requested_by=request.user, **wish)
    except services.RunRefused as error:
        messages.error(request, str(error))
        return redirect("run_list")
    if not is_new:
        messages.warning(request, _("A run is already under way. Start again when it has ended."))
    return redirect("run_page", run.pk)


@require_POST
@permission("run.control")
def run_repair(request, pk: int):
    """Compute again the accounts whose data stopped a step."""
    run = get_object_or_404(Run, pk=pk)
    try:
        run, _is_new = services.repair_run(run, requested_by=request.user)
    except services.RunRefused as error:
        messages.error(request, str(error))
    return redirect("run_page", run.pk)


@require_POST
@permission("run.control")
def run_cancel(request, pk: int):
    run = get_object_or_404(Run, pk=pk)
    try:
        services.request_cancel(run)
        announce(request, _("The run ends at its next pause."))
    except services.RunRefused as error:
        messages.error(request, str(error))
    return redirect("run_page", run.pk)


@require_http_methods(["GET", "POST"])
@permission("run.control")
def nightly_schedule(request):
    now = schedule.nightly_schedule()
    form = ScheduleForm(request.POST or None, initial={"at": now.at, "is_enabled": now.is_enabled})
    if request.method == "POST" and form.is_valid():
        schedule.change_schedule(**form.cleaned_data)
        announce(request, _("The schedule was saved."))
        return redirect("run_list")
    context = {"form": form, "zone": settings.BUSINESS_TIME_ZONE}
    return render(request, "kam/schedule.html", context, status=422 if form.errors else 200)
