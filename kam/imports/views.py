"""The wizard: bring a file, choose columns, see what will happen, start, leave, come back, fetch rejected rows."""

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import audit
from core.access import permission
from core.views import RecordListView
from kam.choices import ImportState
from kam.imports import services
from kam.imports.errors import FileRefused, ImportRefused
from kam.imports.filters import ImportFilters
from kam.imports.forms import LayoutForm, MappingForm, UploadForm
from kam.imports.page import import_context
from kam.imports.permissions import ROW
from kam.imports.rejects import rejects_path
from kam.imports.tables import ImportTable
from kam.models import ImportJob

UNPROCESSABLE = 422


class ImportListView(RecordListView):
    permission_key = ROW
    table_class = ImportTable
    filterset_class = ImportFilters
    title = gettext_lazy("Imports")
    icon_name = "file-import"
    empty_title = gettext_lazy("Nothing was imported yet")
    empty_text = gettext_lazy("Bring your orders and accounts as a CSV or .xlsx file.")
    create_url_name = "import_upload"
    create_label = gettext_lazy("Import a file")
    create_permission = ROW
    export_url_name = "import_list_export"

    def get_queryset(self):
        return ImportJob.objects.visible_to(self.request.user).select_related("user")


def visible_job(request, pk: int) -> ImportJob:
    return get_object_or_404(ImportJob.objects.visible_to(request.user).select_related("user"), pk=pk)


@require_http_methods(["GET", "POST"])
@permission(ROW)
def import_upload(request):
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = services.receive_file(
                user=request.user,
                kind=form.cleaned_data["kind"],
                name=file.name,
                chunks=file.chunks(),
                upload_key=form.cleaned_data["upload_key"],
            )
            return redirect("import_page", job.pk)
        except FileRefused as refused:
            form.add_error("file", str(refused))
    return render(request, "kam/import_upload.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


import_upload.max_body_bytes = settings.IMPORT_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@require_GET
@permission(ROW)
def import_page(request, pk: int):
    return render(request, "kam/import_page.html", import_context(visible_job(request, pk)))


@require_GET
@permission(ROW)
def import_progress(request, pk: int):
    """The part of the page that changes while a worker is busy; it asks for itself until the work has ended."""
    return render(request, "kam/_import.html", import_context(visible_job(request, pk)))


@require_POST
@permission(ROW)
def import_layout(request, pk: int):
    """Read the file in another encoding, with another delimiter, from another sheet."""
    job = visible_job(request, pk)
    if job.state != ImportState.MAPPING:
        return redirect("import_page", pk)
    form = LayoutForm(request.POST, job=job)
    if form.is_valid():
        values = {name: form.cleaned_data.get(name, "") for name in ("encoding", "delimiter", "sheet")}
        return attempt(request, job, services.change_layout, **values)
    return redirect("import_page", pk)


@require_POST
@permission(ROW)
def import_check(request, pk: int):
    job = visible_job(request, pk)
    form = MappingForm(request.POST, job=job)
    if form.is_valid():
        try:
            services.start_check(job=job, mapping=form.mapping, options=form.options)
            return redirect("import_page", pk)
        except ImportRefused as refused:
            form.add_error(None, str(refused))
    if job.state != ImportState.MAPPING:
        return redirect("import_page", pk)
    return render(request, "kam/import_page.html", import_context(job, form=form), status=UNPROCESSABLE)


@require_POST
@permission(ROW)
def import_reopen(request, pk: int):
    return attempt(request, visible_job(request, pk), services.reopen_mapping)


@require_POST
@permission(ROW)
def import_start(request, pk: int):
    return attempt(request, visible_job(request, pk), services.start_writing)


@require_POST
@permission(ROW)
def import_cancel(request, pk: int):
    return attempt(request, visible_job(request, pk), services.cancel_import)


@require_POST
@permission(ROW)
def import_undo(request, pk: int):
    """Take back what a finished import wrote."""
    return attempt(request, visible_job(request, pk), services.start_undo, by=request.user)


def attempt(request, job: ImportJob, service, **values):
    """Call the service and go back to the import's page, with its words when it refuses."""
    try:
        service(job=job, **values)
    except (FileRefused, ImportRefused) as refused:
        messages.error(request, str(refused))
    return redirect("import_page", job.pk)


@require_GET
@permission(ROW)
def import_rejected(request, pk: int):
    """The rejected rows as a CSV file, ready to be mended and imported again."""
    job = visible_job(request, pk)
    return download(request, job, rejects_path(job), _("rejected") + ".csv", "import.rejected_downloaded")


@require_GET
@permission(ROW)
def import_source(request, pk: int):
    """The file as it was brought."""
    job = visible_job(request, pk)
    return download(request, job, job.source, job.file_name, "import.source_downloaded")


def download(request, job: ImportJob, path, name: str, action: str) -> FileResponse:
    if not path.exists():
        raise Http404
    audit.record(request.user, action, job)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
