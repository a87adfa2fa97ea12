"""The laptop: SQLite, filesystem broker, mails as files."""

from kam.settings.base import *  # noqa: F403
from kam.settings.base import VAR_DIR, env
from kam.settings.logs import logging_config

VAR_DIR.mkdir(parents=True, exist_ok=True)


def local_secret() -> str:
    """A random key kept in the var folder, so that sessions survive a restart and no key is ever shipped."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        from django.core.management.utils import get_random_secret_key

        path.write_text(get_random_secret_key())
        path.chmod(0o600)
    return path.read_text()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or local_secret()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
LOGGING = logging_config(json=False)
