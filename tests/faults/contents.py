"""Fingerprints that do not depend on the order in which rows were written."""

import hashlib
from datetime import date

from core.models import FactSheet
from core.sheets import Part, read_sheet
from tests.digest import business_columns, business_models, plain

NUMBERED = {"accounts.Task": {"source_key"}}
"""Columns that hold the key of another row, which depends on what was rolled back meanwhile."""


def fingerprint() -> dict[str, str]:
    """Table → hash of its rows without their keys, sheets by what they say and not by how they are cut."""
    tables = {model._meta.label: rows_digest(model) for model in business_models() if model is not FactSheet}
    return tables | {f"sheet {as_of} {part}": sheet_digest(as_of, part) for as_of, part in kept_sheets()}


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
