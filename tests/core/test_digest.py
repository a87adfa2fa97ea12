from django.utils import timezone

from accounts.models import Account
from kam.models import Run
from tests import factories
from tests.digest import database_digest


def test_database_digest_names_the_table_that_changed(db):
    account = factories.AccountFactory()
    before = database_digest()
    Account.objects.filter(pk=account.pk).update(name="Other")
    after = database_digest()
    assert {table for table in after if after[table] != before[table]} == {"accounts.Account"}


def test_database_digest_ignores_moments_and_runs(db):
    account = factories.AccountFactory()
    before = database_digest()
    Account.objects.filter(pk=account.pk).update(created_at=timezone.now())
    Run.objects.create(as_of="2026-01-05")
    assert database_digest() == before
