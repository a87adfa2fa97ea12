"""What receivables and payments have in common: money of a day, and the orders and receivables they name."""

from collections.abc import Collection
from decimal import Decimal

from core.money import quantise
from kam.imports.kinds.base import Context
from kam.imports.kinds.records import Refused
from kam.imports.staging import Stage
from sales.models import Order
from sales.rates import Rates

FOREIGN = "SELECT number, currency, day FROM line WHERE currency <> ?"
OF_LINE = "number = ?"


def base_amount(rates: Rates, values: dict, day: str, context: Context) -> Decimal:
    """The amount in the base currency, by the last rate of its day. Raises Refused when there is none."""
    rate = rates.on(values.get("currency") or context.currency, day)
    if rate is None:
        raise Refused("currency", "no_rate")
    amount = Decimal(values["amount"])
    return amount if rate == 1 else quantise(amount * rate)


def check_rates(stage: Stage) -> None:
    """Reject the lines in a currency that has no rate on their day."""
    rates = Rates.load()
    for number, currency, day in stage.query(FOREIGN, rates.base):
        if rates.on(currency, day) is None:
            stage.reject_lines(OF_LINE, "currency", "no_rate", number)


def orders_by_number(accounts: Collection[int], numbers: Collection[str]) -> dict[tuple[int, str], int]:
    """(account, order number) → key of the order."""
    if not numbers:
        return {}
    rows = Order.objects.filter(account__in=accounts, order_number__in=numbers)
    return {(account, number): pk for account, number, pk in rows.values_list("account", "order_number", "pk")}
