"""Whose run may go on: the right is looked up again each time work is taken up."""

from core.access import role_may
from kam.choices import RunTrigger
from kam.models import Run


def can_control_runs(user) -> bool:
    return user.is_active and role_may(user, "run.control")


def may_go_on(run: Run) -> bool:
    """Whether the person who asked for ``run`` still may; runs of the schedule and the command line ask nobody."""
    if run.trigger != RunTrigger.PERSON:
        return True
    return run.requested_by is not None and can_control_runs(run.requested_by)
