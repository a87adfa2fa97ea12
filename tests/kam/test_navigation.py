import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from churn.models import Alert
from core.periods import business_date
from kam import navigation
from kam.menu_counts import menu_counts
from tests import factories


def request_of(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return request


@pytest.mark.parametrize(("path", "expected"), [("/", "/"), ("/a/", "/a/"), ("/a/b/7/", "/a/b/"), ("/x/", "")])
def test_current_url_is_the_longest_beginning(path, expected):
    items = [navigation.Item("", "", "", "", url=url) for url in ("/", "/a/", "/a/b/")]
    assert navigation.current_url(items, path) == expected


def names(user) -> set[str]:
    return {item.url_name for group in navigation.menu(user, "/", {}) for item in group.items}


def test_menu_leaves_out_what_the_role_may_not_use(actors):
    set_up = {"run_list", "value_score_settings"}
    assert names(actors.OWN) & set_up == set()
    assert names(actors.MGR) & set_up == set_up
    assert names(actors.AD) - names(actors.MGR) >= {"users:user_list"}


@pytest.mark.parametrize("actor", ["OWN", "MGR", "EX", "AD"])
def test_every_item_leads_to_a_page_that_the_role_may_open(actors, client, actor):
    user = getattr(actors, actor)
    client.force_login(user)
    urls = [item.url for group in navigation.menu(user, "/", {}) for item in group.items]
    urls += [item.url for item in navigation.dock(user, "/", {}) if item.url]
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def test_base_page_has_menu_and_dock_for_who_is_signed_in(actors):
    page = render_to_string("base.html", request=request_of(actors.OWN))
    assert 'class="k-dock"' in page
    assert 'aria-current="page"' in page
    assert "MISSING_TEMPLATE_VARIABLE" not in page
    assert " style=" not in page


def test_users_theme_is_in_the_page_before_any_script(actors):
    actors.OWN.theme = "dark"
    assert 'data-bs-theme="dark"' in render_to_string("base.html", request=request_of(actors.OWN))


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "403_csrf"])
def test_error_pages_need_no_request(name):
    page = render_to_string(f"{name}.html")
    assert "<h1>" in page
    assert "MISSING_TEMPLATE_VARIABLE" not in page


def counts_of(client, user, path="/contacts/") -> dict[str, str]:
    """Address → figure beside the item, in menu and dock."""
    client.force_login(user)
    page = client.get(path).content.decode()
    links = re.findall(
        r'<a [^>]*href="([^"]+)"[^>]*>((?:(?!</a>).)*)<span class="k-(?:count|pip)">(\d+)</span></a>', page, re.S
    )
    return {url: count for url, _label, count in links}


def test_menu_counts_what_waits_for_the_user_and_nothing_of_strangers(actors, client):
    today = business_date()
    days = {"opened_on": today, "last_fired_on": today, "last_evaluated_on": today}
    for account in (actors.account, factories.AccountFactory(owner=actors.OTH), factories.AccountFactory()):
        Alert.objects.create(account=account, rule_key="order_gap", rule_number=1, **days)
        factories.TaskFactory(account=account, assignee=actors.OWN, due_on=today)
    factories.TaskFactory(account=actors.account, assignee=actors.OWN, due_on=today + timedelta(days=1))
    assert counts_of(client, actors.OWN) == {"/alerts/": "1", "/tasks/": "1"}
    on_account = counts_of(client, actors.OWN, f"/accounts/{actors.account.pk}/")
    assert (on_account["/alerts/"], on_account["/tasks/"]) == ("1", "1")
    assert counts_of(client, actors.HELP) == {"/alerts/": "1"}
    assert counts_of(client, actors.TEAM) == {}
    assert counts_of(client, actors.AD) == {"/alerts/": "3", "/accounts/unassigned/": "1"}


def test_menu_costs_one_query(actors, client, django_assert_num_queries):
    with django_assert_num_queries(1):
        menu_counts(actors.AD)
