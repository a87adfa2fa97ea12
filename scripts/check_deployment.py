"""Are the files of the deployment sound? Their linters, the specification of compose, and whether they name the same.

Nothing is started and no network is used. `tests/faults/test_deployment.py` runs what they say.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from compose_spec import ComposeSpecification
from pydantic import BaseModel, ValidationError

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
YAML_RULES = "{extends: default, rules: {line-length: disable, document-start: disable, truthy: disable}}"
OF_NO_CONCERN = {"PYTEST_XDIST_WORKER", "TEST_DATABASE_TEMPLATE", "TEST_KEY_PREFIX", "DEBUG", "HOST"}


def lint(*command: str) -> Iterator[str]:
    """What a linter complains about."""
    result = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        yield result.stdout + result.stderr


def compose_problems() -> Iterator[str]:
    """What the specification does not know: wrong values, and names that would be passed over in silence."""
    content = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf8"))
    try:
        model = ComposeSpecification.model_validate(content)
    except ValidationError as error:
        yield str(error)
    else:
        yield from unknown_names(content, model, "docker-compose.yml")


def unknown_names(content, model, place: str) -> Iterator[str]:
    """Names in ``content`` that its ``model`` has no field for."""
    if not isinstance(content, dict):
        return
    if isinstance(model, BaseModel):
        known = {field.alias or name: vars(model)[name] for name, field in type(model).model_fields.items()}
        names = [name for name in content if not name.startswith("x-")]
        yield from (f"{place}: compose knows no {name}" for name in names if name not in known)
    else:
        known = model if isinstance(model, dict) else {}
    for name in content.keys() & known.keys():
        yield from unknown_names(content[name], known[name], f"{place}.{name}")


def settings_problems() -> Iterator[str]:
    """Every variable that the settings or compose read stands in .env.example, and nothing else does."""
    example = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf8"), re.MULTILINE))
    sources = [*(ROOT / "kam" / "settings").glob("*.py"), ROOT / "gunicorn.conf.py", ROOT / "docker-compose.yml"]
    text = "\n".join(path.read_text(encoding="utf8") for path in sources)
    read = set(re.findall(r"(?:env(?:\.\w+)?\(|environ\.get\(|environ\[)\"([A-Z_]+)\"|\$\{([A-Z_]+)", text))
    wanted = {first or second for first, second in read} - OF_NO_CONCERN
    known = wanted | {"DJANGO_SETTINGS_MODULE"}
    yield from (f".env.example does not name {name}" for name in sorted(wanted - example))
    yield from (f".env.example names {name}, which nothing reads" for name in sorted(example - known))


def image_problems() -> Iterator[str]:
    """The image holds every package of the product."""
    kept = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(encoding="utf8"), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"templates", "static", "locale"}
    yield from (f".dockerignore leaves out {name}" for name in sorted(packages - kept))


def main() -> int:
    problems = [
        *lint("hadolint", "Dockerfile"),
        *lint("yamllint", "-d", YAML_RULES, "docker-compose.yml"),
        *compose_problems(),
        *settings_problems(),
        *image_problems(),
    ]
    print("\n".join(problems))
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
