import csv
import io

import pytest
from python_calamine import load_workbook

from core.models import AuditEntry
from core.tables import Column, Table
from tests import factories

pytestmark = pytest.mark.urls("tests.core.lists")


@pytest.fixture
def as_manager(actors, client):
    client.force_login(actors.MGR)
    return client


def shown(response) -> list[str]:
    return [row.cells[0].text for row in response.context["table_rows"]]


def test_list_shows_visible_rows_only(actors, client):
    factories.AccountFactory(name="Elsewhere", owner=actors.OTH)
    client.force_login(actors.OWN)
    response = client.get("/sample/")
    assert shown(response) == ["Nine Rivers Rail"]
    assert b"Elsewhere" not in response.content
    assert b"MISSING_TEMPLATE_VARIABLE" not in response.content
    assert b" style=" not in response.content


@pytest.mark.parametrize("query", ["x=1", "owner=abc", "page=z", "page_size=999", "ordering=password", "status=nope"])
def test_unknown_or_unreadable_parameters_are_refused(as_manager, query):
    assert as_manager.get(f"/sample/?{query}").status_code == 400


def test_sensitive_column_filter_and_ordering_are_for_those_who_may_read_it(actors, client):
    client.force_login(actors.OWN)
    assert b"Limit" not in client.get("/sample/").content
    assert client.get("/sample/?ordering=limit").status_code == 400
    assert client.get("/sample/?credit_rating=A").status_code == 400
    client.force_login(actors.MGR)
    assert b"Limit" in client.get("/sample/").content
    assert client.get("/sample/?ordering=-limit&credit_rating=A").status_code == 200


def test_cells_know_their_place_on_the_phones_card(as_manager):
    cells = as_manager.get("/sample/").context["table_rows"][0].cells
    assert [cell.attrs.split('"')[1] for cell in cells] == [
        "is-title",
        "is-meta",
        "is-side",
        "is-meta",
        "num is-meta is-empty",
        "is-out",
        "num is-out is-empty",
    ]
    assert [cell.shape for cell in cells] == ["link", "", "badge", "", "", "", ""]


def test_rows_are_ordered_with_empty_values_last_on_both_ways(actors, as_manager):
    for name, count in (("Big", 50), ("Small", 2)):
        factories.AccountFactory(name=name, owner=actors.OWN, employee_count=count)
    assert shown(as_manager.get("/sample/?ordering=employees")) == ["Small", "Big", "Nine Rivers Rail"]
    assert shown(as_manager.get("/sample/?ordering=-employees")) == ["Big", "Small", "Nine Rivers Rail"]


@pytest.mark.parametrize("term", ["九川", "jiuchuan", "jcgd", "九川 c0"])
def test_search_finds_chinese_pinyin_and_initials(actors, as_manager, term):
    factories.AccountFactory(name="九川轨道", code="C00X", owner=actors.OWN)
    assert shown(as_manager.get("/sample/", {"q": term})) == ["九川轨道"]


def test_filters_in_force_are_named_and_can_be_taken_away(actors, as_manager):
    response = as_manager.get(f"/sample/?status=active&owner={actors.OWN.pk}&ordering=name&q=")
    chips = response.context["chips"]
    assert [(chip.label, chip.value) for chip in chips] == [("Status", "Active"), ("Owner", actors.OWN.name)]
    assert chips[0].url == f"?owner={actors.OWN.pk}&ordering=name"


def test_nothing_yet_and_nothing_matching_are_told_apart(client, actors):
    client.force_login(actors.OTH)
    assert b"Nothing here yet" in client.get("/sample/").content
    assert b"Nothing matches" in client.get("/sample/?q=zzz").content


def test_htmx_gets_the_list_without_the_page_around_it(as_manager):
    response = as_manager.get("/sample/", headers={"HX-Request": "true"})
    assert b"Nine Rivers Rail" in response.content
    assert b"<html" not in response.content


def test_pages_keep_filters_and_say_how_many_there_are(actors, as_manager):
    for _ in range(30):
        factories.AccountFactory(owner=actors.OWN)
    response = as_manager.get("/sample/?page_size=25&ordering=-name&page=2")
    assert b"6 of 31" in response.content
    assert response.context["links"]["previous"] == "?page_size=25&ordering=-name&page=1"
    assert response.context["links"]["next"] == ""


def test_list_needs_the_same_queries_for_ten_and_forty_rows(actors, as_manager, django_assert_max_num_queries):
    counts = []
    for _ in range(2):
        for _ in range(20):
            factories.AccountFactory(owner=actors.OWN)
        with django_assert_max_num_queries(8) as queries:
            as_manager.get("/sample/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def exported(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_csv_has_the_rows_fields_and_order_of_the_screen(actors, as_manager):
    factories.AccountFactory(name="=1+1", owner=actors.OWN, employee_count=3, credit_limit_amount="1234.5000")
    rows = exported(as_manager.get("/sample/export.csv?ordering=-name"))
    assert rows[0] == ["Account", "Code", "Status", "Owner", "Employees", "Since", "Limit"]
    assert [row[0] for row in rows[1:]] == ["Nine Rivers Rail", "'=1+1"]
    assert rows[2][4:] == ["3", "2020-01-01", "1234.5"]


def test_xlsx_writes_text_as_text_and_figures_as_figures(actors, as_manager):
    factories.AccountFactory(name="=1+1", owner=actors.OWN, employee_count=7)
    response = as_manager.get("/sample/export.xlsx?q==1")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[1][0] == "=1+1"
    assert rows[1][4] == 7
    assert len(rows) == 2


def test_export_speaks_the_readers_language_although_it_streams(actors, client):
    actors.MGR.language = "zh-hans"
    actors.MGR.save()
    client.force_login(actors.MGR)
    rows = exported(client.get("/sample/export.csv"))
    assert rows[1][0] == "Nine Rivers Rail"


def test_export_is_in_the_audit_trail(actors, as_manager):
    as_manager.get("/sample/export.csv?status=active")
    entry = AuditEntry.objects.get()
    assert (entry.user, entry.action) == (actors.MGR, "export")
    assert entry.details == {"filters": {"status": ["active"]}, "count": 1, "format": "csv"}


def test_export_of_another_kind_is_refused(as_manager):
    assert as_manager.get("/sample/export.pdf").status_code == 400
    assert not AuditEntry.objects.exists()


def test_export_leaves_out_what_the_reader_may_not_see(actors, client):
    factories.AccountFactory(name="Elsewhere", owner=actors.OTH)
    client.force_login(actors.OWN)
    rows = exported(client.get("/sample/export.csv"))
    assert "Limit" not in rows[0]
    assert len(rows) == 2


def test_usual_state_is_plain_text_and_off_the_phone_while_others_are_badges(actors):
    def cell_of(tone: str):
        table = Table(actors.OWN)
        table.columns = (Column("name", "Name"), Column("status", "Status", kind="badge", tone=lambda row: tone))
        return table.rows([factories.AccountFactory()])[0].cells[1]

    usual, special = cell_of(""), cell_of("bad")
    assert (usual.text, usual.shape, "is-empty" in usual.attrs) == ("Active", "", True)
    assert (special.text, special.shape, "is-empty" in special.attrs) == ("Active", "badge", False)
