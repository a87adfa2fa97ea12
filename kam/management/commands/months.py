"""``manage.py months``: are the kept sums of orders by month those of the orders? With ``--repair`` they become so."""

import json

from django.core.management.base import BaseCommand, CommandError

from core.database import long_statements
from sales.services import differing_months, repair_months


class Command(BaseCommand):
    help = "Compare the sums of orders by account and month with the orders; --repair sums all of them again."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="sum all months again from the orders")
        parser.add_argument("--json", action="store_true", help="print the months that differ as JSON")

    def handle(self, *, repair, json: bool, **options):
        with long_statements():
            differing = differing_months()
            summed = repair_months() if repair else 0
        self.stdout.write(_as_json(differing, summed) if json else _as_text(differing, summed))
        if differing and not repair:
            raise CommandError("Months differ from their orders. Run it with --repair.")


def _as_json(differing: list[tuple[int, int]], summed: int) -> str:
    months = [{"account": pk, "month": _name(month)} for pk, month in differing]
    return json.dumps({"differing": months, "summed_again": summed})


def _as_text(differing: list[tuple[int, int]], summed: int) -> str:
    lines = [f"account {pk}, {_name(month)}: differs" for pk, month in differing]
    return "\n".join([*lines, f"{len(differing)} months differ, {summed} summed again"])


def _name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"
