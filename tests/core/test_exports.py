"""Tables as files: what a spreadsheet would compute stays text, and comes back exactly."""

from decimal import Decimal

import pytest

from core.exports import csv_lines, shield, unshield
from core.tables import Column
from kam.imports.readers import detect_layout, read_sample

TEXTS = ["=1+1", "+86 21", "-5", "@x", "\tx", "'=x", "''=x", "'plain", "plain", "o'=x", ""]


@pytest.mark.parametrize("text", TEXTS)
def test_shielded_text_comes_back_exactly(text):
    assert unshield(shield(text)) == text
    assert shield(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_what_an_export_writes_an_import_reads(tmp_path):
    """Text is shielded by its column, figures are left alone; reading takes exactly the apostrophe away."""
    columns = [Column("name", "Name"), Column("amount", "Amount", kind="amount")]
    path = tmp_path / "source"
    path.write_text("".join(csv_lines(columns, [[text, Decimal("-5.5000")] for text in TEXTS])), newline="")
    _headers, rows = read_sample(path, detect_layout(path, "export.csv"))
    assert [unshield(name) for name, _amount in rows] == TEXTS
    assert {amount for _name, amount in rows} == {"-5.5"}
