"""Fingerprints that do not depend on the order in which rows were written."""

import hashlib
from datetime import date

from django.conf import settings

from accounts.models import Account
from core.models import FactSheet
from core.sheets import Part, read_sheet
from kam.backup.tables import figures_of, kept_tables
from sales.models import Order, OrderLine
from tests.digest import business_columns, business_models, plain

NUMBERED = {
    "accounts.Task": {"source_key"},
    "loyalty.LedgerEntry": {"wallet_id"},
    "loyalty.Lot": {"wallet_id", "entry_id"},
    "loyalty.LotUse": {"lot_id", "entry_id"},
}
"""Columns that hold the key of another row, which depends on what was rolled back meanwhile."""


def fingerprint() -> dict[str, str]:
    """Table → hash of its rows without their keys, sheets by what they say and not by how they are cut."""
    tables = {model._meta.label: rows_digest(model) for model in business_models() if model is not FactSheet}
    return tables | {f"sheet {as_of} {part}": sheet_digest(as_of, part) for as_of, part in kept_sheets()}


def business() -> dict[str, str]:
    """The fingerprint without what imports keep about themselves: how often they were taken up, their columns."""
    return {name: digest for name, digest in fingerprint().items() if not name.startswith("kam.Import")}


def trade() -> list[str]:
    """Orders and lines by what they say, without the keys that rows happen to get."""
    orders = Order.objects.order_by("account__code", "order_number")
    lines = OrderLine.objects.order_by("order__account__code", "order__order_number", "position")
    rows = (
        orders.values_list("account__code", "order_number", "ordered_on", "amount", "kind", "version", "lines_hash"),
        lines.values_list("order__order_number", "position", "product__code", "quantity", "amount"),
        Account.objects.order_by("code").values_list("code", "name", "created_on"),
    )
    return [digest_of("\n".join(repr(tuple(map(plain, row))) for row in table)) for table in rows]


def rows_digest(model) -> str:
    left_out = {model._meta.auto_field.name if model._meta.auto_field else "", *NUMBERED.get(model._meta.label, ())}
    columns = [name for name in business_columns(model) if name not in left_out]
    rows = sorted(repr(tuple(map(plain, row))) for row in model._base_manager.values_list(*columns))
    return digest_of("\n".join(rows))


def kept_sheets() -> list[tuple[date, str]]:
    return sorted(set(FactSheet.objects.values_list("as_of", "part")))


def sheet_digest(as_of: date, part: str) -> str:
    return digest_of(read_sheet(as_of, Part(part)).to_csv())


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def tables() -> dict[str, str]:
    """Table → hash of all of it, also of what is not the business's own."""
    return {model._meta.label: figures_of(model).sha256 for model in kept_tables()}


def files_folder() -> str:
    return str(settings.MEDIA_ROOT)
