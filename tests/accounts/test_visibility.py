import pytest

from accounts.models import Account, Contact
from tests import factories

SEES = {
    "OWN": True,
    "HELP": True,
    "TEAM": False,
    "OTH": False,
    "MGR": True,
    "REG": True,
    "MOTH": False,
    "EX": True,
    "AD": True,
}


@pytest.mark.parametrize(("actor", "sees"), SEES.items())
def test_visible_to_follows_the_table(actors, actor, sees):
    user = getattr(actors, actor)
    contact = factories.ContactFactory(account=actors.account)
    assert Account.objects.visible_to(user).filter(pk=actors.account.pk).exists() is sees
    assert Contact.objects.visible_to(user).filter(pk=contact.pk).exists() is sees


def test_unassigned_account_is_seen_by_admin_and_executive_only(actors):
    account = factories.AccountFactory(owner=None)
    seen_by = {name for name in SEES if account in Account.objects.visible_to(getattr(actors, name))}
    assert seen_by == {"EX", "AD"}
