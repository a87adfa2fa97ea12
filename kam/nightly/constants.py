"""Limits of the nightly run, each with its unit and its reason."""

from datetime import timedelta

HEARTBEATS_PER_LEASE = 4
"""A worker renews its lease this often within one lease, so that one missed beat never costs it."""

MAX_FAILURES = 3
"""Errors of one shard before it counts as failed: a lasting fault shows soon, a passing one is ridden out."""

MAX_ATTEMPTS = 20
"""Claims of one shard, kills included: what kills its worker every time must come to an end."""

RETRY_DELAY_SECONDS = 2
"""Wait before a failed shard is tried again, per failure so far."""

HISTORIC_AFTER_DAYS = 7
"""A run for a date older than yesterday minus this many days is historic: no tasks, alerts only for the record."""

CATCH_UP_NIGHTS = 7
"""Missed nights that are caught up, the newest ones; older dates are run by hand when somebody needs them."""

SWEEP_SECONDS = 60
"""How often lost work is looked for."""

GRACE = timedelta(hours=2)
"""A night that is not finished this long after its time is late."""

STALLED_AFTER = timedelta(minutes=5)
"""Without a sweep for this long, the schedule, the broker or the workers do not do their work."""

POLL_SECONDS = 0.5
"""How often the command looks again while others work on its run."""
