"""Pages on which an administrator shapes the team tree and the departments."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import permission
from core.forms import check_posted_names
from core.views import announce
from users import selectors
from users.forms import DepartmentForm, TeamForm
from users.models import Department, Team
from users.services import teams
from users.services.errors import PeopleError


@permission("user.manage")
def team_list(request):
    context = {"teams": selectors.teams(), "departments": selectors.departments()}
    return render(request, "users/team_list.html", context)


@permission("user.manage")
def team_create(request):
    return team_form(request, None)


@permission("user.manage")
def team_edit(request, pk):
    return team_form(request, get_object_or_404(Team, pk=pk))


def team_form(request, team: Team | None):
    form = TeamForm(request.POST or None, instance=team and Team.objects.get(pk=team.pk))
    check_posted_names(request, form)
    if request.method == "POST" and form.is_valid() and save_team(request, team, form):
        return redirect("users:team_list")
    return render(request, "users/team_form.html", {"form": form, "team": team}, status=422 if form.errors else 200)


def save_team(request, team: Team | None, form) -> bool:
    """Whether the service took the change; a refusal becomes an error of the form."""
    try:
        if team:
            teams.update_team(team=team, by=request.user, **form.cleaned_data)
        else:
            teams.create_team(by=request.user, **form.cleaned_data)
    except PeopleError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The team is saved."))
    return True


@require_POST
@permission("user.manage")
def team_deactivate(request, pk):
    return act_on_team(request, pk, teams.deactivate_team, _("The team is closed."), undo="users:team_reactivate")


@require_POST
@permission("user.manage")
def team_reactivate(request, pk):
    return act_on_team(request, pk, teams.reactivate_team, _("The team is open again."), undo="users:team_deactivate")


def act_on_team(request, pk, service, text, *, undo):
    try:
        service(team=get_object_or_404(Team, pk=pk), by=request.user)
        announce(request, text, undo_url=reverse(undo, args=[pk]))
    except PeopleError as error:
        messages.error(request, str(error))
    return redirect("users:team_list")


@permission("user.manage")
def department_create(request):
    return department_form(request, None)


@permission("user.manage")
def department_edit(request, pk):
    return department_form(request, get_object_or_404(Department, pk=pk))


def department_form(request, department: Department | None):
    form = DepartmentForm(request.POST or None, instance=department)
    check_posted_names(request, form)
    if request.method == "POST" and form.is_valid():
        teams.save_department(name=form.cleaned_data["name"], by=request.user, department=department)
        messages.success(request, _("The department is saved."))
        return redirect("users:team_list")
    context = {"form": form, "department": department}
    return render(request, "users/department_form.html", context, status=422 if form.errors else 200)
