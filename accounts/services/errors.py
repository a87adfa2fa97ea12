"""What a service of accounts refuses, in words that may be shown to the person who asked."""

from django.utils.translation import gettext_lazy as _


class AccountsError(Exception):
    """Refused for a reason; ``field`` names the input that has to change, '' for none."""

    def __init__(self, message, field: str = ""):
        super().__init__(message)
        self.message = message
        self.field = field


class CodeTakenError(AccountsError):
    """The code belongs to another account; to a stranger of it the text says nothing more."""

    def __init__(self, field: str = "code", *, is_seen: bool):
        text = _("Another account has this code.") if is_seen else _("This code cannot be used; ask an administrator.")
        super().__init__(text, field)


class GroupCycleError(AccountsError):
    """The account chosen as parent is the account itself or hangs below it."""

    def __init__(self):
        super().__init__(_("This account already belongs to the group below."), "parent")


class NotUnassignedError(AccountsError):
    """An account of a bulk assignment has an owner meanwhile; nothing was assigned."""


class LockedError(AccountsError):
    """The interaction is older than the days in which it may be changed freely."""


class StateError(AccountsError):
    """The record is in a state in which this cannot be done: done, cancelled, archived."""
