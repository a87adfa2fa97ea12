"""Fixed numbers of the daily work with accounts."""

from datetime import timedelta

INTERACTION_LOCK_DAYS = 7
"""Days after which an interaction is changed only with a reason (unit: days after the day it happened)."""

CODE_PREFIX = "A"
CODE_DIGITS = 6
GROUP_DEPTH = 12
"""Levels of a group that are followed; deeper ones are cut (unit: levels below the account)."""

DEFAULT_COUNTRY = "CN"
"""The country of a mobile number written without one, where the account has no country."""

PLAN_HOUR = 9
"""The hour that stands for a planned day without a time (unit: hour of the business zone)."""

NOTIFICATION_DAYS = 180
"""Days for which a notification is kept, read or not."""

READ_NOTIFICATION_DAYS = 30
"""Days for which a notification is kept after it was read."""

COMMENT_CHANGE_TIME = timedelta(hours=24)
"""How long its author may change or take away a comment."""

ATTACHMENT_BYTES = 25 * 1024 * 1024
"""The largest file that is taken (unit: bytes)."""

ATTACHMENTS_PER_RECORD = 50
"""Files beside one record (unit: files)."""
