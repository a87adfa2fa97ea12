"""The one writer of many rows, on both databases."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.writer import write_rows
from sales.models import ExchangeRate, Product

pytestmark = pytest.mark.django_db
COLUMNS = ["code", "name", "search_key", "category", "unit", "is_active", "version", "list_price"]


def row(code, name, price=None):
    return code, name, name.lower(), "", "", True, 1, price


def stored():
    return list(Product.objects.order_by("code").values_list("code", "name", "list_price"))


def test_rows_are_added_changed_and_left_alone():
    assert write_rows(Product, COLUMNS, [row("A", "One", Decimal("1.5")), row("B", "Two")], key="code") == 2
    rows = [row("A", "One", Decimal("1.5000")), row("B", "Zwei\t\\N"), row("C", "Drei")]
    assert write_rows(Product, COLUMNS, rows, key="code") == 2
    assert stored() == [("A", "One", Decimal("1.5")), ("B", "Zwei\t\\N", None), ("C", "Drei", None)]


def test_columns_that_are_left_out_keep_what_they_have():
    write_rows(Product, COLUMNS, [row("A", "One", Decimal(7))], key="code")
    write_rows(
        Product,
        ["code", "name", "search_key", "category", "unit", "is_active", "version"],
        [row("A", "Eins")[:-1]],
        key="code",
    )
    assert stored() == [("A", "Eins", Decimal(7))]


def test_what_the_database_refuses_leaves_nothing_behind():
    columns = ["id", "currency", "valid_from", "rate", "version"]
    rows = [(1, "EUR", date(2026, 1, 1), Decimal(8), 1), (2, "USD", date(2026, 1, 1), Decimal(-1), 1)]
    with pytest.raises(IntegrityError), transaction.atomic():
        write_rows(ExchangeRate, columns, rows, key="id")
    assert not ExchangeRate.objects.exists()
    assert write_rows(ExchangeRate, columns, rows[:1], key="id") == 1


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert write_rows(Product, COLUMNS, [], key="code") == 0
