"""The kinds of import by their name."""

from kam.imports.kinds.accounts import AccountImport
from kam.imports.kinds.base import Kind
from kam.imports.kinds.contacts import ContactImport
from kam.imports.kinds.interactions import InteractionImport
from kam.imports.kinds.orders import OrderImport
from kam.imports.kinds.payments import PaymentImport
from kam.imports.kinds.products import ProductImport
from kam.imports.kinds.receivables import ReceivableImport

KINDS: dict[str, type[Kind]] = {
    "accounts": AccountImport,
    "orders": OrderImport,
    "contacts": ContactImport,
    "interactions": InteractionImport,
    "receivables": ReceivableImport,
    "payments": PaymentImport,
    "products": ProductImport,
}
CREATING_ACCOUNTS = ("accounts", "orders")
WITH_MONEY = ("orders", "receivables", "payments")


def may_use(user, kind: str) -> bool:
    """Whether ``user``, who may import, may import files of this kind."""
    return getattr(KINDS[kind], "may_use", lambda user: True)(user)
