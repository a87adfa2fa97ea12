"""One batch of orders into the tables, and out of them again."""

from dataclasses import fields
from operator import attrgetter

from accounts.services.bulk import account_counter, create_accounts
from core.database import insert_rows, reserved_keys
from core.search import search_key
from kam.imports.kinds.base import Context, Written
from kam.imports.kinds.new_accounts import take_accounts_back
from kam.imports.kinds.order_plans import BatchPlan, LineDraft, OrderPlan
from kam.imports.undoing import Kept, image_of, put_back, removable
from sales.models import Order, OrderLine, Product

OWN = frozenset({"sales.OrderLine", "loyalty.LedgerEntry"})  # the ledger follows the orders by night
KEPT_FIELDS = ("account_id", "order_number", "created_at", "created_by_id", "id", "version")
ORDER_FIELDS = [f.attname for f in Order._meta.concrete_fields if f.attname not in KEPT_FIELDS]
ORDER_COLUMNS = [f.attname for f in Order._meta.concrete_fields]
# An account of the same batch has its key only by now: it is read from the account, not from what the order copied.
ORDER_VALUES = attrgetter(*("account.pk" if name == "account_id" else name for name in ORDER_COLUMNS))
LINE_COLUMNS = [field.name for field in fields(LineDraft)]
LINE_FIELDS = [f.attname for f in OrderLine._meta.concrete_fields if f.attname != "order_id"]


def write(plan: BatchPlan, context: Context) -> Written:
    """Create accounts, products and orders, replace the lines of orders that differ. Inside a transaction."""
    counter = account_counter()
    create_accounts(list(plan.accounts.values()), by=context.by)
    products = _create_products(plan)
    new = [item for item in plan.orders if item.stored is None]
    changed = [item for item in plan.orders if item.stored is not None]
    _insert_orders([item.order for item in new])
    before = [_replace(item) for item in changed]
    _insert_lines(new + changed)
    undo = {
        "accounts": [account.pk for account in plan.accounts.values()],
        "products": products,
        "orders": [item.order.pk for item in new],
        "before": before,
        "counter": [counter, account_counter()],
    }
    return Written(len(new), len(changed), plan.unchanged, undo)


def _insert_orders(orders: list[Order]) -> None:
    """Insert new orders and give each its key; by COPY where keys can be had before."""
    keys = reserved_keys(Order, len(orders))
    if keys is None:
        Order.objects.bulk_create(orders, batch_size=500)
        return
    for order, key in zip(orders, keys, strict=True):
        order.pk = key
    insert_rows(Order, ORDER_COLUMNS, [ORDER_VALUES(order) for order in orders])


def _create_products(plan: BatchPlan) -> list[int]:
    drafts = list(plan.products.values())
    for draft in drafts:
        draft.name = draft.name or draft.code
        draft.search_key = search_key(draft.name, draft.code)
    Product.objects.bulk_create(drafts, batch_size=500)
    for item in plan.orders:
        for line in item.lines:
            if line.product_id is None and line.product_code:
                line.product_id = plan.products[line.product_code].pk
    return [draft.pk for draft in drafts]


def _replace(item: OrderPlan) -> dict:
    """Put the file's order in the place of the stored one; its former image, for a cancellation."""
    stored = item.stored
    image = image_of(stored, ORDER_FIELDS) | {"lines": list(stored.lines.values(*LINE_FIELDS))}
    stored.lines.all().delete()
    values = {name: getattr(item.order, name) for name in ORDER_FIELDS}
    Order.objects.filter(pk=stored.pk).update(**values, version=stored.version + 1)
    item.order.pk = stored.pk
    return image


def _insert_lines(orders: list[OrderPlan]) -> None:
    values = attrgetter(*LINE_COLUMNS)
    rows = [(item.order.pk, *values(line)) for item in orders for line in item.lines]
    insert_rows(OrderLine, ["order_id", *LINE_COLUMNS], rows)


def undo(undo: dict, context: Context) -> list[Kept]:
    """Take one batch back: delete what it created, restore what it replaced. Inside a transaction."""
    free, kept = removable(Order, undo["orders"], context.user, own=OWN)
    OrderLine.objects.filter(order__in=free).delete()
    Order.objects.filter(pk__in=free).delete()
    images = {image["id"]: image for image in undo["before"]}
    restored, changed = put_back(Order, list(images.values()), context.user)
    for image in restored:
        OrderLine.objects.filter(order=image["id"]).delete()
        OrderLine.objects.bulk_create(OrderLine(order_id=image["id"], **line) for line in image["lines"])
    accounts = take_accounts_back(undo, context)
    products, _used = removable(Product, undo["products"], context.user, own=frozenset())
    Product.objects.filter(pk__in=products).delete()
    return kept + changed + accounts
