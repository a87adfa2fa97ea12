from pathlib import Path
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from users.installation import keep_settings
from users.models import User
from users.services.people import create_user

QUESTIONS = {
    "company": "Company",
    "zone": "Business time zone, such as Asia/Shanghai",
    "currency": "Base currency, such as CNY",
    "username": "User name of the first administrator",
    "name": "Their name",
    "email": "Their e-mail address",
}


class Command(BaseCommand):
    help = "First steps of an installation: company, business zone, base currency, first administrator."

    def add_arguments(self, parser):
        for name, question in QUESTIONS.items():
            parser.add_argument(f"--{name}", help=question)
        parser.add_argument("--password", help="Without it a link to choose one is mailed.")
        parser.add_argument("--env-file", default=str(settings.BASE_DIR / ".env"), help="Where the settings are kept.")

    def handle(self, **options):
        if User.objects.exists():
            raise CommandError("This installation has users already; nothing was changed.")
        answers = {name: options[name] or self.ask(question) for name, question in QUESTIONS.items()}
        check(answers, options["password"])
        lines = {
            "COMPANY_NAME": answers["company"],
            "BUSINESS_TIME_ZONE": answers["zone"],
            "BASE_CURRENCY": answers["currency"],
        }
        person = {name: answers[name] for name in ("username", "name", "email")}
        user = create_user(by=None, role="admin", password=options["password"] or "", **person)
        self.stdout.write(f"Created the administrator {user.username}.")
        self.report(Path(options["env_file"]), lines)

    def ask(self, question: str) -> str:
        return input(f"{question}: ").strip()

    def report(self, path: Path, lines: dict[str, str]) -> None:
        """Keep the settings where the next start reads them, or say what to set by hand."""
        try:
            keep_settings(path, lines)
            self.stdout.write(f"Kept in {path}:")
        except OSError:
            self.stdout.write(f"{path} cannot be written. Set these in the environment:")
        for name, value in lines.items():
            self.stdout.write(f"  {name}={value}")


def check(answers: dict[str, str], password: str | None) -> None:
    """Raise CommandError for an answer that the product could not work with."""
    if answers["zone"] not in available_timezones():
        raise CommandError(f"{answers['zone']} is not a time zone.")
    if not (len(answers["currency"]) == 3 and answers["currency"].isascii() and answers["currency"].isupper()):
        raise CommandError(f"{answers['currency']} is not a currency code of three letters.")
    try:
        User(username=answers["username"], name=answers["name"]).clean_fields(exclude=["password"])
        validate_email(answers["email"])
        if password:
            validate_password(password)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
