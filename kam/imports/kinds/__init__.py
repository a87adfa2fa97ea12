"""The kinds of import by their name."""

from kam.imports.kinds.accounts import AccountImport
from kam.imports.kinds.base import Kind
from kam.imports.kinds.orders import OrderImport

KINDS: dict[str, type[Kind]] = {"accounts": AccountImport, "orders": OrderImport}
