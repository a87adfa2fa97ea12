from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kam.demo.load import DEMO_PASSWORD, LOGINS, AlreadyFilled, load_demo


class Command(BaseCommand):
    help = (
        "Fill an empty database with three years of an invented industrial supplier, ending yesterday (needs DEMO=1)."
    )

    def add_arguments(self, parser):
        parser.add_argument("--accounts", type=int, default=300)
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *, accounts: int, seed: int, **options):
        if not settings.DEMO:
            raise CommandError("Demo logins have a known password. Set DEMO=1 to allow them.")
        try:
            counts = load_demo(account_count=accounts, seed=seed)
        except AlreadyFilled:
            raise CommandError("The database holds data already; demo data goes into an empty one only.") from None
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
        self.stdout.write(f"Sign in as {', '.join(LOGINS)} with the password {DEMO_PASSWORD}.")
