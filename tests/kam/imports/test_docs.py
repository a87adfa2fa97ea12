"""The page of imports says what the registry says."""

from pathlib import Path

from django.conf import settings

from kam.imports.docs import RULES, imports_page
from kam.imports.kinds import KINDS


def test_the_page_is_what_the_registry_says():
    assert (Path(settings.BASE_DIR) / "docs" / "imports.md").read_text(encoding="utf-8") == imports_page()


def test_every_kind_has_its_rules_and_every_column_its_line():
    assert RULES.keys() == KINDS.keys()
    page = imports_page()
    assert all(f"| `{field.key}`" in page for kind in KINDS.values() for field in kind.fields)
