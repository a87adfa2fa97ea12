"""The list base: visible rows → filters → order → page, as a whole page, as an htmx fragment, or as a file."""

import tempfile
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import audit, exports
from core.access import PermissionRequiredMixin, check_row, role_may
from core.filters import Chip, FilterSet
from core.list_state import ListState, kept_for
from core.paging import CountingPaginator
from core.tables import Table

PAGE_SIZE = 50
PAGE_SIZES = (25, 50, 100, 200)
EXPORT_ROW = "export"
EXPORT_CHUNK = 2000


def announce(request, text: str, *, undo_url: str = "") -> None:
    """Tell the user what was done, in a toast; with ``undo_url`` it offers to take it back (by POST)."""
    messages.success(request, text, extra_tags=undo_url)


def is_fragment(request) -> bool:
    """Whether htmx asks for a part of the page."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


class RecordListView(PermissionRequiredMixin, View):
    """A list of records: set ``permission_key``, ``table_class``, ``filterset_class``, ``title``, ``get_queryset``."""

    table_class: type[Table]
    filterset_class: type[FilterSet]
    title: str = ""
    subtitle: str = ""
    icon_name: str = "list"
    empty_title: str = _("Nothing here yet")
    empty_text: str = ""
    create_url_name: str = ""
    create_label: str = ""
    create_permission: str = ""
    export_url_name: str = ""
    template_name = "components/list_page.html"
    fragment_name = "components/list.html"
    parameters = None  # the filters judge

    def get_queryset(self) -> QuerySet:
        """The rows the user may see, with what the table reads already joined."""
        raise NotImplementedError

    @cached_property
    def list_key(self) -> str:
        """The name under which views and columns of the list are kept; the file beside it has the same."""
        return self.request.resolver_match.view_name.removesuffix("_export").removesuffix("_list")

    @cached_property
    def state(self) -> ListState:
        state = ListState(self.request.GET, kept_for(self.request.user, self.list_key))
        if state.is_opened:
            state.repair(self.unknown_parts(state.query))
        return state

    @property
    def query(self) -> QueryDict:
        """The parameters in force, of the address or of the saved view that it opens."""
        return self.state.query

    def unknown_parts(self, query: QueryDict) -> tuple[str, ...]:
        """The parameters of ``query`` that this list does not have for this reader, or whose value it cannot read."""
        table = self.get_table_class()(self.request.user)
        unknown = self.filters_for(query).unreadable()
        unknown += [] if query.get("page_size", str(PAGE_SIZE)) in map(str, PAGE_SIZES) else ["page_size"]
        unknown += [] if table.can_order(query.get("ordering", "")) else ["ordering"]
        unknown += [] if table.has_columns(query.get("columns", "")) else ["columns"]
        return tuple(sorted(unknown))

    def get_table_class(self) -> type[Table]:
        """The table for this reader, where it differs from reader to reader."""
        return self.table_class

    @cached_property
    def table(self) -> Table:
        table = self.get_table_class()(self.request.user, self.query.get("ordering", ""))
        if "columns" in self.query:
            table.choose(self.query["columns"])
        else:
            table.prefer(self.state.kept.columns)
        return table

    @cached_property
    def filterset(self) -> FilterSet:
        return self.filters_for(self.query)

    def filters_for(self, query: QueryDict) -> FilterSet:
        data = query.copy()
        data.pop("columns", None)  # the table's, not the filters'
        return self.filterset_class(data, self.get_queryset(), request=self.request)

    def records(self) -> QuerySet:
        """The rows of this address, filtered and ordered; BadRequest for what the page does not know."""
        self.filterset.check()
        return self.table.order(self.filterset.qs)

    def url_with(self, **changes: str) -> str:
        """This page's address with some parameters changed; '' takes one away, and every change goes to page 1."""
        query = self.query.copy()
        query.pop("page", None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        for name in [name for name, value in query.items() if value == ""]:
            del query[name]
        return self.state.address(query)

    @cached_property
    def page_size(self) -> int:
        size = self.query.get("page_size") or str(PAGE_SIZE)
        if size not in map(str, PAGE_SIZES):
            raise BadRequest("Unknown page size.")
        return int(size)

    def page(self):
        number = self.query.get("page", "1")
        if not number.isascii() or not number.isdigit():
            raise BadRequest("Unknown page.")
        return CountingPaginator(self.records(), self.page_size).get_page(number)

    def choice(self, label, is_current: bool, **parameter: str) -> dict[str, Any]:
        """One of the views that stand side by side above the list."""
        return {"label": label, "url": self.url_with(**parameter), "is_current": is_current}

    def chips(self) -> list[Chip]:
        """The filters in force, each with the address without it."""
        labels = {name: field.label for name, field in self.filterset.form.fields.items()}
        active = self.filterset.active().items()
        return [Chip(str(labels[name]), words, self.url_with(**{name: ""})) for name, words in active]

    def create_url(self) -> str:
        may = self.create_url_name and role_may(self.request.user, self.create_permission)
        return reverse(self.create_url_name) if may else ""

    def export_urls(self) -> dict[str, str]:
        if not self.export_url_name or not role_may(self.request.user, EXPORT_ROW):
            return {}
        query = self.url_with(page_size="")  # a file has all rows, whatever the page shows
        return {kind: reverse(self.export_url_name, args=[kind]) + query for kind in ("csv", "xlsx")}

    def page_links(self, page) -> dict[str, str]:
        links = {"previous": page.has_previous() and page.number - 1, "next": page.has_next() and page.number + 1}
        base = self.url_with()
        return {
            name: f"{base}{'' if base == '?' else '&'}page={number}" if number else "" for name, number in links.items()
        }

    def kept_values(self) -> dict[str, str]:
        """What the filter form sends on although it has no field for it."""
        values = {name: self.query.get(name, "") for name in ("ordering", "columns", "page_size")}
        values["base"] = str(self.state.view.pk) if self.state.view else ""
        return {name: value for name, value in values.items() if value}

    def view_tabs(self) -> list[dict[str, Any]]:
        """The saved views above the list, the whole list first; nothing where there is none."""
        views, current = self.state.kept.views, self.state.view
        if not views:
            return []
        everything = "?view=all" if self.state.kept.default else self.request.path
        tabs = [{"label": _("All"), "url": everything, "is_current": current is None, "is_own": True}]
        return tabs + [
            {"label": view.name, "url": f"?view={view.pk}", "is_current": view == current, "is_own": view.is_own}
            for view in views
        ]

    def get_context(self) -> dict[str, Any]:
        page = self.page()
        form = self.filterset.form
        return {
            "view": self,
            "page": page,
            "table_heads": self.table.heads(lambda ordering: self.url_with(ordering=ordering)),
            "table_rows": self.table.rows(page.object_list),
            "filter_fields": [form[name] for name in form.fields if name != "q"],
            "search_field": form["q"] if "q" in form.fields else None,
            "chips": self.chips(),
            "clear_url": "?view=all" if self.state.kept.default else self.request.path,
            "links": self.page_links(page),
            "sizes": [(size, self.url_with(page_size=str(size)), size == self.page_size) for size in PAGE_SIZES],
            "kept_values": self.kept_values(),
            "view_tabs": self.view_tabs(),
            "spelled_query": "" if self.url_with() == "?view=all" else self.url_with().removeprefix("?"),
            "column_choices": self.table.choices(),
            "create_url": self.create_url(),
            "export_urls": self.export_urls(),
        }

    def get(self, request, *args, **kwargs) -> HttpResponse:
        name = self.fragment_name if is_fragment(request) else self.template_name
        return render(request, name, self.get_context())

    @classmethod
    def as_export_view(cls, **initkwargs):
        """The same list as a file; mount it at ``<list>/export.<str:kind>``."""
        return type(f"{cls.__name__}Export", (ExportMixin, cls), {"list_permission_key": cls.permission_key}).as_view(
            **initkwargs
        )


def list_url(key: str) -> str:
    """The address of the list that keeps its views under ``key``. BadRequest for what is no list."""
    for name in (f"{key}_list", key):
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if issubclass(getattr(resolve(url).func, "view_class", View), RecordListView):
            return url
    raise BadRequest("Unknown list.")


def list_of(request, key: str) -> RecordListView:
    """That list as ``request`` would read it. BadRequest for what is no list, PermissionDenied where it is closed."""
    match = resolve(list_url(key))
    view = match.func.view_class(**match.func.view_initkwargs)
    check_row(request.user, view.permission_key)
    view.setup(request)
    return view


class ExportMixin:
    """Answers a list as CSV or XLSX: the rows, fields and order of the screen, with an entry in the audit trail."""

    permission_key = EXPORT_ROW
    list_permission_key: str

    def get(self, request, *args, kind: str, **kwargs):
        check_row(request.user, self.list_permission_key)
        records = self.records()
        count = records.count()
        if kind not in ("csv", "xlsx") or (kind == "xlsx" and count > exports.XLSX_ROWS):
            raise BadRequest("Unknown or too small a format.")
        audit.record(request.user, "export", request.path, filters=dict(self.query.lists()), count=count, format=kind)
        rows = self.table.export_rows(records.iterator(chunk_size=EXPORT_CHUNK))
        response = self.csv(rows) if kind == "csv" else self.xlsx(rows)
        name = f"{request.resolver_match.url_name.removesuffix('_export')}_{timezone.localdate():%Y%m%d}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def csv(self, rows) -> StreamingHttpResponse:
        lines = in_language(exports.csv_lines(self.table.visible_columns, rows))
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")

    def xlsx(self, rows) -> FileResponse:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        exports.write_xlsx(self.table.visible_columns, rows, file)
        file.seek(0)
        return FileResponse(file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def in_language(lines):
    """``lines`` made in the language and zone of the request, although they are sent after it ended."""
    language, zone = translation.get_language(), timezone.get_current_timezone()
    while True:
        with translation.override(language), timezone.override(zone):
            line = next(lines, None)
        if line is None:
            return
        yield line
