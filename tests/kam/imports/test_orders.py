"""Order files from end to end: what is created, what a second run does, what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account
from core.database import money_sum
from kam.choices import ImportState
from kam.imports.rejects import rejects_path
from sales.models import ExchangeRate, Order, OrderLine, Product
from tests import factories
from tests.digest import database_digest
from tests.kam.imports.conftest import ORDERS

pytestmark = pytest.mark.django_db
HEADER = "order_number,account_code,ordered_on,amount\n"


def business_digest() -> dict[str, str]:
    left_out = ("kam.Import", "core.", "accounts.Notification")
    return {label: value for label, value in database_digest().items() if not label.startswith(left_out)}


def reasons(job) -> dict[str, int]:
    return {error["reason"]: error["count"] for error in job.summary["errors_by_reason"]}


def warnings(job) -> dict[str, int]:
    return {warning["reason"]: warning["count"] for warning in job.summary["warnings_by_reason"]}


def test_lines_become_orders_accounts_and_products(imports):
    job = imports(ORDERS)
    assert job.state == ImportState.DONE, job.message
    assert (job.read_count, job.accepted_count, job.rejected_count) == (4, 4, 0)
    assert (job.created_count, job.updated_count, job.unchanged_count) == (3, 0, 0)
    assert list(Account.objects.order_by("code").values_list("code", "name")) == [
        ("K1", "Nine Rivers Rail"),
        ("K2", "Old Harbour Works"),
    ]
    order = Order.objects.get(order_number="SO1")
    assert (order.amount, order.units, order.ordered_on, order.kind) == (221, 3, date(2026, 1, 5), "sale")
    assert Order.objects.get(order_number="C3").kind == "return"
    assert list(order.lines.values_list("position", "product__code", "quantity", "unit_price", "amount")) == [
        (1, "P1", 2, Decimal("10.5"), 21),
        (2, "P2", 1, 200, 200),
    ]
    assert set(Product.objects.values_list("code", "name")) == {("P1", "Valve"), ("P2", "Pump")}


def test_new_accounts_are_found_by_search_and_have_dated_rows(imports):
    imports("order_number,account_code,account_name,ordered_on,amount,industry\n1,K1,九川轨道,2026-01-05,5,Rail\n")
    account = Account.objects.get()
    assert "jcgd" in account.search_key
    assert account.name_key == "九川轨道"
    assert account.dated_values.get(field="industry").value == "Rail"


def test_a_second_run_changes_nothing(imports):
    imports(ORDERS)
    before = business_digest()
    lines = ORDERS.splitlines()
    shuffled = "\n".join([lines[0], *reversed(lines[1:])])
    for text in (ORDERS, shuffled):
        job = imports(text)
        assert (job.created_count, job.updated_count, job.unchanged_count) == (0, 0, 3)
    assert business_digest() == before


def test_a_changed_line_set_replaces_the_order(imports):
    imports(ORDERS)
    job = imports(ORDERS.replace("P2,Pump,1,200", "P2,Pump,2,200"))
    assert (job.created_count, job.updated_count, job.unchanged_count) == (0, 1, 2)
    order = Order.objects.get(order_number="SO1")
    assert (order.amount, order.version, order.lines.count()) == (421, 2, 2)


def test_identical_lines_count_and_are_reported(imports):
    line = "SO1,K1,2026-01-05,5\n"
    job = imports(HEADER + line * 3)
    assert Order.objects.get().amount == 15
    assert warnings(job) == {"identical_lines": 1}


def test_one_number_under_several_accounts_makes_separate_orders(imports):
    job = imports(HEADER + "SO1,K1,2026-01-05,5\nSO1,K2,2026-01-05,7\n")
    assert job.created_count == 2
    assert warnings(job) == {"several_accounts": 1}


def test_amount_wins_over_price_times_quantity_with_a_warning(imports):
    header = "order_number,account_code,ordered_on,amount,unit_price,quantity,discount\n"
    rows = "SO1,K1,2026-01-05,9.00,10,1,10%\nSO2,K1,2026-01-05,9.02,10,1,0.1\n"
    job = imports(header + rows)
    assert warnings(job) == {"amount_differs": 1}
    assert Order.objects.aggregate(sum=money_sum("amount"))["sum"] == Decimal("18.02")


def test_discount_is_taken_off_when_no_amount_is_given(imports):
    imports("order_number,account_code,ordered_on,unit_price,quantity,discount\nSO1,K1,2026-01-05,10,3,0.25\n")
    line = OrderLine.objects.get()
    assert (line.amount, line.discount_rate) == (Decimal("22.5"), Decimal("0.25"))


def test_cost_is_given_or_amount_minus_profit(imports):
    imports("order_number,account_code,ordered_on,amount,profit\nSO1,K1,2026-01-05,10,4\nSO1,K1,2026-01-05,5,\n")
    order = Order.objects.get()
    assert (order.cost_amount, order.costed_amount, order.units) == (6, 10, None)


def test_kinds_of_returns(imports):
    header = "order_number,account_code,ordered_on,amount,is_return\n"
    imports(header + "C1,K1,2026-01-05,-5,\nSO2,K1,2026-01-05,-5,\nSO3,K1,2026-01-05,-5,yes\nCN-4,K1,2026-01-05,5,\n")
    kinds = dict(Order.objects.values_list("order_number", "kind"))
    assert kinds == {"C1": "return", "SO2": "return", "SO3": "return", "CN-4": "sale"}


def test_foreign_amounts_take_the_last_rate_on_or_before_the_day(imports, settings):
    settings.BASE_CURRENCY = "CNY"
    for day, rate in ((date(2026, 1, 1), "7.1"), (date(2026, 1, 6), "7.2")):
        ExchangeRate.objects.create(currency="USD", valid_from=day, rate=Decimal(rate))
    header = "order_number,account_code,ordered_on,amount,currency\n"
    rows = "1,K1,2026-01-05,10,USD\n2,K1,2026-01-06,10,美元\n3,K1,2025-12-31,10,USD\n4,K1,2026-01-06,10,\n"
    job = imports(header + rows)
    assert dict(Order.objects.values_list("order_number", "amount")) == {"1": 71, "2": 72, "4": 10}
    assert reasons(job) == {"no_rate": 1}
    assert Order.objects.get(order_number="1").currency_amount == 10


def test_currency_of_the_command_counts_for_files_without_the_column(imports):
    job = imports(HEADER + "SO1,K1,2026-01-05,5\n", currency="GBP")
    assert reasons(job) == {"no_rate": 1}


def test_order_in_two_currencies_is_rejected(imports, settings):
    header = "order_number,account_code,ordered_on,amount,currency\n"
    job = imports(header + f"1,K1,2026-01-05,10,USD\n1,K1,2026-01-05,10,{settings.BASE_CURRENCY}\n")
    assert reasons(job) == {"two_currencies": 2}


def test_errors_name_row_column_and_reason_and_the_good_orders_go_in(imports):
    rows = "SO1,K1,2026-01-05,5\n,K1,2026-01-05,5\nSO3,,2026-01-05,5\nSO4,K1,soon,5\nSO5,K1,2026-01-05,five\n"
    job = imports(HEADER + rows + "SO6,K1,2026-01-05,\n")
    assert reasons(job) == {
        "missing": 1, "missing_account": 1, "not_a_date": 1, "not_a_number": 1, "missing_amount": 1,
    }  # fmt: skip
    assert (job.read_count, job.accepted_count, job.rejected_count, job.created_count) == (6, 1, 5, 1)
    lines = rejects_path(job).read_text("utf-8-sig").splitlines()
    assert lines[0] == "import_row,import_column,import_reason,order_number,account_code,ordered_on,amount"
    assert lines[2] == "4,account_code,The line names no customer,SO3,,2026-01-05,5"


def test_rejected_rows_can_be_mended_and_imported_again(imports):
    header = "order_number,account_code,ordered_on,amount,product_name\n"
    job = imports(header + "SO1,K1,2026-01-05,5,=cmd\nSO1,K1,2026-01-05,five,'+x\nSO2,K1,2026-01-05,-7,plain\n")
    assert reasons(job) == {"not_a_number": 1, "same_order_rejected": 1}
    mended = rejects_path(job).read_text("utf-8-sig").replace("five", "6")
    assert "'=cmd" in mended
    again = imports(mended.encode("utf-8-sig"))
    assert (again.rejected_count, again.created_count) == (0, 1)
    order = Order.objects.get(order_number="SO1")
    assert order.amount == 11
    assert set(order.lines.values_list("description", flat=True)) == {"=cmd", "+x"}


def test_an_order_with_a_rejected_line_waits_as_a_whole(imports):
    job = imports(HEADER + "SO1,K1,2026-01-05,5\nSO1,,2026-01-05,6\nSO1,K2,2026-01-05,7\n")
    assert (job.accepted_count, job.created_count) == (0, 0)


def test_conflicting_attributes_are_warned_of_and_the_first_wins(imports):
    header = "order_number,account_code,account_name,ordered_on,amount,country\n"
    job = imports(header + "1,K1,Nine,2026-01-05,5,\n2,K1,Nine,2026-01-05,5,China\n3,K1,Ten,2026-01-05,5,UK\n")
    account = Account.objects.get()
    assert (account.name, account.country.code) == ("Nine", "CN")
    assert warnings(job) == {"attribute_conflict": 2}


def test_unknown_country_is_a_warning_once(imports):
    header = "order_number,account_code,ordered_on,amount,country\n"
    job = imports(header + "1,K1,2026-01-05,5,Atlantis\n2,K2,2026-01-05,5,Atlantis\n", mapping={"country": 4})
    assert warnings(job) == {"unknown_country": 1}
    assert job.created_count == 2


@pytest.mark.parametrize("actor", ["OWN", "HELP", "MGR", "MOTH", "AD"])
def test_orders_go_to_accounts_one_sees(imports, actors, actor):
    stranger = factories.AccountFactory(code="STRANGE")
    text = HEADER + f"1,{actors.account.code},2026-01-05,5\n2,STRANGE,2026-01-05,5\n3,NEW,2026-01-05,5\n"
    imports(text, user=getattr(actors, actor))
    written = set(Order.objects.values_list("order_number", flat=True))
    expected = {"OWN": {"1"}, "HELP": {"1"}, "MGR": {"1", "3"}, "MOTH": {"3"}, "AD": {"1", "2", "3"}}
    assert written == expected[actor]
    assert stranger.orders.exists() == (actor == "AD")


def test_a_rep_reads_the_same_text_for_unknown_and_unseen_accounts(imports, actors):
    factories.AccountFactory(code="STRANGE")
    job = imports(HEADER + "2,STRANGE,2026-01-05,5\n3,NEW,2026-01-05,5\n", user=actors.OWN)
    assert reasons(job) == {"account_cannot_be_used": 2}
    lines = rejects_path(job).read_text("utf-8-sig").splitlines()[1:]
    assert {line.split(",")[2] for line in lines} == {"This code cannot be used; ask an administrator."}


def test_a_manager_becomes_owner_and_an_administrator_leaves_accounts_unassigned(imports, actors):
    imports(HEADER + "1,NEW1,2026-01-05,5\n", user=actors.MGR)
    imports(HEADER + "2,NEW2,2026-01-05,5\n", user=actors.AD)
    first, second = Account.objects.get(code="NEW1"), Account.objects.get(code="NEW2")
    assert (first.owner, first.team, first.created_by) == (actors.MGR, actors.MGR.team, actors.MGR)
    assert first.members.current().get().role == "owner"
    assert second.owner is None


def test_owner_column_places_new_accounts_inside_the_branch_only(imports, actors):
    header = "order_number,account_code,ordered_on,amount,owner\n"
    rows = "1,N1,2026-01-05,5,own\n2,N2,2026-01-05,5,stranger\n3,N3,2026-01-05,5,nobody\n"
    job = imports(header + rows, user=actors.MGR)
    assert Account.objects.get(code="N1").owner == actors.OWN
    assert reasons(job) == {"owner_outside": 1, "unknown_owner": 1}


def test_no_create_rejects_unknown_accounts(imports):
    factories.AccountFactory(code="K1")
    job = imports(HEADER + "1,K1,2026-01-05,5\n2,K2,2026-01-05,5\n", is_creating_accounts=False)
    assert reasons(job) == {"account_cannot_be_used": 1}
    assert Account.objects.count() == 1


def test_accounts_are_found_by_name_when_the_file_has_no_code(imports):
    account = factories.AccountFactory(name="Nine Rivers  Rail")
    job = imports("order_number,account_name,ordered_on,amount\n1, NINE rivers rail,2026-01-05,5\n2,New,2026-01-05,5\n")
    assert job.created_count == 2
    assert account.orders.count() == 1
    assert Account.objects.get(name="New").code == "A000001"


def test_orders_of_a_merged_account_go_to_the_surviving_one(imports):
    survivor = factories.AccountFactory(code="LIVE")
    factories.AccountFactory(code="OLD", merged_into=survivor)
    imports(HEADER + "1,OLD,2026-01-05,5\n")
    assert survivor.orders.count() == 1
