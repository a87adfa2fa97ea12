"""What holds for every kind: a second import changes nothing, an undo brings back what was, a redo is the same."""

import pytest
from django.db import models

from accounts.models import Account
from kam.choices import ImportKind, ImportState
from kam.imports import services, work
from kam.imports.errors import ImportRefused
from kam.imports.kinds import KINDS
from kam.imports.rejects import rejects_path
from tests import factories
from tests.digest import business_models, plain
from tests.kam.imports.test_orders import business_digest, reasons

pytestmark = pytest.mark.django_db

CONTACTS = """account_code,姓名,邮箱,手机,职务,上级,joined on,birthday,created,created by
K1,李雷,li@k1.example,138 0013 8000,采购总监,,2024-03-01,1980-03-15,2023-05-06 10:00,wang
K1,Han Mei,,139 0013 9000,Buyer,李雷,,3月8日,,wang@example.com
K1,Jim Green,,,User,Han Mei,,,,
K2,Old Hand,old@k2.example,,Manager of everything,,,,,
"""
INTERACTIONS = """customer code,date,type,owner,subject,contact,notes,external id,created by
K1,2026-01-05 14:30,拜访,wang,Valves,Known Person,"Quiet, but friendly",A-1,wang
K1,2026-01-06,phone call,Wang Fang,Prices,,,,
K2,05.01.2026,meeting,wang@example.com,Contract,nobody we know,,,wang
K1,2026-01-07,visit,wang,Seen before,,new words,OLD-1,
"""
RECEIVABLES = """account_code,invoice no,order number,invoice amount,invoice date,due date
K1,R1,SO1,"¥1,200.50",2026-01-05,2026-02-04
K1,R2,SO404,300,2026-01-06,2026-02-05
K2,R1,,(50.00),06.01.2026,06.02.2026
K2,OLD,,75,2026-01-01,2026-01-31
"""
PAYMENTS = """account_code,payment number,order number,invoice no,date,amount
K1,P1,,INV1,2026-02-01,500
K1,,SO1,,2026-02-02,100
K1,,SO1,,2026-02-02,100
K2,OLDPAY,,,2026-02-03,80
"""
PRODUCTS = """sku,product name,category,list price,cost,active
V1,Valve,Valves,"1.234,50",900,yes
V2,Pump,Pumps,99.5,,no
OLD,New name,Pumps,1,,
"""
ACCOUNTS = "code,name,industry,subsidiary of\nK1,One,Metro,\nK5,Branch,Rail,K1\n"
ORDERS = (
    "order number,account code,date,amount,sku\nSO1,K1,2026-01-05,7,V9\nSO2,K2,2026-01-05,9,V9\nSO3,NEW,2026-01-05,1,\n"
)
KEYS_AS_TEXT = ("reports_to", "parent", "account")  # dated rows that keep the key of another row
FILES = {
    "accounts": ACCOUNTS,
    "orders": ORDERS,
    "contacts": CONTACTS,
    "interactions": INTERACTIONS,
    "receivables": RECEIVABLES,
    "payments": PAYMENTS,
    "products": PRODUCTS,
}


@pytest.fixture
def world(imports):
    """Two accounts with something of each kind, one record of which each file changes."""
    wang = factories.UserFactory(username="wang", name="Wang Fang", email="wang@example.com")
    one = factories.AccountFactory(code="K1", name="One", country="CN", owner=wang)
    two = factories.AccountFactory(code="K2", name="Two", country="CN", owner=wang)
    factories.ContactFactory(account=one, name="Known Person")
    factories.ContactFactory(account=two, name="Old Hand", email="OLD@k2.example", title="Clerk")
    order = factories.OrderFactory(account=one, order_number="SO1", amount=5)
    factories.ReceivableFactory(account=one, number="INV1", amount=600, order=order)
    factories.ReceivableFactory(account=two, number="OLD", amount=70)
    factories.PaymentFactory(account=two, payment_number="OLDPAY", receivable=None, amount=70)
    factories.ProductFactory(code="OLD", name="Old name")
    imports(
        "customer code,date,type,owner,subject,external id\nK1,2026-01-07,visit,wang,x,OLD-1\n", kind="interactions"
    )


def content() -> dict[str, list[str]]:
    """Every table without the keys that rows happen to get: what points to another row counts as the row's text."""
    return {model._meta.label: sorted(_rows(model)) for model in business_models() if _is_content(model)}


def _is_content(model) -> bool:
    return not model._meta.label.startswith(("kam.Import", "core."))


def _rows(model):
    columns = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = [field for field in columns if not field.name.endswith("_at") and field.name != "uuid"]
    for row in model._base_manager.all():
        is_key = getattr(row, "field", "") in KEYS_AS_TEXT
        values = [getattr(row, field.name) for field in columns if not (is_key and field.name == "value")]
        yield repr([str(value) if isinstance(value, models.Model) else plain(value) for value in values])


def test_every_kind_has_a_file_here():
    assert set(FILES) == set(KINDS) == set(ImportKind.values)


@pytest.mark.parametrize("kind", FILES)
def test_import_again_undo_and_redo(world, imports, kind):
    before = business_digest()
    job = imports(FILES[kind], kind=kind)
    assert (job.state, reasons(job)) == (ImportState.DONE, {}), job.message
    assert job.created_count
    assert job.updated_count == 1
    after, written = business_digest(), content()
    assert after != before

    again = imports(FILES[kind], kind=kind)
    assert (again.created_count, again.updated_count) == (0, 0)
    assert again.unchanged_count == job.created_count + job.updated_count
    assert business_digest() == after

    services.start_undo(job=job, is_queued=False)
    work.work_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.summary["kept"]) == (ImportState.UNDONE, [])
    assert business_digest() == before

    assert imports(FILES[kind], kind=kind).created_count == job.created_count
    assert content() == written


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "products"])
def test_unknown_and_unseen_accounts_read_the_same(world, imports, actors, kind):
    """A rep of nobody's: the codes of strangers are refused like codes that nobody has, and nothing is written."""
    before = business_digest()
    unknown = imports(FILES[kind].replace("K1", "Q1").replace("K2", "Q2"), kind=kind, user=actors.OTH)
    unseen = imports(FILES[kind], kind=kind, user=actors.OTH)
    assert unseen.accepted_count == unknown.accepted_count == 0
    assert reasons(unseen).keys() == reasons(unknown).keys() == {"account_cannot_be_used"}
    first, second = (
        rejects_path(job).read_text(encoding="utf-8-sig").replace("Q1", "K1").replace("Q2", "K2")
        for job in (unseen, unknown)
    )
    assert first == second
    assert business_digest() == before


@pytest.mark.parametrize("kind", ["contacts", "interactions", "receivables", "payments"])
def test_a_colleague_on_the_account_team_imports_for_the_account(world, imports, actors, kind):
    for code in ("K1", "K2"):
        factories.AccountMemberFactory(account=Account.objects.get(code=code), user=actors.HELP)
    job = imports(FILES[kind], kind=kind, user=actors.HELP)
    closed = {"locked": 1} if kind == "interactions" else {}  # the old visit is a manager's to change
    assert (job.state, reasons(job)) == (ImportState.DONE, closed)
    assert job.created_count


def test_products_are_brought_by_administrators(imports, actors):
    for actor in (actors.OWN, actors.MGR):
        with pytest.raises(ImportRefused, match="administrator"):
            imports(PRODUCTS, kind="products", user=actor)
    assert imports(PRODUCTS, kind="products", user=actors.AD).created_count == 3
