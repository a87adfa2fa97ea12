"""An import by a program: brought, checked, started, looked at, taken back; each once, whoever asks twice."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kam.choices import ImportState
from kam.imports import work
from kam.models import ImportJob
from sales.models import Order
from tests.api import client_for
from tests.kam.imports.conftest import ORDERS

pytestmark = pytest.mark.django_db
BAD = ORDERS + "SO9,K1,Nine Rivers Rail,soon,P1,Valve,2,10.50\n"
URL = "/api/v1/imports/"


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr("kam.imports.services.queue_import", lambda pk: None)
    monkeypatch.setattr("kam.imports.work.queue_import", lambda pk: None)


def bring(client, text=BAD, key="", kind="orders", name="orders.csv"):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        URL, {"kind": kind, "file": SimpleUploadedFile(name, text.encode())}, format="multipart", headers=headers
    )


def post(client, job, act, content=None, key=""):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{URL}{job}/{act}/", content or {}, format="json", headers=headers)


def test_a_program_brings_checks_starts_and_takes_back(actors):
    client = client_for(actors.AD, "write")
    brought = bring(client)
    assert brought.status_code == 201
    job = brought.json()["id"]
    assert brought.json()["mapping"]["ordered_on"] == "ordered_on"
    assert post(client, job, "start").status_code == 409

    assert post(client, job, "check", {"currency": "CNY"}).status_code == 202
    work.work_on(job)
    checked = client.get(f"{URL}{job}/").json()
    assert (checked["state"], checked["accepted_count"], checked["rejected_count"]) == ("checked", 4, 1)
    assert checked["errors"][0]["text"] == "This is not a date"
    assert b"SO9" in b"".join(client.get(f"{URL}{job}/rejected/").streaming_content)
    assert b"".join(client.get(f"{URL}{job}/source/").streaming_content) == BAD.encode()

    for _ in range(2):
        assert post(client, job, "start", key="go").status_code == 202
    work.work_on(job)
    done = client.get(f"{URL}{job}/").json()
    assert (done["state"], done["created_count"], done["can_be_undone"]) == ("done", 3, True)

    for _ in range(2):
        assert post(client, job, "undo", key="back").status_code == 202
    work.work_on(job)
    assert client.get(f"{URL}{job}/").json()["state"] == "undone"
    assert not Order.objects.exists()
    assert client.get(URL).json()["results"][0]["id"] == job


def test_the_same_key_brings_one_import_and_another_content_is_refused(actors):
    client = client_for(actors.OWN, "write")
    first, second = bring(client, key="a"), bring(client, key="a")
    assert first.json()["id"] == second.json()["id"]
    assert bring(client, text=ORDERS, key="a").status_code == 409
    assert ImportJob.objects.count() == 1
    assert bring(client).json()["id"] != first.json()["id"]
    other = bring(client, key="b").json()["id"]
    assert post(client, first.json()["id"], "cancel", key="c").status_code == 202
    assert post(client, other, "cancel", key="c").status_code == 409
    assert post(client, other, "cancel", key="k" * 100).status_code == 400


def test_columns_are_chosen_by_their_headers(actors):
    client = client_for(actors.AD, "write")
    job = bring(client, "A,B,C,D\nSO1,K1,2026-01-05,5\n").json()["id"]
    columns = {"order_number": "A", "account_code": "B", "ordered_on": "C", "amount": "D"}
    for wrong in ({"nonsense": "A"}, {"amount": "E"}):
        assert post(client, job, "check", {"mapping": columns | wrong}).status_code == 400
    assert post(client, job, "check", {"mapping": {"amount": "D"}}).status_code == 409
    assert post(client, job, "check", {"mapping": columns}).json()["state"] == ImportState.CHECKING
    work.work_on(job)
    assert client.get(f"{URL}{job}/").json()["accepted_count"] == 1


def test_bad_files_and_kinds_are_refused_in_words(actors):
    client = client_for(actors.OWN, "write")
    assert "macros" in bring(client, name="a.xls").json()["file"][0]
    assert bring(client, kind="nonsense").status_code == 400
    assert bring(client, kind="products").status_code == 409
    assert client.post(URL, {"kind": "orders"}, format="json").status_code == 415
    assert not ImportJob.objects.exists()


def test_strangers_and_readers_get_nothing(actors, imports):
    job = imports(ORDERS, user=actors.OWN)
    assert client_for(actors.OTH, "write").get(f"{URL}{job.pk}/").status_code == 404
    assert post(client_for(actors.OTH, "write"), job.pk, "undo").status_code == 404
    assert client_for(actors.OWN, "read").get(f"{URL}{job.pk}/").status_code == 403
    assert client_for(actors.EX, "write").get(URL).status_code == 403
    assert client_for(actors.MGR, "write").get(f"{URL}{job.pk}/").status_code == 200
