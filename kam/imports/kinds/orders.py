"""Orders from a file of order lines: lines of one number within one account make one order."""

import json
import re
from decimal import Decimal

from core.money import quantise
from kam.imports.constants import DISCREPANCY_AMOUNT
from kam.imports.kinds import order_checks, order_plans, order_writes
from kam.imports.kinds.base import Context, iso
from kam.imports.kinds.columns import ACCOUNT_ATTRIBUTES, ORDERS
from kam.imports.resolving import account_key
from kam.imports.rows import Row
from kam.imports.staging import Line, Rejection

RETURN_NUMBER = re.compile(r"[Cc]\d")
ENCODE = json.JSONEncoder(ensure_ascii=False).encode
DISCREPANCY = Decimal(DISCREPANCY_AMOUNT)
LINE_KEYS = ("product_code", "product_name", "quantity", "unit_price")


class OrderImport:
    """See `kam.imports.kinds.base.Kind`."""

    fields = ORDERS
    plan = staticmethod(order_plans.plan)
    write = staticmethod(order_writes.write)
    undo = staticmethod(order_writes.undo)
    preview = staticmethod(order_plans.preview)

    def __init__(self):
        self.accounts = order_checks.AccountBook()

    def stage(self, row: Row, context: Context) -> Line | Rejection:
        values = row.values
        key = account_key(values.get("account_code"), values.get("account_name"))
        number, amount = values.get("order_number"), line_amount(row)
        self._complain(row, key, amount)
        if row.problems:
            return Rejection(row.number, row.problems, key, number)
        self.accounts.see(key, row, {name: values.get(name) for name in ACCOUNT_ATTRIBUTES})
        day, currency = iso(values["ordered_on"]), values.get("currency") or context.currency
        return Line(row.number, key, number, payload_of(values, amount), day, currency)

    @staticmethod
    def _complain(row: Row, key: str | None, amount: Decimal | None) -> None:
        bad = {column for column, _reason in row.problems}
        if key is None and not bad & {"account_code", "account_name"}:
            row.reject("account_code" if "account_code" in row.values else "account_name", "missing_account")
        for field in ("order_number", "ordered_on"):
            if row.values.get(field) is None and field not in bad:
                row.reject(field, "missing")
        if amount is None and not bad & {"amount", "unit_price", "quantity"}:
            row.reject("amount", "missing_amount")

    def check(self, stage, context: Context) -> dict:
        return order_checks.check(stage, self.accounts, context)


def line_amount(row: Row) -> Decimal | None:
    """The amount of a line: as given, or unit price × quantity × (1 − discount); a warning when the two differ."""
    given, price, quantity = (row.values.get(key) for key in ("amount", "unit_price", "quantity"))
    if price is None or quantity is None:
        return given
    computed = price * quantity
    if discount := row.values.get("discount"):
        computed *= 1 - discount
    if given is None:
        return _bounded(row, computed)
    if abs(given - computed) > DISCREPANCY:
        row.warnings.append(("amount_differs", f"{given} / {quantise_text(computed)}"))
    return given


def _bounded(row: Row, amount: Decimal) -> Decimal | None:
    if amount.adjusted() >= 14:
        row.reject("amount", "number_too_large")
        return None
    return quantise(amount)


def quantise_text(amount: Decimal) -> str:
    return f"{amount:.4f}"


def line_cost(values: dict, amount: Decimal) -> Decimal | None:
    """The cost of a line: as given, or amount − profit."""
    if values.get("cost") is not None:
        return values["cost"]
    return amount - values["profit"] if values.get("profit") is not None else None


def is_return_line(values: dict) -> bool:
    """Whether the document itself says that it is a return: a flag, or a number that begins with C."""
    return bool(values.get("is_return")) or bool(RETURN_NUMBER.match(values["order_number"]))


def payload_of(values: dict, amount: Decimal) -> str:
    """The line as canonical text: equal lines have equal texts, whatever columns the file has beside."""
    cost = line_cost(values, amount)
    has_line = any(values.get(key) is not None for key in LINE_KEYS)
    facts = {
        "amount": str(amount),
        "code": values.get("product_code"),
        "name": values.get("product_name"),
        "category": values.get("product_category"),
        "quantity": _text(values.get("quantity")),
        "price": _text(values.get("unit_price")),
        "discount": _text(values.get("discount") or None),
        "cost": _text(cost),
        "is_return": is_return_line(values) or None,
        "cancelled_on": iso(values.get("cancelled_on")),
        "channel": values.get("channel"),
        "line": has_line or None,
    }
    return ENCODE({key: value for key, value in facts.items() if value is not None})


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
