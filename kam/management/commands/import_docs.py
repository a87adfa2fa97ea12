"""``manage.py import_docs``: write the page of all kinds of import from the registry."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from kam.imports.docs import imports_page

PAGE = Path("docs") / "imports.md"


class Command(BaseCommand):
    help = f"Write {PAGE} from the registry of imports."

    def handle(self, *args, **options):
        path = Path(settings.BASE_DIR) / PAGE
        path.write_text(imports_page(), encoding="utf-8")
        self.stdout.write(f"{PAGE} is written.")
