"""`manage.py reconcile`: prove that the points add up; exit code 1 and a line per difference when they do not."""

from django.core.management import BaseCommand, CommandError

from loyalty.reconciliation import differences, wallet_count


class Command(BaseCommand):
    help = "Prove that every balance of points is the sum of its ledger entries"

    def handle(self, *args, **options) -> None:
        found = differences()
        for one in found:
            self.stdout.write(f"wallet {one.wallet_id}: {one.what} is {one.kept}, the ledger says {one.computed}")
        if found:
            raise CommandError(f"{len(found)} differences")
        self.stdout.write(f"{wallet_count()} wallets add up")
