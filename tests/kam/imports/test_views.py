"""The wizard's pages: who sees what, a file from upload to result without JavaScript, downloads, refusals."""

import csv
import io
import sys
import uuid

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kam.choices import ImportState
from kam.imports import work
from kam.models import ImportJob
from sales.models import Order
from tests.kam.imports.conftest import ORDERS

pytestmark = pytest.mark.django_db
BAD = ORDERS + "SO9,K1,Nine Rivers Rail,soon,P1,Valve,2,10.50\n"


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    """The worker is this test: messages would only lie in a queue."""
    monkeypatch.setattr("kam.imports.services.queue_import", lambda pk: None)
    monkeypatch.setattr("kam.imports.work.queue_import", lambda pk: None)


def upload(client, text: str | bytes, name="orders.csv", **values):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post(reverse("import_upload"), {"kind": "orders", "file": file, **values})


def post_columns(client, job, **changes):
    columns = {f"column_{index}": key for key, index in job.mapping.items()}
    values = columns | {"is_creating_accounts": "on"} | changes
    return client.post(reverse("import_check", args=[job.pk]), values)


def page(client, job) -> str:
    response = client.get(reverse("import_page", args=[job.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_file_goes_through_the_wizard(client, actors):
    client.force_login(actors.AD)
    response = upload(client, BAD)
    job = ImportJob.objects.get()
    assert response.url == reverse("import_page", args=[job.pk])
    assert "Nine Rivers Rail" in page(client, job)

    assert post_columns(client, job).status_code == 302
    assert "You can leave this page" in page(client, job)
    work.work_on(job.pk)
    preview = page(client, job)
    assert not Order.objects.exists()
    assert "Before anything is written" in preview
    assert "This is not a date" in preview
    assert "SO2" in preview

    client.post(reverse("import_start", args=[job.pk]))
    client.post(reverse("import_start", args=[job.pk]))
    work.work_on(job.pk)
    assert Order.objects.count() == 3
    job.refresh_from_db()
    assert job.state == ImportState.DONE
    rejected = client.get(reverse("import_rejected", args=[job.pk]))
    assert rejected["Content-Disposition"].startswith("attachment")
    assert b"SO9" in b"".join(rejected.streaming_content)
    source = client.get(reverse("import_source", args=[job.pk]))
    assert b"".join(source.streaming_content) == BAD.encode()


def workbook(*texts: str) -> bytes:
    """A sheet for each CSV text, below two blank rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_numbers": True})
    for text in texts:
        sheet = book.add_worksheet()
        for at, row in enumerate(csv.reader(text.splitlines()), start=2):
            sheet.write_row(at, 0, row)
    book.close()
    return buffer.getvalue()


def test_a_workbook_goes_through_the_wizard_and_no_lasting_process_parses_it(client, actors, monkeypatch):
    for module in ("python_calamine", "kam.imports.workbook"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    client.force_login(actors.AD)
    content = workbook("nothing,of,interest\n", BAD)
    upload(client, content, name="orders.xlsx")
    job = ImportJob.objects.get()
    client.post(reverse("import_layout", args=[job.pk]), {"sheet": "Sheet2"})
    job.refresh_from_db()
    post_columns(client, job)
    work.work_on(job.pk)
    client.post(reverse("import_start", args=[job.pk]))
    work.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.read_count, Order.objects.count()) == (ImportState.DONE, 5, 3)
    rejected = client.get(reverse("import_rejected", args=[job.pk]))
    lines = b"".join(rejected.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["import_row", "8"]
    source = client.get(reverse("import_source", args=[job.pk]))
    assert b"".join(source.streaming_content) == content
    assert not {"python_calamine", "kam.imports.workbook"} & sys.modules.keys()


def test_the_same_upload_twice_is_one_import(client, actors):
    client.force_login(actors.OWN)
    key = str(uuid.uuid4())
    first, second = (upload(client, ORDERS, upload_key=key) for _ in range(2))
    assert first.url == second.url
    assert ImportJob.objects.count() == 1


@pytest.mark.parametrize(("name", "text"), [("a.xls", "x"), ("a.csv", ""), ("a.html", "<p>"), ("a.xlsx", "no zip")])
def test_a_refused_file_leaves_nothing_behind(client, actors, settings, name, text):
    client.force_login(actors.OWN)
    assert upload(client, text or "\n", name=name).status_code == 422
    assert not ImportJob.objects.exists()
    assert not list((settings.MEDIA_ROOT / "imports").glob("*"))


def test_a_file_above_the_limit_is_refused(client, actors, settings):
    settings.IMPORT_MAX_BYTES = 10
    client.force_login(actors.OWN)
    assert upload(client, ORDERS).status_code == 422


def test_missing_and_doubled_columns_are_said(client, actors):
    client.force_login(actors.AD)
    upload(client, ORDERS)
    job = ImportJob.objects.get()
    response = post_columns(client, job, column_0="")
    assert response.status_code == 422
    assert "Choose a column for: Order number." in response.content.decode()
    response = post_columns(client, job, column_2="order_number")
    assert "Another column is chosen for this already." in response.content.decode()


def test_encoding_can_be_changed(client, actors):
    client.force_login(actors.AD)
    upload(client, ORDERS)
    job = ImportJob.objects.get()
    client.post(reverse("import_layout", args=[job.pk]), {"encoding": "gb18030", "delimiter": ";"})
    job.refresh_from_db()
    assert (job.layout["encoding"], len(job.headers)) == ("gb18030", 1)


def test_columns_can_be_changed_after_the_check_and_the_import_cancelled(client, actors):
    client.force_login(actors.AD)
    upload(client, ORDERS)
    job = ImportJob.objects.get()
    post_columns(client, job)
    work.work_on(job.pk)
    client.post(reverse("import_reopen", args=[job.pk]))
    assert "Check the file" in page(client, job)
    client.post(reverse("import_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == ImportState.CANCELLED


SEEN_BY = {"OWN": 200, "HELP": 404, "TEAM": 404, "OTH": 404, "MGR": 200, "REG": 200, "MOTH": 404, "EX": 403, "AD": 200}


@pytest.mark.parametrize(("actor", "status"), SEEN_BY.items())
def test_imports_and_their_files_are_seen_by_who_may(client, actors, imports, actor, status):
    job = imports(BAD, user=actors.OWN)
    client.force_login(getattr(actors, actor))
    for name in ("import_page", "import_progress", "import_rejected", "import_source"):
        response = client.get(reverse(name, args=[job.pk]))
        assert response.status_code == status, name
        b"".join(response)
    for name in ("import_layout", "import_check", "import_reopen", "import_start", "import_cancel"):
        expected = {200: {302}, 404: {404}, 403: {403}}[status]
        assert client.post(reverse(name, args=[job.pk])).status_code in expected, name
    listed = client.get(reverse("import_list"))
    if status == 403:
        assert listed.status_code == 403
    else:
        assert (job.file_name in listed.content.decode()) == (status == 200)


def test_anonymous_goes_to_the_login_page(client, imports):
    job = imports(ORDERS)
    for name, args in (("import_list", []), ("import_upload", []), ("import_page", [job.pk])):
        assert reverse("users:login") in client.get(reverse(name, args=args)).url


def test_list_takes_the_same_queries_for_many_imports(client, actors, imports):
    client.force_login(actors.AD)
    for _ in range(3):
        imports(ORDERS)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("import_list"))
    for _ in range(5):
        imports(ORDERS)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("import_list"))
    assert len(many) == len(few)


def test_text_of_a_file_is_inert(client, actors):
    client.force_login(actors.AD)
    upload(client, "order_number,<script>alert(1)</script>\n1,<img src=x onerror=alert(1)>\n")
    content = page(client, ImportJob.objects.get())
    assert "<script>alert" not in content
    assert "<img src=x" not in content
