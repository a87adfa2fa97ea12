"""Tasks and promises: list, form, done, moved, not needed."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import services
from accounts.filters import DUE_CHOICES, TaskFilter
from accounts.forms import DayForm, TaskForm
from accounts.models import Task
from accounts.permissions import can_write_task
from accounts.selectors import task_rows
from accounts.services.errors import AccountsError, StateError
from accounts.tables import TaskTable
from core.access import permission
from core.answers import acted, refused
from core.formats import day
from core.idempotency import make_once
from core.undo import read_undo, undo_token
from core.views import RecordListView, announce

LIST = "accounts:task_list"


class TaskListView(RecordListView):
    permission_key = "account.read_list_search"
    table_class = TaskTable
    filterset_class = TaskFilter
    title = gettext_lazy("Tasks")
    icon_name = "checkbox"
    empty_title = gettext_lazy("Nothing to do")
    empty_text = gettext_lazy("Tasks and promises come from visits, or you write one down.")
    create_url_name = "accounts:task_create"
    create_label = gettext_lazy("New task")
    create_permission = "interaction_task_case.write"
    export_url_name = "accounts:task_list_export"
    template_name = "accounts/task_list.html"

    def get_queryset(self):
        return task_rows(self.request.user)

    def get_context(self):
        due, mine = self.query.get("due", ""), self.query.get("is_mine", "")
        return super().get_context() | {
            "whose": [
                self.choice(label, mine == value, is_mine=value)
                for value, label in (("true", _("Mine")), ("", _("All")))
            ],
            "buckets": [self.choice(label, due == value, due=value) for value, label in (("", _("All")), *DUE_CHOICES)],
        }


def seen_task(request: HttpRequest, pk: int) -> Task:
    """The task if the user sees it, else 404."""
    return get_object_or_404(task_rows(request.user).select_related("account__team", "interaction"), pk=pk)


@permission("account.read_list_search")
def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    task = seen_task(request, pk)
    context = {
        "task": task,
        "can_write": can_write_task(request.user, task),
        "form": DayForm(initial={"on": task.due_on}),
    }
    return render(request, "accounts/task_page.html", context)


@permission("interaction_task_case.write", parameters=("account",))
def task_create(request: HttpRequest) -> HttpResponse:
    form = TaskForm(request.POST or None, user=request.user, initial={"account": request.GET.get("account")})
    if request.method == "POST" and form.is_valid():
        try:
            task = make_once(
                user=request.user,
                sent=request.POST,
                model=Task,
                act=lambda: services.create_task(by=request.user, **form.cleaned_data),
            )
        except AccountsError as error:
            form.add_error(error.field or None, error.message)
        else:
            announce(request, _("The task was written down."))
            return redirect("accounts:task_page", task.pk)
    return render(request, "accounts/task_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@permission("interaction_task_case.write")
def task_complete(request: HttpRequest, pk: int) -> HttpResponse:
    return act(request, pk, services.complete_task, _("Done: %(title)s"))


@require_POST
@permission("interaction_task_case.write")
def task_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return act(request, pk, services.cancel_task, _("Not needed: %(title)s"))


def act(request: HttpRequest, pk: int, service, text: str) -> HttpResponse:
    """Do one thing to a task, with the offer to take it back."""
    task = seen_task(request, pk)
    try:
        service(task=task, by=request.user)
    except StateError as error:
        return refused(request, error.message, to=reverse(LIST))
    undo = reverse("accounts:task_reopen", args=[pk])
    return acted(request, text % {"title": task.title}, to=reverse(LIST), undo_url=undo)


@require_POST
@permission("interaction_task_case.write")
def task_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    task = seen_task(request, pk)
    try:
        services.reopen_task(task=task, by=request.user)
    except StateError as error:
        return refused(request, error.message, to=reverse(LIST))
    return acted(request, _("Open again: %(title)s") % {"title": task.title}, to=reverse(LIST))


@require_POST
@permission("interaction_task_case.write")
def task_reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    task = seen_task(request, pk)
    form = DayForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Choose a day."), to=reverse("accounts:task_page", args=[pk]))
    token = undo_token(request.user, "task_day", pk=pk, on=task.due_on.isoformat())
    return move_task(request, task, form.cleaned_data["on"], undo=reverse("accounts:task_day_undo", args=[token]))


def move_task(request: HttpRequest, task: Task, on: date, *, undo: str = "") -> HttpResponse:
    try:
        services.reschedule_task(task=task, by=request.user, due_on=on)
    except StateError as error:
        return refused(request, error.message, to=reverse(LIST))
    text = _("%(title)s is due on %(day)s.") % {"title": task.title, "day": day(task.due_on)}
    return acted(request, text, to=reverse(LIST), undo_url=undo)


@require_POST
@permission("interaction_task_case.write")
def task_day_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Undo `task_reschedule`."""
    values = read_undo(request.user, "task_day", token)
    return move_task(request, seen_task(request, values["pk"]), date.fromisoformat(values["on"]))
