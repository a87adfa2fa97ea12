"""`docs/reliability.md` names tests; each of them must exist."""

import ast
import re
from functools import cache

import pytest
from django.conf import settings

TEXT = (settings.BASE_DIR / "docs" / "reliability.md").read_text(encoding="utf8")
NAMED = sorted(set(re.findall(r"`(tests/\S+?\.py)::(\w+)`", TEXT)))


@cache
def functions(path: str) -> set[str]:
    tree = ast.parse((settings.BASE_DIR / path).read_text(encoding="utf8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part.rsplit("/", 1)[-1])
def test_named_test_exists(path, name):
    assert name in functions(path)


def test_every_row_names_a_test():
    rows = [line for line in TEXT.splitlines() if re.match(r"\| R\d\d ", line)]
    assert len(rows) >= 24
    assert [row for row in rows if "::" not in row] == []
