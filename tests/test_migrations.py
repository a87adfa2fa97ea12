"""Every migration can be taken back, with data in the tables, and what holds locks for long is known."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

OUR_APPS = ("core", "users", "accounts", "sales", "segmentation", "churn", "loyalty", "kam")
ONE_WAY: dict[tuple[str, str], str] = {}
"""Migrations that cannot be taken back, each with the reason."""

LOADER = MigrationLoader(None)
OWN = sorted(key for key in LOADER.disk_migrations if key[0] in OUR_APPS)


@pytest.mark.parametrize("key", OWN, ids="{0[0]}.{0[1]}".format)
def test_migration_can_be_taken_back_or_says_why_not(key):
    stuck = [str(step) for step in LOADER.disk_migrations[key].operations if not step.reversible]
    assert not stuck or ONE_WAY.get(key), stuck


@pytest.mark.parametrize("key", OWN, ids="{0[0]}.{0[1]}".format)
def test_migration_is_all_or_nothing(key):
    """One that is not atomic may stop half way; it says so by name, because it must be written to be run again."""
    assert LOADER.disk_migrations[key].atomic or key[1].endswith("_concurrently")


def test_every_app_with_models_has_migrations_here():
    ours = {config.label for config in apps.get_app_configs() if config.label in OUR_APPS and list(config.get_models())}
    assert ours <= {app for app, _name in OWN}


@pytest.mark.django_db
def test_database_of_the_suite_is_at_the_last_migration():
    applied = MigrationLoader(connection).applied_migrations
    assert {key for key in OWN if key not in applied} == set()
