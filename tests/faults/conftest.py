"""One installation with demo data for all tests here; each test works on copies of it."""

import pytest
from django.conf import settings

from tests.faults import installation as home

ACCOUNTS = 60
POOL = "solo" if settings.CELERY_BROKER_URL.startswith("filesystem") else "prefork"


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """Demo data in an installation of its own; tests work on copies of it."""
    url = settings.DATABASES["default"]
    kind = "sqlite://" if "sqlite" in url["ENGINE"] else server_url(url)
    with home.installation(
        tmp_path_factory.mktemp("base"), kind, settings.CELERY_BROKER_URL, accounts=ACCOUNTS
    ) as base:
        yield base


def server_url(database: dict) -> str:
    """The address of the suite's own server."""
    login = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    place = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
    return f"postgres://{login}@{place}/{database['NAME']}"


@pytest.fixture
def copy(base, tmp_path):
    """Make copies of the base that go away with the test."""
    made = []

    def make(name: str) -> home.Installation:
        made.append(base.copy(tmp_path / name))
        return made[-1]

    yield make
    for one in made:
        one.drop()
