from django.contrib.auth.models import AnonymousUser

from core.audit import record
from core.models import AuditEntry
from tests import factories


def test_record_keeps_who_what_and_on_which_record(db):
    user = factories.UserFactory()
    account = factories.AccountFactory()
    record(user, "account.exported", account, count=3)
    entry = AuditEntry.objects.get()
    assert (entry.user, entry.action, entry.subject) == (user, "account.exported", f"account:{account.pk}")
    assert entry.details == {"count": 3}


def test_record_without_a_sign_in_keeps_no_user(db):
    entry = record(AnonymousUser(), "user.sign_in_failed", "x" * 300, address="203.0.113.9")
    assert entry.user is None
    assert entry.subject == "x" * 100
