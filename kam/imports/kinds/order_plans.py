"""What a batch of orders comes to: everything that is read and computed before the write lock is taken."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Account
from core import formats
from core.money import quantise
from kam.imports.kinds.base import Context
from kam.imports.kinds.new_accounts import draft_accounts
from kam.imports.permissions import can_create_by_import
from kam.imports.resolving import Match, resolve_accounts
from kam.imports.staging import Group, Rejection, Stage
from sales.choices import OrderKind
from sales.models import Order, Product
from sales.rates import Rates

ZERO = Decimal("0.0000")
LINE_SHARE = Decimal(1)


@dataclass(slots=True)
class LineDraft:
    """One order line to be written; a plain object, because there are hundreds of thousands of them."""

    position: int
    product_code: str
    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    discount_rate: Decimal
    amount: Decimal
    cost_amount: Decimal | None
    product_id: int | None = None


@dataclass
class OrderPlan:
    """One order as the file has it: unsaved, its lines, and the order it replaces."""

    order: Order
    lines: list[LineDraft]
    account_key: str
    stored: Order | None = None

    @property
    def is_unchanged(self) -> bool:
        return self.stored is not None and self.stored.lines_hash == self.order.lines_hash


@dataclass
class BatchPlan:
    """Orders of one batch, and the accounts and products that they need and that do not exist yet."""

    orders: list[OrderPlan]
    accounts: dict[str, Account] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    unchanged: int = 0


def plan(stage: Stage, groups: list[Group], context: Context) -> BatchPlan:
    """Resolve accounts and products anew with the rights of this moment; compute amounts; find what is stored.

    Orders whose account the user may no longer use are rejected here and left out.
    """
    ids, drafts = _accounts(stage, groups, context)
    usable = [group for group in groups if group.account_key in ids or group.account_key in drafts]
    rates = Rates.load()
    orders = [
        build_order(group, ids.get(group.account_key) or drafts.get(group.account_key), rates, context)
        for group in usable
    ]
    _find_stored(orders)
    changed = [order for order in orders if not order.is_unchanged]
    needed = {order.account_key for order in changed}
    accounts = {key: account for key, account in drafts.items() if key in needed}
    return BatchPlan(changed, accounts, _new_products(changed), len(orders) - len(changed))


def _accounts(stage: Stage, groups: list[Group], context: Context) -> tuple[dict[str, int], dict[str, Account]]:
    keys = list(dict.fromkeys(group.account_key for group in groups))
    resolved = resolve_accounts(context.user, keys)
    ids = {key: found.account_id for key, found in resolved.items() if found.match is Match.FOUND}
    unknown = [key for key in keys if resolved[key].match is Match.UNKNOWN]
    is_creating = context.is_creating_accounts and can_create_by_import(context.user)
    drafts = draft_accounts(stage, unknown, context) if is_creating else {}
    for group in groups:
        if group.account_key not in ids and group.account_key not in drafts:
            for number in group.numbers:
                stage.reject(Rejection(number, [("account_code", "account_cannot_be_used")]))
    return ids, drafts


def build_order(group: Group, account: Account | int | None, rates: Rates, context: Context) -> OrderPlan:
    """The order that the lines of ``group`` make, amounts in the base currency and in its own.

    ``account`` is the id of one that exists, one still to be created, or None in a preview.
    """
    lines = [json.loads(payload) for payload in group.payloads]
    rate = rates.on(group.currency, group.day)
    if rate is None:
        raise LookupError(f"no rate for {group.currency} on {group.day}")
    order_lines = [build_line(position, line, rate) for position, line in enumerate(lines, start=1)]
    amount = sum((line.amount for line in order_lines), ZERO)
    own_amount = sum((Decimal(line["amount"]) for line in lines), ZERO)
    is_return = own_amount < 0 or any(line.get("is_return") for line in lines)
    costed = [line for line in order_lines if line.cost_amount is not None]
    has_lines = any(line.get("line") for line in lines)
    order = Order(
        **({"account": account} if isinstance(account, Account) else {"account_id": account}),
        order_number=group.object_key,
        kind=OrderKind.RETURN if is_return else OrderKind.SALE,
        ordered_on=date.fromisoformat(group.day),
        amount=amount,
        currency=group.currency,
        currency_amount=own_amount,
        cancelled_on=_first(lines, "cancelled_on", date.fromisoformat),
        channel=_first(lines, "channel", str) or "",
        units=_units(order_lines) if has_lines else None,
        cost_amount=sum((line.cost_amount for line in costed), ZERO) if costed else None,
        costed_amount=sum((line.amount for line in costed), ZERO),
        lines_hash=lines_hash(group),
        created_by=context.by,
    )
    return OrderPlan(order, order_lines if has_lines else [], group.account_key)


def preview(groups: list[Group], context: Context) -> list[list[str]]:
    """The first orders as they will be written."""
    rates = Rates.load()
    heads = [_("Order"), _("Account"), _("Order date"), _("Kind"), _("Amount"), _("Lines")]
    rows = [build_order(group, None, rates, context) for group in groups]
    return [
        [str(head) for head in heads],
        *(
            [
                row.order.order_number,
                row.account_key[2:],
                row.order.ordered_on.isoformat(),
                str(row.order.get_kind_display()),
                formats.amount(row.order.amount),
                str(len(row.lines)),
            ]
            for row in rows
        ),
    ]


def _first(lines: list[dict], key: str, parse):
    return next((parse(line[key]) for line in lines if line.get(key)), None)


def _units(lines: list[LineDraft]) -> Decimal | None:
    """Σ quantity; None when a line does not say how many."""
    if any(line.quantity is None for line in lines):
        return None
    return sum((line.quantity for line in lines), ZERO)


def build_line(position: int, line: dict, rate: Decimal) -> LineDraft:
    """One unsaved line; its money is brought into the base currency."""
    return LineDraft(
        position=position,
        product_code=line.get("code", ""),
        description=line.get("name", ""),
        quantity=_decimal(line.get("quantity")),
        unit_price=_money(line.get("price"), rate),
        discount_rate=_decimal(line.get("discount")) or ZERO,
        amount=_money(line["amount"], rate),
        cost_amount=_money(line.get("cost"), rate),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _money(text: str | None, rate: Decimal) -> Decimal | None:
    if text is None:
        return None
    return Decimal(text) if rate == LINE_SHARE else quantise(Decimal(text) * rate)


def lines_hash(group: Group) -> str:
    """The fingerprint of an order in a file: its day, currency and the set of its lines, in whatever order."""
    content = "\n".join([group.day, group.currency, *sorted(group.payloads)])
    return hashlib.sha256(content.encode()).hexdigest()


def _find_stored(orders: list[OrderPlan]) -> None:
    known = [plan for plan in orders if plan.order.account_id]
    rows = Order.objects.filter(
        account__in={plan.order.account_id for plan in known},
        order_number__in={plan.order.order_number for plan in known},
    )
    stored = {(row.account_id, row.order_number): row for row in rows}
    for plan in known:
        plan.stored = stored.get((plan.order.account_id, plan.order.order_number))


def _new_products(orders: list[OrderPlan]) -> dict[str, Product]:
    """Set the products of the lines; unsaved ones for codes that nobody knows, the first name wins."""
    lines = [line for plan in orders for line in plan.lines if line.product_code]
    codes = {line.product_code for line in lines}
    ids = dict(Product.objects.filter(code__in=codes).values_list("code", "pk"))
    new: dict[str, Product] = {}
    for line in lines:
        line.product_id = ids.get(line.product_code)
        if line.product_id is None:
            draft = new.setdefault(line.product_code, Product(code=line.product_code))
            draft.name = draft.name or line.description
    return new
