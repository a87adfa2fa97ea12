"""An import is taken back: everything is as before, but for what others have changed or used since."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Tier
from accounts.services.account import update_account
from accounts.services.standing import date_tiers
from kam.choices import ImportState
from kam.imports import services, work, writing
from kam.imports.errors import ImportRefused
from kam.imports.retention import forget_undo
from kam.models import ImportBatch, ImportJob
from sales.models import Order, Product
from tests import factories
from tests.kam.imports.conftest import ORDERS
from tests.kam.imports.test_orders import business_digest

pytestmark = pytest.mark.django_db
ACCOUNTS = "code,name,industry,subsidiary_of\nK1,Nine Rivers Rail,Metro,\nK5,Branch,Rail,K1\n"
SECOND = ORDERS.replace("P2,Pump,1,200", "P2,Pump,2,200") + "SO7,K9,New Works,2026-01-09,P9,Gasket,1,5\n"


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr("kam.imports.services.queue_import", lambda pk: None)
    monkeypatch.setattr("kam.imports.work.queue_import", lambda pk: None)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    for limit in ("BATCH_LINES", "BATCH_MAX_LINES"):
        monkeypatch.setattr(writing, limit, 2)
    monkeypatch.setattr(writing.Pace, "learn", lambda self, lines, seconds: None)


def undo(job: ImportJob, by=None) -> ImportJob:
    services.start_undo(job=job, by=by, is_queued=False)
    work.work_on(job.pk)
    job.refresh_from_db()
    return job


def kept(job: ImportJob) -> set[tuple[str, str]]:
    return {(one["name"], one["reason"]) for one in job.summary["kept"]}


@pytest.mark.parametrize(("kind", "text"), [("orders", SECOND), ("accounts", ACCOUNTS)])
def test_after_the_undo_everything_is_as_before(imports, kind, text):
    imports(ORDERS)
    before = business_digest()
    job = imports(text, kind=kind)
    assert job.created_count
    assert job.updated_count
    assert business_digest() != before
    undo(job)
    assert (job.state, job.is_undo, job.message) == (ImportState.UNDONE, False, "")
    assert business_digest() == before
    assert imports(text, kind=kind).created_count == job.created_count


def test_a_second_undo_changes_nothing(imports):
    job = undo(imports(ORDERS))
    before = business_digest()
    undo(job)
    assert (job.state, business_digest()) == (ImportState.UNDONE, before)


def test_an_order_that_a_later_file_changed_stays_and_is_named(imports):
    first = imports(ORDERS)
    imports(ORDERS.replace("P2,Pump,1,200", "P2,Pump,2,200"))
    undo(first)
    assert Order.objects.get().order_number == "SO1"
    assert ("SO1", "changed") in kept(first)
    assert {"K1", "K2"} - set(Account.objects.values_list("code", flat=True)) == {"K2"}
    assert "stay because" in first.message


def test_an_order_with_a_receivable_stays(imports):
    job = imports(ORDERS)
    factories.ReceivableFactory(order=Order.objects.get(order_number="SO2"), account=Account.objects.get(code="K2"))
    undo(job)
    assert set(Order.objects.values_list("order_number", flat=True)) == {"SO2"}
    assert ("SO2", "used") in kept(job)
    assert Product.objects.filter(code="P1").exists()


def test_an_account_that_somebody_edited_or_staffed_stays(imports, actors):
    job = imports("code,name\nK1,One\nK2,Two\nK3,Three\n", kind="accounts")
    one, two = Account.objects.get(code="K1"), Account.objects.get(code="K2")
    update_account(account=one, by=actors.AD, version=1, changes={"phone": "123"})
    factories.AccountMemberFactory(account=two, user=actors.HELP)
    undo(job)
    assert kept(job) == {(str(one), "changed"), (str(two), "used")}
    assert not Account.objects.filter(code="K3").exists()


def test_tiers_that_a_night_has_dated_since_survive_the_undo(imports):
    account = factories.AccountFactory(code="K1", name="Nine", industry="Rail")
    job = imports("code,name,industry\nK1,Nine,Metro\n", kind="accounts")
    date_tiers({account.pk: Tier.objects.first().code}, on=timezone.now().date())
    undo(job)
    account.refresh_from_db()
    assert (account.industry, account.version) == ("Rail", 1)
    assert account.dated_values.filter(field="tier").exists()
    assert account.dated_values.open().filter(field="industry").count() <= 1


def test_nobody_takes_back_what_they_no_longer_see(imports, actors):
    code = actors.account.code
    job = imports(f"order_number,account_code,ordered_on,amount\nSO1,{code},2026-01-05,5\n", user=actors.HELP)
    actors.account.members.filter(user=actors.HELP).delete()
    undo(job, by=actors.HELP)
    assert Order.objects.filter(order_number="SO1").exists()
    assert kept(job) == {("", "unseen")}


def test_after_seven_days_there_is_no_undo(imports):
    job = imports(ORDERS)
    assert forget_undo() == 0
    ImportJob.objects.update(finished_at=timezone.now() - timedelta(days=7, minutes=1))
    job.refresh_from_db()
    with pytest.raises(ImportRefused, match="7 days"):
        services.start_undo(job=job)
    assert forget_undo() > 0
    assert not ImportBatch.objects.exists()


def test_an_import_that_changed_nothing_has_nothing_to_take_back(imports):
    imports(ORDERS)
    with pytest.raises(ImportRefused):
        services.start_undo(job=imports(ORDERS))


def test_an_undo_waits_for_the_import_that_writes(imports, checked_import):
    first, second = imports(ORDERS), checked_import(SECOND)
    ImportJob.objects.filter(pk=second.pk).update(state=ImportState.RUNNING)
    undo(first)
    assert (first.state, first.state_text) == (ImportState.WAITING, "Being taken back")
    with pytest.raises(ImportRefused, match="already"):
        services.cancel_import(job=first)
    ImportJob.objects.filter(pk=second.pk).update(state=ImportState.CANCELLED)
    work.work_on(first.pk)
    first.refresh_from_db()
    assert first.state == ImportState.UNDONE


class Killed(BaseException):
    """Stands for SIGKILL."""


def test_a_killed_undo_goes_on_where_it_was(imports, monkeypatch):
    before = business_digest()
    job = imports(SECOND)
    original = writing._leave_room
    with monkeypatch.context() as patch:
        patch.setattr(writing, "_leave_room", lambda seconds: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            undo(job)
    job.refresh_from_db()
    assert (job.state, job.is_undo) == (ImportState.RUNNING, True)
    assert writing._leave_room is original
    ImportJob.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, business_digest()) == (ImportState.UNDONE, before)


@pytest.mark.allow_error_logs
def test_an_error_leaves_the_rest_for_another_try(imports, monkeypatch):
    before = business_digest()
    job = imports(SECOND)
    with monkeypatch.context() as patch:
        patch.setattr("kam.imports.kinds.order_writes.take_accounts_back", lambda undo, context: 1 / 0)
        undo(job)
    assert (job.state, job.is_undo) == (ImportState.DONE, False)
    assert "taken back again" in job.message
    undo(job)
    assert (job.state, business_digest()) == (ImportState.UNDONE, before)


def test_the_page_offers_the_undo_and_tells_what_stayed(client, imports, actors):
    job = imports(ORDERS, user=actors.AD)
    factories.ContactFactory(account=Account.objects.get(code="K1"))
    client.force_login(actors.AD)
    address = reverse("import_page", args=[job.pk])
    assert "Take the import back" in client.get(address).text
    client.post(reverse("import_undo", args=[job.pk]))
    assert "Being taken back" in client.get(address).text
    work.work_on(job.pk)
    page = client.get(address).text
    assert "What stayed" in page
    assert "Nine Rivers Rail" in page
    assert "Take the import back" not in page
    assert job.source_hash in page


def test_the_command_takes_an_import_back(imports):
    before = business_digest()
    job = imports(ORDERS)
    out = StringIO()
    call_command("import_undo", "last", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"import": job.pk, "state": "undone", "kept": []}
    assert business_digest() == before
    for number in ("0", "x", "last"):
        with pytest.raises(CommandError, match="no such import"):
            call_command("import_undo", number)
