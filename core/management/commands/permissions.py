"""``manage.py permissions``: the table of rights as a page."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from core.permission_docs import permissions_page

PAGE = Path("docs") / "permissions.md"


class Command(BaseCommand):
    help = "Print who may do what as Markdown, or write the page of the documentation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--docs", action="store_true", help=f"write {PAGE}")

    def handle(self, *, docs, **options):
        if docs:
            (settings.BASE_DIR / PAGE).write_text(permissions_page(), encoding="utf8")
        else:
            self.stdout.write(permissions_page())
