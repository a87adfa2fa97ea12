"""The suite: the database and the broker come from the environment, so that both pairs run the same tests.

Every worker of a parallel run has its own folder, its own test database and its own prefix on Redis.
"""

import os
import tempfile
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
if "VAR_DIR" not in os.environ:
    SCRATCH = tempfile.TemporaryDirectory(prefix="kam-test-", ignore_cleanup_errors=True)
    os.environ["VAR_DIR"] = SCRATCH.name
if Path(os.environ["VAR_DIR"]).name != WORKER:
    os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR"]) / WORKER)
Path(os.environ["VAR_DIR"]).mkdir(parents=True, exist_ok=True)

from kam.settings.base import *  # noqa: F403
from kam.settings.base import (
    CACHES,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    CELERY_BROKER_URL,
    DATABASES,
    INSTALLED_APPS,
    TEMPLATES,
    VAR_DIR,
    env,
)
from kam.settings.logs import logging_config

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_AUTOREFRESH = False
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "MISSING_TEMPLATE_VARIABLE(%s)"
LOGGING = logging_config(json=False)

# A file, not memory: the threads of a live server and second processes must see the same database. On PostgreSQL a
# copy of a prepared database, because only CREATE DATABASE can say C.UTF-8, and Chinese search needs it.
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"TEMPLATE": env("TEST_DATABASE_TEMPLATE", default="template0"), "CHARSET": "UTF8"}

DATABASES["default"]["CONN_MAX_AGE"] = 0

KEY_PREFIX = f"{env('TEST_KEY_PREFIX', default='kam-test')}-{WORKER}:"
CACHES["default"]["KEY_PREFIX"] = KEY_PREFIX
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = KEY_PREFIX
