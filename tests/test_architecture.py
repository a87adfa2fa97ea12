"""The walls of the house, measured over the tree: layers, sizes, names, and the one way each thing is done."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
OUR_APPS = ("core", "users", "accounts", "sales", "segmentation", "churn", "loyalty", "kam")
WRITERS = ("services", "importing", "demo")
SOURCES = sorted(path for app in OUR_APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_TEMPLATE = 50, 400, 120
PURE = (
    "rfm.py",
    "tiers.py",
    "conditions.py",
    "scores.py",
    "gaps.py",
    "money.py",
    "windows.py",
    "settlement.py",
    "lifecycle.py",
    "rules.py",
    "replay.py",
)
DEAR_LIBRARIES = {"numpy", "pandas", "playwright", "pyarrow", "pypinyin", "python_calamine", "scipy", "xlsxwriter"}
FORBIDDEN_IN_TEMPLATES = {
    "inline style": re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE),
    "inline handler": re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\b(?:src|type=\"application/json\"))[^>]*>", re.IGNORECASE),
    "style block": re.compile(r"<style\b", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "javascript address": re.compile(r"href\s*=\s*[\"']\s*javascript:", re.IGNORECASE),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf8"), filename=name_of(path))


def calls(path: Path):
    """Every call in a file as (line, dotted name of what is called)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def sources_named(*stems: str) -> list[Path]:
    """The files with such a name, and those inside packages with such a name."""
    return [path for path in SOURCES if path.stem in stems or path.parent.name in stems]


def test_imports_point_down_only():
    linter = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_a_start_imports_no_library_that_only_calculations_need():
    program = (
        "import sys, django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        f"print(*({DEAR_LIBRARIES!r} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def lengths_of_functions() -> list[int]:
    return [
        node.end_lineno - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_most_functions_and_files_are_short():
    functions = sorted(lengths_of_functions())
    files = sorted(len(path.read_text(encoding="utf8").splitlines()) for path in SOURCES)
    assert functions[len(functions) // 2] <= 6
    assert functions[len(functions) * 9 // 10] <= 20
    assert files[len(files) * 9 // 10] <= 250


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "helpers", "common", "misc", "signals"}
    assert [name_of(path) for path in SOURCES if path.stem in drawers or path.parent.name in drawers] == []


def test_functions_fit_on_a_screen():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} {node.end_lineno - node.lineno + 1}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize(
    ("paths", "most"), [(SOURCES, LONGEST_FILE), (TEMPLATES, LONGEST_TEMPLATE)], ids=["py", "html"]
)
def test_files_stay_short(paths, most):
    lengths = {name_of(path): len(path.read_text(encoding="utf8").splitlines()) for path in paths}
    assert {name: length for name, length in lengths.items() if length > most} == {}


@pytest.mark.parametrize("what", FORBIDDEN_IN_TEMPLATES)
def test_templates_hold_to_the_content_policy(what):
    pattern = FORBIDDEN_IN_TEMPLATES[what]
    assert [name_of(path) for path in TEMPLATES if pattern.search(path.read_text(encoding="utf8"))] == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("inline style", '<p class="x" style="color:red">'),
        ("inline handler", '<button onclick="go()">'),
        ("inline script", "<script>go()</script>"),
        ("style block", "<style>p{}</style>"),
        ("unescaped text", "{{ name|safe }}"),
        ("javascript address", '<a href="javascript:go()">'),
    ],
)
def test_patterns_find_what_they_look_for(what, text):
    assert FORBIDDEN_IN_TEMPLATES[what].search(text)


def test_text_is_never_marked_safe_from_python():
    marked = {"mark_safe", "SafeString", "safestring.mark_safe"}
    assert [f"{name_of(path)}:{line}" for path in SOURCES for line, name in calls(path) if name in marked] == []


def test_reads_start_from_what_the_user_may_see():
    """In what answers a request no query starts from all rows of an account's data."""
    private = {
        model.__name__
        for app in ("accounts", "sales", "churn", "loyalty")
        for model in apps.get_app_config(app).get_models()
    }
    opening = re.compile(r"^(\w+)\.objects\.(all|filter|get|exclude|values|values_list|count|aggregate|annotate)$")
    found = [
        f"{name_of(path)}:{line} {name}"
        for path in sources_named("views", "api", "tables", "filters", "exports", "context", "forms")
        for line, name in calls(path)
        if (match := opening.match(name))
        and match[1] in private
        and hasattr(next(m for m in apps.get_models() if m.__name__ == match[1]).objects, "visible_to")
    ]
    assert found == []


def test_views_do_not_write():
    """Writing is the services' part: a view, page or API, calls one of them."""
    writing = re.compile(
        r"\.objects\.(create|update|bulk_create|bulk_update|get_or_create|update_or_create)$|(^|\.)atomic$"
        r"|\.(bulk_create|bulk_update|get_or_create|update_or_create)$"
    )
    found = [
        f"{name_of(path)}:{line} {name}"
        for path in sources_named("views", "api", "tables", "filters", "selectors", "forms")
        for line, name in calls(path)
        if writing.search(name)
    ]
    assert found == []


def test_calculations_know_no_django():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        if path.name in PURE and path.parent.name in OUR_APPS
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "django")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "django" for alias in node.names))
    ]
    assert found == []


def test_request_parameters_never_become_keyword_arguments():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg is None and re.search(r"request\.(GET|POST|data|query_params)", ast.unparse(keyword.value))
    ]
    assert found == []


def test_no_signals_between_our_apps():
    """The framework may tell us of its own events; our apps call each other's services."""
    found = [
        f"{name_of(path)}:{node.lineno} {alias.name}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module in ("django.db.models.signals", "django.dispatch")
        for alias in node.names
        if alias.name not in ("post_migrate",)
    ]
    assert found == []


def test_tasks_are_short():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in (ROOT / app / "tasks.py" for app in OUR_APPS)
        if path.exists()
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > 10
    ]
    assert long == []


def dated_fields() -> set[str]:
    return {field for model in apps.get_models() for field in getattr(model, "DATED_FIELDS", ())}


def assignments(path: Path):
    """Every assignment to an attribute of something else than self, as (line, target, attribute)."""
    for node in ast.walk(tree(path)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            continue
        for target in targets:
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) != "self":
                yield node.lineno, ast.unparse(target), target.attr


def updates(path: Path):
    """Every ``….update(field=…)`` on a queryset, as (line, field)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            yield from ((node.lineno, keyword.arg) for keyword in node.keywords if keyword.arg)


def test_dated_fields_exist():
    assert {"owner", "team", "status"} <= {field.removesuffix("_id") for field in dated_fields()}


def test_dated_fields_are_changed_by_services_only():
    """What changes over time has a dated row beside it, which only the services keep."""
    names = dated_fields()
    outside = [path for path in SOURCES if not set(WRITERS) & {path.stem, *path.relative_to(ROOT).parts}]
    found = [
        f"{name_of(path)}:{line} {target}"
        for path in outside
        for line, target, attribute in assignments(path)
        if attribute in names or attribute.removesuffix("_id") in names
    ]
    found += [
        f"{name_of(path)}:{line} update({name}=…)" for path in outside for line, name in updates(path) if name in names
    ]
    assert found == []


def test_services_that_change_a_dated_field_write_its_dated_row():
    names = dated_fields()
    keepers = ("record_changes", "open_dated_rows")
    found = [
        f"{name_of(path)}:{line} {target}"
        for path in sources_named("services")
        if not any(keeper in path.read_text(encoding="utf8") for keeper in keepers)
        for line, target, attribute in assignments(path)
        if attribute in names
    ]
    assert found == []


def test_cache_is_never_emptied_as_a_whole():
    """On Redis that would empty the database, and with it what others keep there."""
    assert [f"{name_of(path)}:{line}" for path in SOURCES for line, name in calls(path) if name == "cache.clear"] == []
