"""Thresholds of alerts, with unit and source."""

ALERT_RULE = "alert_rule"
"""The kind of configuration document a rule is."""

HOLD_NIGHTS = 2
"""Nights without firing after which an alert closes by itself (definitions, rules v1)."""

NEWS_DAYS = 7
"""Days before yesterday up to which a night still makes live alerts and tasks (definitions, rules v1)."""

TASK_DUE_DAYS = 2
"""Days after the night by which somebody should have looked into a new alert."""

WRITE_BATCH = 1_000
"""Rows per transaction, so that nobody's save waits long for SQLite's write lock."""

ESCALATE_DAYS = 7
"""Days an alert may wait for somebody to take it on before the manager is told."""

BULK_LIMIT = 200
"""Alerts that can be worked on at once: what one page of the list holds at most."""
