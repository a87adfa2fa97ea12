"""The first year of UCI Online Retail II as orders, loaded without the product's importer."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd

from accounts.models import Account
from sales.models import Order

SOURCE = (
    Path(__file__).resolve().parents[2].parent / "shared" / "data" / "online_retail" / "online_retail_2009_2010.csv.gz"
)
LAST_DAY = date(2010, 12, 9)


def read_orders() -> pd.DataFrame:
    """An order per customer and invoice number: amount in whole 1/10,000, units, first day, whether a return."""
    lines = pd.read_csv(SOURCE, dtype=str, usecols=["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"])
    lines = lines[lines["CustomerID"].notna()]
    prices = lines["UnitPrice"].map({text: int(Decimal(text).scaleb(4)) for text in lines["UnitPrice"].unique()})
    units = lines["Quantity"].astype(int)
    lines = lines.assign(amount=prices * units, units=units, day=lines["InvoiceDate"].str[:10])
    orders = lines.groupby(["CustomerID", "InvoiceNo"], as_index=False).agg(
        amount=("amount", "sum"), units=("units", "sum"), day=("day", "min")
    )
    return orders.assign(is_return=orders["InvoiceNo"].str.startswith("C") | (orders["amount"] < 0))


def load_online_retail() -> None:
    """Create an account per customer and its orders, as an import of today would."""
    orders = read_orders()
    codes = sorted(orders["CustomerID"].unique())
    Account.objects.bulk_create(
        Account(code=code, name=code, name_key=code, search_key=code, created_on=date(2026, 11, 22)) for code in codes
    )
    ids = dict(Account.objects.filter(code__in=codes).values_list("code", "pk"))
    Order.objects.bulk_create(
        (
            Order(
                account_id=ids[row.CustomerID],
                order_number=row.InvoiceNo,
                kind="return" if row.is_return else "sale",
                ordered_on=date.fromisoformat(row.day),
                amount=Decimal(row.amount).scaleb(-4),
                currency="GBP",
                currency_amount=Decimal(row.amount).scaleb(-4),
                units=row.units,
            )
            for row in orders.itertuples()
        ),
        batch_size=2000,
    )
