"""Saving, changing and taking away views of lists, and the choice of columns."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import permission
from core.answers import acted, refused
from core.views import announce, list_of, list_url
from users.forms import ColumnsForm, SavedViewForm, ViewQueryForm
from users.models import SavedView
from users.permissions import can_change_view
from users.selectors import saved_views
from users.services import saved_views as services
from users.services.errors import PeopleError

READ = "account.read_list_search"


def url_of_view(view: SavedView) -> str:
    return f"{list_url(view.list_key)}?view={view.pk}"


def seen_view(request: HttpRequest, pk: int) -> SavedView:
    """The view if the user finds it above a list, else 404."""
    return get_object_or_404(saved_views(request.user), pk=pk)


def own_view(request: HttpRequest, pk: int, *, is_deleted: bool = False) -> SavedView:
    """The view for changing it: 404 when unseen, 403 when it is another's."""
    rows = SavedView.objects.visible_to(request.user) if is_deleted else saved_views(request.user)
    view = get_object_or_404(rows, pk=pk)
    if not can_change_view(request.user, view):
        raise PermissionDenied
    return view


def checked_query(request: HttpRequest, list_key: str, text: str) -> str:
    """``text`` with the columns it shows. BadRequest for what the list does not know for this user."""
    target = list_of(request, list_key)
    query = QueryDict(text, mutable=True)
    for name in ("page", "view", "base"):
        query.pop(name, None)
    if target.unknown_parts(query):
        raise BadRequest("Unknown parameter.")
    if "columns" not in query:
        table = target.get_table_class()(request.user)
        table.prefer(request.user.list_settings.get(list_key, {}).get("columns", ()))
        query["columns"] = ",".join(column.key for column in table.visible_columns)
    return query.urlencode()


@require_POST
@permission(READ)
def view_create(request: HttpRequest) -> HttpResponse:
    """Keep the list as it is shown under a name."""
    form = ViewQueryForm(request.POST, user=request.user)
    if not form.is_valid():
        return refused(request, first_error(form), to=safe_list_url(request))
    values = {name: form.cleaned_data[name] for name in ("list_key", "name", "sharing")}
    query = checked_query(request, values["list_key"], form.cleaned_data["query"])
    try:
        view = services.create_view(by=request.user, query=query, **values)
    except PeopleError as error:
        return refused(request, str(error), to=f"{list_url(values['list_key'])}?{query}")
    announce(request, _("The view “%(name)s” is saved.") % {"name": view}, undo_url=reverse_of("view_delete", view))
    return redirect(url_of_view(view))


def reverse_of(name: str, view: SavedView) -> str:
    return reverse(f"users:{name}", args=[view.pk])


def first_error(form) -> str:
    return next(iter(form.errors.values()))[0]


def safe_list_url(request: HttpRequest) -> str:
    return list_url(request.POST.get("list_key", ""))


@permission(READ)
def view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, sharing, and whether the list opens with it."""
    view = own_view(request, pk)
    settings = request.user.list_settings.get(view.list_key, {})
    initial = {"is_default": settings.get("default") == view.pk}
    form = SavedViewForm(request.POST or None, instance=view, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid() and save_edit(request, form):
        announce(request, _("Saved."))
        return redirect(url_of_view(view))
    context = {"form": form, "view": SavedView.objects.get(pk=pk), "list_url": url_of_view(view)}
    return render(request, "users/view_form.html", context, status=422 if form.errors else 200)


def save_edit(request: HttpRequest, form: SavedViewForm) -> bool:
    """Whether the services took it; a refusal becomes an error of the form."""
    view = SavedView.objects.get(pk=form.instance.pk)
    values = {name: form.cleaned_data[name] for name in ("name", "sharing")}
    try:
        services.update_view(view=view, by=request.user, **values)
    except PeopleError as error:
        form.add_error("name", str(error))
        return False
    if "is_default" in form.changed_data:
        chosen = view if form.cleaned_data["is_default"] else None
        services.set_default_view(user=request.user, list_key=view.list_key, view=chosen)
    return True


@require_POST
@permission(READ)
def view_update(request: HttpRequest, pk: int) -> HttpResponse:
    """The view becomes what the list shows now; also how a broken one is repaired."""
    view = own_view(request, pk)
    query = checked_query(request, view.list_key, request.POST.get("query", "")[:2000])
    services.update_view(view=view, by=request.user, query=query)
    announce(request, _("The view “%(name)s” is saved.") % {"name": view})
    return redirect(url_of_view(view))


@require_POST
@permission(READ)
def view_default(request: HttpRequest, pk: int) -> HttpResponse:
    """The list opens with this view from now on; asked again, with everything."""
    view = seen_view(request, pk)
    is_default = request.user.list_settings.get(view.list_key, {}).get("default") == view.pk
    services.set_default_view(user=request.user, list_key=view.list_key, view=None if is_default else view)
    text = _("The list opens with all rows again.") if is_default else _("The list opens with “%(name)s” from now on.")
    return acted(request, text % {"name": view}, to=url_of_view(view), undo_url=reverse_of("view_default", view))


@require_POST
@permission(READ)
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = own_view(request, pk)
    services.delete_view(view=view, by=request.user)
    announce(request, _("The view “%(name)s” is deleted.") % {"name": view}, undo_url=reverse_of("view_restore", view))
    return redirect(list_url(view.list_key))


@require_POST
@permission(READ)
def view_restore(request: HttpRequest, pk: int) -> HttpResponse:
    view = own_view(request, pk, is_deleted=True)
    try:
        services.restore_view(view=view, by=request.user)
    except PeopleError as error:
        return refused(request, str(error), to=list_url(view.list_key))
    announce(request, _("The view “%(name)s” is back.") % {"name": view})
    return redirect(url_of_view(view))


@require_POST
@permission(READ)
def list_columns(request: HttpRequest) -> HttpResponse:
    """Which columns a list shows and in which order: kept for the user, or part of the view they look at."""
    form = ColumnsForm(request.POST)
    if not form.is_valid():
        raise BadRequest("Unknown column.")
    data = form.cleaned_data
    target = list_of(request, data["list_key"])
    keys = tuple(request.POST.getlist("column"))
    keys = () if data["reset"] else moved(keys, data["move"])
    table = target.get_table_class()(request.user)
    if not table.has_columns(",".join(keys)):
        raise BadRequest("Unknown column.")
    query = QueryDict(checked_query(request, data["list_key"], data["query"]), mutable=True)
    query.pop("columns", None)
    if data["base"]:
        query["base"] = str(data["base"])
        query["columns"] = ",".join((*table.fixed, *keys))
    else:
        services.set_columns(user=request.user, list_key=data["list_key"], columns=keys)
    return redirect(f"{list_url(data['list_key'])}?{query.urlencode()}" if query else list_url(data["list_key"]))


def moved(keys: tuple[str, ...], move: str) -> tuple[str, ...]:
    """``keys`` with one of them a place further to the front ("up:tier") or to the back ("down:tier").

    >>> moved(("a", "b", "c"), "up:c")
    ('a', 'c', 'b')
    """
    way, _colon, key = move.partition(":")
    if key not in keys:
        return keys
    rest = [name for name in keys if name != key]
    place = keys.index(key) + (1 if way == "down" else -1)
    place = max(0, place)
    return (*rest[:place], key, *rest[place:])
