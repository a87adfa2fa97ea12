import pytest

from kam.search.selectors import found
from tests import factories


@pytest.mark.parametrize("text", ["九川", "jiuchuan", "jcgd", "JCGD"])
def test_accounts_are_found_by_name_pinyin_and_initials(actors, text):
    account = factories.AccountFactory(name="九川轨道", owner=actors.OWN)
    assert found(actors.OWN, text, 5).accounts == [account]


def test_only_visible_accounts_and_contacts_are_found(actors):
    contact = factories.ContactFactory(account=actors.account, name="杜若棠")
    result = found(actors.OWN, "drt", 5)
    assert result.contacts == [contact]
    for name in ("TEAM", "OTH", "MOTH"):
        assert not found(getattr(actors, name), "drt", 5)
        assert not found(getattr(actors, name), "nine", 5)


def test_a_beginning_comes_before_a_middle(actors):
    middle = factories.AccountFactory(name="Alpha River", owner=actors.OWN)
    first = factories.AccountFactory(name="River Zeta", owner=actors.OWN)
    assert found(actors.OWN, "river", 5).accounts == [first, middle, actors.account]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "100%_'"])
def test_empty_and_odd_texts_find_nothing(actors, text):
    assert not found(actors.OWN, text, 5)


def test_unknown_parameter_is_refused(actors, client):
    client.force_login(actors.OWN)
    assert client.get("/search/?x=1").status_code == 400
