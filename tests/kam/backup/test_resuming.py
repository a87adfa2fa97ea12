"""An installation goes on after a restore as if nothing had been: half-done work is taken up, nothing happens twice."""

import io
from datetime import timedelta
from decimal import Decimal

from django.core import mail
from django.core.management import call_command

from core.periods import last_full_day
from kam.backup.reading import restore_backup
from kam.backup.writing import write_backup
from kam.choices import WorkState
from kam.models import Run, RunShard
from kam.nightly import services
from kam.nightly.hints import no_hints
from kam.nightly.inline import drive
from kam.nightly.leases import claim
from kam.nightly.sequence import STEPS
from loyalty.configuration import FIRST_POINTS_RULES, POINTS_RULES
from loyalty.models import LedgerEntry
from tests import factories
from tests.digest import database_digest
from tests.loyalty.test_configuration import publish


def test_work_goes_on_after_a_restore_and_nothing_is_awarded_twice(transactional_db, tmp_path, settings):
    """A backup in mid-night, restored over the finished night and over later orders: both nights end alike."""
    settings.MEDIA_ROOT = str(tmp_path / "media" / "files")
    call_command("migrate", verbosity=0)
    yesterday = last_full_day()
    publish(POINTS_RULES, FIRST_POINTS_RULES | {"starts_on": str(yesterday)}, yesterday - timedelta(9))
    factories.OrderFactory(ordered_on=yesterday, amount=Decimal(1000))
    call_command("nightly")
    run = services.start_run(steps=STEPS, queue=no_hints)[0]
    shard = claim(RunShard.objects.get(step__run=run).pk)

    backup = io.BytesIO()
    write_backup(backup)
    backup.seek(0)
    RunShard.objects.filter(pk=shard.pk).update(lease_until=None, state=WorkState.WAITING)
    drive(run.pk, steps=STEPS)
    expected = database_digest()
    factories.OrderFactory(ordered_on=yesterday, amount=Decimal(1000))

    restore_backup(backup, is_replacing=True)
    assert RunShard.objects.get(pk=shard.pk).worker == shard.worker
    RunShard.objects.filter(pk=shard.pk).update(lease_until="2026-01-01T00:00:00Z")
    queued = []
    services.sweep(queue=lambda ids, **options: queued.extend(ids))
    assert queued == [shard.pk]
    assert drive(run.pk, steps=STEPS).state == WorkState.DONE
    assert database_digest() == expected
    assert LedgerEntry.objects.count() == 1
    assert not Run.objects.active().exists()
    assert mail.outbox == []
