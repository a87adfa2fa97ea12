"""The palette finds what the search finds, and offers what the reader may do."""

import pytest

from kam.search.palette import ACTS, palette, rank
from tests import factories
from users.services.saved_views import create_view


def lines(user, text="", keys=()) -> dict[str, list[str]]:
    return {str(group.label): [entry.label for entry in group.entries] for group in palette(user, text, list(keys))}


@pytest.mark.parametrize(
    ("key", "text", "place"),
    [
        ("tier limits", "tier", 0),
        ("tier limits", "limits", 1),
        ("tier limits", "imit", 2),
        ("tier limits", "trlm", 3),
        ("等级界限 dengjijiexian djjx", "djjx", 1),
        ("tier limits", "xyz", None),
    ],
)
def test_rank_prefers_a_beginning_then_a_word_then_a_part_then_letters_in_order(key, text, place):
    assert rank(key, text) == place


@pytest.mark.parametrize("text", ["九川", "jiuchuan", "jcgd"])
def test_accounts_and_contacts_are_found_by_chinese_pinyin_and_initials(actors, text):
    account = factories.AccountFactory(name="九川轨道", owner=actors.OWN)
    factories.ContactFactory(account=account, name="九川某人")
    found = lines(actors.OWN, text)
    assert found["Accounts"] == ["九川轨道"]
    if text != "jcgd":
        assert found["Contacts"] == ["九川某人"]
    assert "Accounts" not in lines(actors.OTH, text)


@pytest.mark.parametrize("text", ["tier lim", "等级界限", "djjx", "trlmts"])
def test_pages_are_found_in_both_languages_and_fuzzily(actors, text):
    assert "Tier limits" in lines(actors.MGR, text)["Go to"]


def test_pages_and_acts_follow_the_readers_rights(actors):
    assert "Go to" not in lines(actors.OWN, "tier limits")
    assert lines(actors.AD, "new user")["Do"] == ["New user"]
    assert "Do" not in lines(actors.OWN, "new user")
    assert "New account" not in lines(actors.EX)["Do"]
    assert len(lines(actors.AD)["Do"]) == len(ACTS)


def test_recent_records_are_those_still_seen_in_their_order(actors):
    contact = factories.ContactFactory(account=actors.account, name="Lin")
    strange = factories.AccountFactory(owner=actors.OTH)
    keys = [f"c{contact.pk}", f"a{strange.pk}", f"a{actors.account.pk}", "a", "x1", "a999999", "c１"]
    assert lines(actors.OWN, keys=keys)["Opened last"] == ["Lin", "Nine Rivers Rail"]
    assert "Opened last" not in lines(actors.TEAM, keys=[f"a{actors.account.pk}"])


def test_saved_views_are_found_with_their_list(actors):
    view = create_view(by=actors.MGR, list_key="sales:order", name="Late ones", query="", sharing="team")
    group = palette(actors.OWN, "late", [])[-1]
    assert [(entry.label, entry.hint, entry.url) for entry in group.entries] == [
        ("Late ones", "Orders", f"/orders/?view={view.pk}")
    ]
    assert "Saved views" not in lines(actors.OTH, "late ones")


def test_fragment_has_roles_and_says_when_nothing_is_found(actors, client, django_assert_max_num_queries):
    client.force_login(actors.OWN)
    with django_assert_max_num_queries(7):
        answer = client.get("/palette/", {"q": "nine"})
    assert b'role="option"' in answer.content
    assert b'aria-labelledby="palette-group-1"' in answer.content
    assert b"Nothing found" in client.get("/palette/", {"q": "zzzzqqqq"}).content
    assert client.get("/palette/?x=1").status_code == 400


def test_name_is_inert_in_the_palette(actors, client):
    factories.AccountFactory(name="<img src=x>", owner=actors.OWN)
    client.force_login(actors.OWN)
    assert b"<img" not in client.get("/palette/", {"q": "img"}).content
