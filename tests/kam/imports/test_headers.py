"""The column guess: usual names in both languages, shuffled, meaningless and misleading headers."""

import random

import pytest

from kam.imports.headers import guess_columns, header_match
from kam.imports.kinds import KINDS

COLUMNS = {
    "order_number": [f"SO-{n // 3:05d}" for n in range(60)],
    "account_code": [f"K{n // 3 % 7}" for n in range(60)],
    "account_name": [f"{'九川海港东方西岭'[n // 3 % 7]}川轨道有限公司" for n in range(60)],
    "ordered_on": [f"2026-01-{n // 3 % 28 + 1:02d}" for n in range(60)],
    "product_code": [f"P{n % 11}" for n in range(60)],
    "quantity": [str(n % 9 + 1) for n in range(60)],
    "unit_price": [f"{n % 13 + 3}.25" for n in range(60)],
}
COLUMNS["amount"] = [
    f"{int(q) * float(p):.2f}" for q, p in zip(COLUMNS["quantity"], COLUMNS["unit_price"], strict=True)
]
CHINESE = {
    "order_number": "订单编号", "account_code": "客户编码", "account_name": "客户名称", "ordered_on": "下单日期",
    "product_code": "物料编码", "quantity": "数量", "unit_price": "含税单价", "amount": "金额",
}  # fmt: skip
ENGLISH = {
    "order_number": "Invoice No.", "account_code": "Customer ID", "account_name": "Customer Name",
    "ordered_on": "InvoiceDate", "product_code": "SKU", "quantity": "Qty", "unit_price": "Unit Price ($)",
    "amount": "Line Total",
}  # fmt: skip


def guessed(headers: list[str], keys: list[str], kind="orders") -> dict[str, str]:
    """Field → the key of the column whose values were chosen for it."""
    rows = [list(row) for row in zip(*(COLUMNS[key] for key in keys), strict=True)]
    return {field: keys[guess.index] for field, guess in guess_columns(headers, rows, KINDS[kind].fields).items()}


@pytest.mark.parametrize("names", [{key: key for key in COLUMNS}, CHINESE, ENGLISH], ids=["canonical", "zh", "en"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_usual_names_are_found_in_any_order(names, seed):
    keys = list(COLUMNS)
    random.Random(seed).shuffle(keys)
    assert guessed([names[key] for key in keys], keys) == {key: key for key in COLUMNS}


def test_a_header_that_its_values_contradict_is_not_believed():
    keys = list(COLUMNS)
    misleading = ENGLISH | {"order_number": "Order date", "ordered_on": "Order no", "account_code": "Amount due"}
    found = guessed([misleading[key] for key in keys], keys)
    assert found["ordered_on"] == "ordered_on"
    assert found["order_number"] == "order_number"
    assert found["amount"] == "amount"


def test_figures_under_each_others_headers_are_put_right_by_arithmetic():
    keys = list(COLUMNS)
    swapped = ENGLISH | {"amount": "Unit price", "unit_price": "Total", "quantity": "Quantity"}
    found = guessed([swapped[key] for key in keys], keys)
    assert {key: found[key] for key in ("amount", "unit_price", "quantity")} == {
        "amount": "amount", "unit_price": "unit_price", "quantity": "quantity",
    }  # fmt: skip


def test_an_order_number_that_comes_with_many_dates_is_something_else():
    keys = ["account_code", "order_number", "ordered_on", "amount"]
    found = guessed(["Order no", "Reference", "Date", "Total"], keys)
    assert found["order_number"] == "order_number"


def test_headers_without_meaning_leave_low_confidence():
    keys = ["order_number", "account_code", "ordered_on", "amount"]
    rows = [list(row) for row in zip(*(COLUMNS[key] for key in keys), strict=True)]
    guesses = guess_columns(["A", "B", "C", "D"], rows, KINDS["orders"].fields)
    assert guesses["ordered_on"].index == 2
    assert guesses["order_number"].index == 0
    assert max(guess.confidence for guess in guesses.values()) <= 0.5


@pytest.mark.parametrize("header", ["Ship Date", "发货日期", "Due Date", "Row ID", "行 ID", "Postal Code", "Sales rep"])
def test_other_things_are_left_alone(header):
    assert all(header_match(header, field) == 0 for field in KINDS["orders"].fields)


def test_account_file_without_codes():
    headers = ["account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of"]
    rows = [
        ["Acme Corporation", "technolgy", "1996", "1100.04", "2822", "United States", ""],
        ["Betasoloin", "medical", "1999", "251.41", "495", "Kenya", "Acme Corporation"],
    ]
    guesses = guess_columns(headers, rows, KINDS["accounts"].fields)
    assert {key: headers[guess.index] for key, guess in guesses.items()} == {
        "name": "account",
        "industry": "sector",
        "employee_count": "employees",
        "country": "office_location",
        "subsidiary_of": "subsidiary_of",
    }


def test_first_columns_of_a_file_of_rejected_rows_are_ignored():
    headers = ["import_row", "import_column", "import_reason", "order_number"]
    guesses = guess_columns(headers, [["2", "amount", "This is not a number", "SO1"]], KINDS["orders"].fields)
    assert {key: guess.index for key, guess in guesses.items()} == {"order_number": 3}


def test_an_order_is_known_though_every_row_writes_its_date_in_another_way():
    dates = ["2026-01-05", "5.1.2026", "2026/1/5", "2026年1月5日", "20260105"]
    rows = [["SO1", date, "K1", "5"] for date in dates] + [["SO2", "2026-01-06", "K2", "7"]]
    guesses = guess_columns(["订单号", "下单日期", "客户编码", "金额"], rows, KINDS["orders"].fields)
    assert {key: guess.index for key, guess in guesses.items()} == {
        "order_number": 0,
        "ordered_on": 1,
        "account_code": 2,
        "amount": 3,
    }
