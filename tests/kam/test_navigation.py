import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from kam import navigation


def request_of(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return request


@pytest.mark.parametrize(("path", "expected"), [("/", "/"), ("/a/", "/a/"), ("/a/b/7/", "/a/b/"), ("/x/", "")])
def test_current_url_is_the_longest_beginning(path, expected):
    items = [navigation.Item("", "", "", "", url=url) for url in ("/", "/a/", "/a/b/")]
    assert navigation.current_url(items, path) == expected


def names(user) -> set[str]:
    return {item.url_name for group in navigation.menu(user, "/") for item in group.items}


def test_menu_leaves_out_what_the_role_may_not_use(actors):
    set_up = {"run_list", "value_score_settings"}
    assert names(actors.OWN) & set_up == set()
    assert names(actors.MGR) & set_up == set_up
    assert names(actors.AD) - names(actors.MGR) >= {"users:user_list"}


@pytest.mark.parametrize("actor", ["OWN", "MGR", "EX", "AD"])
def test_every_item_leads_to_a_page_that_the_role_may_open(actors, client, actor):
    user = getattr(actors, actor)
    client.force_login(user)
    urls = [item.url for group in navigation.menu(user, "/") for item in group.items]
    urls += [item.url for item in navigation.dock(user, "/") if item.url]
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
