"""Every write to accounts and what hangs on them."""

from accounts.services.account import archive_account, create_account, restore_account, update_account
from accounts.services.codes import take_codes
from accounts.services.contact import (
    archive_contact,
    create_contact,
    leave_contact,
    move_contact,
    move_contact_back,
    restore_contact,
    update_contact,
)
from accounts.services.interaction import (
    cancel_interaction,
    plan_interaction,
    reopen_interaction,
    reschedule_interaction,
    update_interaction,
)
from accounts.services.interaction_log import NextStep, Promise, Report, log_interaction
from accounts.services.interaction_undo import memory_of, take_back_log
from accounts.services.lifetime import write_lifetime_values
from accounts.services.notification import (
    Message,
    change_notification_settings,
    mark_all_read,
    mark_read,
    mark_unread,
    notify,
    notify_each,
    prune_notifications,
    take_back_reading,
)
from accounts.services.standing import write_standings
from accounts.services.task import cancel_task, complete_task, create_task, reopen_task, reschedule_task
from accounts.services.team import assign_accounts, release_accounts, set_account_team, transfer_account

__all__ = [
    "Message",
    "NextStep",
    "Promise",
    "Report",
    "archive_account",
    "archive_contact",
    "assign_accounts",
    "cancel_interaction",
    "cancel_task",
    "change_notification_settings",
    "complete_task",
    "create_account",
    "create_contact",
    "create_task",
    "leave_contact",
    "log_interaction",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "memory_of",
    "move_contact",
    "move_contact_back",
    "notify",
    "notify_each",
    "plan_interaction",
    "prune_notifications",
    "release_accounts",
    "reopen_interaction",
    "reopen_task",
    "reschedule_interaction",
    "reschedule_task",
    "restore_account",
    "restore_contact",
    "set_account_team",
    "take_back_log",
    "take_back_reading",
    "take_codes",
    "transfer_account",
    "update_account",
    "update_contact",
    "update_interaction",
    "write_lifetime_values",
    "write_standings",
]
