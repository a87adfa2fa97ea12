from django.core.management.base import BaseCommand, CommandError

from users.choices import TokenScope
from users.models import User
from users.services.tokens import create_token


class Command(BaseCommand):
    help = "Make an API token for a user and print it: the only time it is shown."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--scope", choices=TokenScope.values, default=TokenScope.READ.value)
        parser.add_argument("--name", default="command line")

    def handle(self, username, **options):
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {username}.")
        self.stdout.write(create_token(user=user, by=user, name=options["name"], scope=options["scope"]))
