"""What the suite stands on: second processes see the test's database, files and prefix; workers share nothing."""

import json
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from tests import factories

PROBE = """
import django, json; django.setup()
from django.conf import settings
from users.models import User
print(json.dumps([list(User.objects.values_list("username", flat=True)), str(settings.VAR_DIR), settings.KEY_PREFIX]))
"""


def test_second_process_sees_the_database_of_the_test(process_environment):
    factories.UserFactory(username="seen-from-outside")
    answer = subprocess.run(
        [sys.executable, "-c", PROBE], env=process_environment, cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == [["seen-from-outside"], str(settings.VAR_DIR), settings.KEY_PREFIX]


@pytest.mark.parametrize("number", [1, 2])
def test_cache_is_empty_when_a_test_starts(number):
    assert cache.get("left-behind") is None
    cache.set("left-behind", number)
    assert cache.get("left-behind") == number


def test_database_sorts_and_folds_like_c_utf8(db):
    if connection.vendor != "postgresql":
        assert settings.DATABASES["default"]["NAME"].startswith(str(settings.VAR_DIR))
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == ("UTF8", "C.UTF-8")
