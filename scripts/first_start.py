"""Bring the database up to date; on an empty one make the demo data and calculate it once."""

import time

import django
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction


def step(title: str, action) -> None:
    """Say what is being done and how long it took."""
    started = time.monotonic()
    print(f"{title} …", flush=True)
    action()
    print(f"{title}: done in {time.monotonic() - started:.1f} s", flush=True)


def make_demo_data() -> None:
    """In one transaction: a first start that is interrupted begins anew at the next one."""
    with transaction.atomic():
        call_command("demo")


def calculate() -> None:
    """A run that failed is no reason not to start: its page says what was wrong and lets the admin repeat it."""
    try:
        call_command("nightly")
    except CommandError as error:
        print(f"The nightly run ended with: {error}", flush=True)


def main() -> None:
    step("Migrations", lambda: call_command("migrate", verbosity=0, interactive=False))
    if not settings.DEMO:
        return
    if not apps.get_model("users", "User").objects.exists():
        step("Demo data", make_demo_data)
    if not apps.get_model("kam", "Run").objects.exists():
        step("First nightly run", calculate)


if __name__ == "__main__":
    django.setup()
    main()
