"""Why a change of people or teams is refused; the text is for the person who tried."""

from django.utils.translation import gettext_lazy as _


class PeopleError(Exception):
    """A refused change."""

    message = ""

    def __init__(self):
        super().__init__(str(self.message))


class OwnRoleError(PeopleError):
    message = _("Nobody changes their own role. Ask another administrator.")


class OwnDeactivationError(PeopleError):
    message = _("You cannot deactivate yourself. Ask another administrator.")


class LastAdminError(PeopleError):
    message = _("This is the last administrator. Make somebody else an administrator first.")


class TeamCycleError(PeopleError):
    message = _("A team cannot be moved below itself.")


class TeamDepthError(PeopleError):
    message = _("The team tree is too deep here.")


class TeamInUseError(PeopleError):
    message = _("This team still has active users, accounts or teams below it. Move them first.")


class TeamInactiveError(PeopleError):
    message = _("The parent team is not active.")


class TooManyRequestsError(PeopleError):
    message = _("Too many requests. Try again in an hour.")


class ViewNameTakenError(PeopleError):
    message = _("You have a view of this name already.")


class TooManyViewsError(PeopleError):
    message = _("This list has as many views of yours as fit above it. Delete one first.")
