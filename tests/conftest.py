"""What every test stands on: the actors of the table of rights, and no quiet errors."""

import logging
import os
from types import SimpleNamespace

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from core.watchdog import PatientLink
from loyalty import protection
from tests import factories, template_database

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
LIMITS = dict(connection.settings_dict["OPTIONS"])

# Properties are judged by what holds, not by how busy the machine is.
hypothesis.settings.register_profile("suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings, django_db_keepdb):
    """On SQLite a run begins with a copy of the migrated file of an earlier run, where there is one."""
    database = settings.DATABASES["default"]
    return django_db_keepdb or ("sqlite" in database["ENGINE"] and template_database.restore(database["TEST"]["NAME"]))


def set_limits(**options) -> None:
    """Open the links of the suite with ``options`` from now on. SQLite has no such limits."""
    if connection.vendor == "postgresql":
        connection.close()
        connection.settings_dict["OPTIONS"] |= options


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Making and dropping a database waits for a checkpoint: it has no time limit, as the tests have again."""
    set_limits(options="-c jit=off", connection_factory=PatientLink)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, django_db_keepdb):
    """Two repairs of the test database.

    The token table that our own token model replaces stands outside the models and would stop every flush. And at the
    end PostgreSQL drops a database only when threads and killed processes have left it.
    """
    limits = {name: LIMITS[name] for name in ("options", "connection_factory") if name in LIMITS}
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS knox_authtoken")
    if connection.vendor == "sqlite" and not django_db_keepdb:
        template_database.keep(connection.settings_dict["NAME"])
    with django_db_blocker.unblock():
        set_limits(**limits)
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            set_limits(options="-c jit=off", connection_factory=PatientLink)


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_the_protection_of_the_ledger():
    """Between tests with real transactions Django empties every table, the append-only ones too."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def unprotected(self, statements):
        protection.lift(self.connection)
        flush(self, statements)
        protection.protect(self.connection)

    operations.execute_sql_flush = unprotected
    yield
    operations.execute_sql_flush = flush


@pytest.fixture(autouse=True)
def _no_error_logs(caplog, request):
    """An ERROR in the log fails the test, unless the test says that it expects one (``allow_error_logs``)."""
    yield
    if request.node.get_closest_marker("allow_error_logs"):
        return
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not errors, [record.getMessage() for record in errors]


@pytest.fixture(autouse=True)
def _empty_cache():
    """No test sees what another left in the cache. On Redis only this worker's own keys go: others share the server."""
    yield
    if not settings.CACHES["default"]["BACKEND"].endswith("RedisCache"):
        cache.clear()
        return
    client = cache._cache.get_client()
    for key in client.scan_iter(f"{settings.KEY_PREFIX}:*"):
        client.delete(key)


@pytest.fixture
def process_environment(transactional_db) -> dict[str, str]:
    """The environment in which a second process (worker, command) works on this test's database, broker and files."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        url = f"sqlite:///{database['NAME']}"
    else:
        login = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
        place = f"{database['HOST']}:{database['PORT'] or 5432}" if database["HOST"] else ""
        socket = f"?host={database['OPTIONS']['host']}" if "host" in database["OPTIONS"] else ""
        url = f"postgres://{login}@{place}/{database['NAME']}{socket}"
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "kam.settings.test", "DATABASE_URL": url}


@pytest.fixture
def actors(db) -> SimpleNamespace:
    """One account and everybody who stands in some relation to it: the columns of ``permissions.yml``."""
    region = factories.TeamFactory(name="Region")
    team = factories.TeamFactory(name="North", parent=region)
    other = factories.TeamFactory(name="South")
    own = factories.UserFactory(username="own", team=team)
    helper = factories.UserFactory(username="helper", team=other)
    account = factories.AccountFactory(owner=own, name="Nine Rivers Rail")
    factories.AccountMemberFactory(account=account, user=helper)
    return SimpleNamespace(
        account=account,
        OWN=own,
        HELP=helper,
        TEAM=factories.UserFactory(username="mate", team=team),
        OTH=factories.UserFactory(username="stranger", team=other),
        MGR=factories.UserFactory(username="mgr", role="manager", team=team),
        REG=factories.UserFactory(username="reg", role="manager", team=region),
        MOTH=factories.UserFactory(username="moth", role="manager", team=other),
        EX=factories.UserFactory(username="ex", role="executive"),
        AD=factories.UserFactory(username="ad", role="admin"),
    )
