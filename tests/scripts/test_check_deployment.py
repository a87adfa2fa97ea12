"""The check of the deployment's files finds what it is there for."""

import pytest
import yaml
from compose_spec import ComposeSpecification

from scripts import check_deployment


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A copy of the files that may be spoiled."""
    for name in ("docker-compose.yml", ".env.example", ".dockerignore", "gunicorn.conf.py"):
        (tmp_path / name).write_text((check_deployment.ROOT / name).read_text(encoding="utf8"), encoding="utf8")
    (tmp_path / "kam" / "settings").mkdir(parents=True)
    monkeypatch.setattr(check_deployment, "ROOT", tmp_path)
    return tmp_path


def spoil(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf8")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("healthcheck:", "helthcheck:", "helthcheck"),
        ("service_healthy", "service_fine", "service_fine"),
        ("interval: 5s", "intervall: 5s", "intervall"),
    ],
)
def test_what_compose_does_not_know_is_found(tree, old, new, word):
    assert list(check_deployment.compose_problems()) == []
    spoil(tree / "docker-compose.yml", old, new)
    assert word in "".join(check_deployment.compose_problems())


def test_variables_and_example_name_the_same(tree):
    (tree / "kam" / "settings" / "base.py").write_text('env.int("NEW_LIMIT", default=1)')
    spoil(tree / ".env.example", "WEB_THREADS=4", "WEB_THREDS=4")
    found = "\n".join(check_deployment.settings_problems())
    for words in ("does not name NEW_LIMIT", "does not name WEB_THREADS", "WEB_THREDS, which nothing reads"):
        assert words in found


def test_a_package_that_the_image_leaves_out_is_found(tree):
    (tree / "plans").mkdir()
    (tree / "plans" / "apps.py").touch()
    assert list(check_deployment.image_problems()) == [".dockerignore leaves out plans"]


def test_specification_in_use_knows_every_service():
    content = yaml.safe_load((check_deployment.ROOT / "docker-compose.yml").read_text(encoding="utf8"))
    services = ComposeSpecification.model_validate(content).services
    assert set(services) == {"db", "broker", "cache", "migrate", "web", "worker", "beat", "proxy"}
