"""Actions on many records at once: each record is checked as if it were the only one, and all are changed or none."""

from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import Account
from tests import factories
from tests.digest import database_digest
from tests.test_architecture import SOURCES, calls


@dataclass(frozen=True)
class BulkAction:
    """One action: its route, the file that reads its keys, the field of the keys, and who may do it."""

    route: str
    source: str
    keys: str
    allowed: tuple[str, ...]
    also: dict = field(default_factory=dict)


ACTIONS = [
    BulkAction("accounts:assign", "accounts/views/unassigned.py", "pick", ("AD",), {"owner": "TEAM"}),
]
TESTED_WHERE_THEY_LIVE = {
    "churn/views.py",  # alerts name the version that was seen: tests/churn/test_board.py
    "users/views/saved_views.py",  # the columns of one list: tests/users/test_saved_views.py
}
NOT_ALLOWED = ("OWN", "HELP", "TEAM", "OTH", "MGR", "REG", "MOTH", "EX")


def readers_of_lists() -> set[str]:
    """The files that read several values of one field of a form."""
    ends = ("POST.getlist", "data.getlist")
    readers = {path for path in SOURCES if any(name.endswith(ends) for _line, name in calls(path))}
    return {str(path.relative_to(settings.BASE_DIR)) for path in readers}


def test_every_action_on_many_records_is_in_the_table():
    assert readers_of_lists() == {action.source for action in ACTIONS} | TESTED_WHERE_THEY_LIVE


def post(client, actors, action: BulkAction, actor: str, keys: list) -> int:
    client.force_login(getattr(actors, actor))
    also = {name: getattr(actors, who).pk for name, who in action.also.items()}
    return client.post(reverse(action.route), {action.keys: keys} | also).status_code


@pytest.fixture
def free(actors) -> list[int]:
    """Accounts that nobody owns yet."""
    return [factories.AccountFactory(owner=None).pk for _number in range(3)]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.route)
@pytest.mark.parametrize("actor", NOT_ALLOWED)
def test_who_may_not_changes_none(actors, client, free, action, actor):
    before = database_digest()
    assert post(client, actors, action, actor, free) == 403
    assert database_digest() == before


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.route)
@pytest.mark.parametrize("bad", ["missing", "taken", "archived", "no key"])
def test_one_record_that_cannot_be_changed_stops_all(actors, client, free, action, bad):
    archived = factories.AccountFactory(owner=None)
    Account.objects.filter(pk=archived.pk).update(merged_into=actors.account)
    other = {"missing": 10**9, "taken": actors.account.pk, "archived": archived.pk, "no key": "1 OR 1=1"}[bad]
    for keys in ([*free, other], [other, *free]):
        before = database_digest()
        status = post(client, actors, action, "AD", keys)
        assert status in (302, 400, 409, 422)
        assert database_digest() == before
    assert Account.objects.filter(pk__in=free, owner=None).count() == len(free)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.route)
def test_who_may_changes_all(actors, client, free, action):
    assert post(client, actors, action, action.allowed[0], free) in (200, 302)
    assert not Account.objects.filter(pk__in=free, owner=None).exists()
