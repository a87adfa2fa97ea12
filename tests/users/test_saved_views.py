"""Saved views and the choice of columns: kept per person, shared as a query, never as rows."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied

from tests.api import client_for
from users.models import SavedView
from users.services import saved_views as services
from users.services.errors import TooManyViewsError, ViewNameTakenError

LIST = "/accounts/"
KEY = "accounts:account"


@pytest.fixture
def as_own(actors, client):
    client.force_login(actors.OWN)
    return client


def view_of(user, query="status=active", **values) -> SavedView:
    return services.create_view(by=user, list_key=KEY, **{"name": "Mine", "query": query} | values)


def labels(response) -> list[str]:
    return [str(head.label) for head in response.context["table_heads"]]


def names(response) -> list[str]:
    return [row.cells[0].text for row in response.context["table_rows"]]


def tabs(response) -> list[tuple[str, bool]]:
    return [(str(tab["label"]), tab["is_current"]) for tab in response.context["view_tabs"]]


def test_saved_view_keeps_filters_order_columns_and_page_size(actors, as_own):
    query = "status=active&ordering=-code&page_size=25&columns=name,code"
    response = as_own.post("/views/", {"list_key": KEY, "name": "Mine", "query": f"{query}&page=2&base=7"})
    view = SavedView.objects.get()
    assert response.headers["Location"] == f"/accounts/?view={view.pk}"
    assert view.query == "status=active&ordering=-code&page_size=25&columns=name%2Ccode"
    page = as_own.get(f"{LIST}?view={view.pk}")
    assert labels(page) == ["Account", "Code"]
    assert page.context["view"].page_size == 25
    assert [chip.value for chip in page.context["chips"]] == ["Active"]
    assert tabs(page) == [("All", False), ("Mine", True)]
    assert b"MISSING_TEMPLATE_VARIABLE" not in page.content


def test_view_that_is_changed_says_so_and_can_be_saved(actors, as_own):
    view = view_of(actors.OWN)
    chip = as_own.get(f"{LIST}?view={view.pk}").context["chips"][0]
    changed = as_own.get(LIST + chip.url)
    assert chip.url == f"?base={view.pk}"
    assert changed.context["view"].state.is_changed
    assert not changed.context["chips"]
    as_own.post(f"/views/{view.pk}/update/", {"query": "status=lost"})
    view.refresh_from_db()
    assert view.query.startswith("status=lost&columns=")


def test_every_click_in_a_view_keeps_naming_it(actors, as_own):
    view = view_of(actors.OWN)
    page = as_own.get(f"{LIST}?view={view.pk}")
    url = page.context["table_heads"][0].url
    assert url == f"?status=active&ordering=-name&base={view.pk}"
    assert page.context["kept_values"] == {"base": str(view.pk)}
    assert not as_own.get(f"{LIST}?status=active&base={view.pk}").context["view"].state.is_changed


def test_list_opens_with_the_default_view_and_all_is_one_click_away(actors, as_own):
    view = view_of(actors.OWN, "status=lost")
    as_own.post(f"/views/{view.pk}/default/")
    page = as_own.get(LIST)
    assert tabs(page) == [("All", False), ("Mine", True)]
    assert names(page) == []
    assert page.context["view_tabs"][0]["url"] == "?view=all"
    assert names(as_own.get(f"{LIST}?view=all")) == ["Nine Rivers Rail"]
    assert names(as_own.get(f"{LIST}?status=active")) == ["Nine Rivers Rail"]
    as_own.post(f"/views/{view.pk}/default/")
    assert names(as_own.get(LIST)) == ["Nine Rivers Rail"]


def test_sharing_shares_the_query_and_never_rows(actors, client):
    view = view_of(actors.MGR, "status=active", sharing="everybody")
    client.force_login(actors.OTH)
    page = client.get(f"{LIST}?view={view.pk}")
    assert tabs(page) == [("All", False), ("Mine", True)]
    assert names(page) == []
    assert b"Nine Rivers" not in page.content


@pytest.mark.parametrize(
    ("author", "sharing", "readers"),
    [
        ("OWN", "mine", {"OWN"}),
        ("MGR", "team", {"MGR", "OWN", "TEAM"}),
        ("REG", "team", {"REG", "MGR", "OWN", "TEAM"}),
        ("AD", "everybody", {"OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX", "AD"}),
    ],
)
def test_view_is_found_by_those_it_is_shared_with(actors, author, sharing, readers):
    view = view_of(getattr(actors, author), sharing=sharing)
    people = {name: user for name, user in vars(actors).items() if name != "account"}
    found = {name for name, user in people.items() if SavedView.objects.visible_to(user).filter(pk=view.pk).exists()}
    assert found == readers


def test_reps_and_executives_do_not_share(actors, as_own):
    with pytest.raises(PermissionDenied):
        view_of(actors.EX, sharing="team")
    response = as_own.post("/views/", {"list_key": KEY, "name": "Ours", "query": "", "sharing": "everybody"})
    assert response.status_code == 302
    assert not SavedView.objects.exists()


def test_another_persons_view_is_read_not_changed(actors, client):
    view = view_of(actors.MGR, sharing="team")
    mine = view_of(actors.TEAM)
    client.force_login(actors.OWN)
    for act in ("", "update/", "delete/", "restore/"):
        assert client.post(f"/views/{view.pk}/{act}").status_code == 403
        assert client.post(f"/views/{mine.pk}/{act}").status_code == 404
    assert client.get(f"/views/{mine.pk}/").content == client.get("/views/987654/").content


def test_rename_share_and_delete_with_undo(actors, client):
    view = view_of(actors.MGR)
    client.force_login(actors.MGR)
    client.post(f"/views/{view.pk}/", {"name": "Ours", "sharing": "team", "is_default": "on"})
    view.refresh_from_db()
    assert (view.name, view.sharing) == ("Ours", "team")
    assert tabs(client.get(LIST)) == [("All", False), ("Ours", True)]
    deleted = client.post(f"/views/{view.pk}/delete/", follow=True)
    assert f"/views/{view.pk}/restore/".encode() in deleted.content
    assert tabs(client.get(LIST)) == []
    client.post(f"/views/{view.pk}/restore/")
    assert tabs(client.get(LIST)) == [("All", False), ("Ours", True)]


def test_name_is_taken_once_and_views_are_bounded(actors, monkeypatch):
    view_of(actors.OWN)
    with pytest.raises(ViewNameTakenError):
        view_of(actors.OWN)
    monkeypatch.setattr(services, "VIEWS_PER_LIST", 1)
    with pytest.raises(TooManyViewsError):
        view_of(actors.OWN, name="Another")


def test_outdated_parts_are_shown_left_out_and_repaired(actors, as_own):
    view = view_of(actors.OWN, "status=active&gone=1&tier=zzz&ordering=-nothing&columns=name,never&page_size=7")
    page = as_own.get(f"{LIST}?view={view.pk}")
    assert page.status_code == 200
    assert page.context["view"].state.broken == ("columns", "gone", "ordering", "page_size", "tier")
    assert names(page) == ["Nine Rivers Rail"]
    assert b"Repair the view" in page.content
    as_own.post(f"/views/{view.pk}/update/", {"query": page.context["spelled_query"]})
    page = as_own.get(f"{LIST}?view={view.pk}")
    assert page.context["view"].state.broken == ()
    assert [chip.value for chip in page.context["chips"]] == ["Active"]


@pytest.mark.parametrize("query", ["view=987654", "view=99999999999999"])
def test_view_that_is_gone_leaves_the_whole_list(as_own, query):
    page = as_own.get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert b"This view is no longer there" in page.content


@pytest.mark.parametrize("query", ["view=abc", "view=-1", "base=x", "columns=nothing", "base=1&nothing=2"])
def test_what_no_view_can_be_is_refused(as_own, query):
    assert as_own.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("key", ["", "home", "accounts:account_page", "users:audit", "nothing", "users:profile"])
def test_views_are_kept_for_lists_that_the_user_may_open(as_own, key):
    response = as_own.post("/views/", {"list_key": key, "name": "X", "query": ""})
    assert response.status_code in (302, 400, 403)
    assert SavedView.objects.exclude(list_key="users:audit").count() == 0


def test_columns_are_chosen_ordered_and_reset(as_own, actors):
    sent = {"list_key": KEY, "query": "", "column": ["code", "tier", "owner"]}
    as_own.post("/views/columns/", sent)
    assert labels(as_own.get(LIST)) == ["Account", "Code", "Tier", "Owner"]
    as_own.post("/views/columns/", sent | {"move": "up:owner"})
    assert labels(as_own.get(LIST)) == ["Account", "Code", "Owner", "Tier"]
    as_own.post("/views/columns/", sent | {"reset": "on"})
    assert len(labels(as_own.get(LIST))) > 6


def test_extra_columns_are_offered_and_shown_once_chosen(as_own):
    page = as_own.get(LIST)
    offered = {column.key: is_shown for column, is_shown in page.context["column_choices"]}
    assert (offered["team"], offered["tier"]) == (False, True)
    assert "Team" not in labels(page)
    assert labels(as_own.get(f"{LIST}?columns=name,team,created_on")) == ["Account", "Team", "Created on"]


def test_export_follows_the_columns_of_the_screen(as_own, actors):
    as_own.post("/views/columns/", {"list_key": KEY, "query": "", "column": ["code", "region"]})
    page = as_own.get(LIST)
    text = b"".join(as_own.get(page.context["export_urls"]["csv"]).streaming_content).decode()[1:]
    assert next(csv.reader(io.StringIO(text))) == labels(page) == ["Account", "Code", "Region"]
    view = view_of(actors.OWN, "columns=name,tier")
    page = as_own.get(f"{LIST}?view={view.pk}")
    text = b"".join(as_own.get(page.context["export_urls"]["csv"]).streaming_content).decode()[1:]
    assert next(csv.reader(io.StringIO(text))) == labels(page) == ["Account", "Tier"]


def test_columns_chosen_in_a_view_stay_in_its_address_until_it_is_saved(as_own, actors):
    view = view_of(actors.OWN)
    response = as_own.post(
        "/views/columns/", {"list_key": KEY, "query": "status=active", "base": view.pk, "column": ["code"]}
    )
    page = as_own.get(response.headers["Location"])
    assert labels(page) == ["Account", "Code"]
    assert page.context["view"].state.is_changed
    assert len(labels(as_own.get(LIST))) > 6


def test_sensitive_column_is_not_offered_to_who_may_not_read_it(actors, client):
    view = services.create_view(
        by=actors.MGR,
        list_key="sales:order",
        name="Cost",
        query="columns=order_number,cost_amount",
        sharing="team",
    )
    client.force_login(actors.OWN)
    page = client.get(f"/orders/?view={view.pk}")
    assert "Cost" not in labels(page)
    assert "cost_amount" not in [column.key for column, _ in page.context["column_choices"]]
    assert client.get("/orders/?columns=cost_amount").status_code == 400
    refused = client.post("/views/columns/", {"list_key": "sales:order", "query": "", "column": ["cost_amount"]})
    assert refused.status_code == 400
    client.force_login(actors.MGR)
    assert labels(client.get(f"/orders/?view={view.pk}")) == ["Order", "Cost"]


def test_list_asks_as_often_for_many_views_as_for_few(actors, as_own, django_assert_max_num_queries):
    counts = []
    for part in range(2):
        for number in range(8):
            view_of(actors.OWN, name=f"View {part} {number}")
        with django_assert_max_num_queries(8) as queries:
            as_own.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_api_lists_the_views_of_the_tokens_user(actors):
    view_of(actors.OWN)
    view_of(actors.TEAM)
    answer = client_for(actors.OWN).get("/api/v1/saved-views/", {"list_key": KEY})
    assert [row["query"] for row in answer.json()["results"]] == ["status=active"]
