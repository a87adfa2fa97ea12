"""How an alert lives on from night to night: it stays while its rule fires and closes after quiet nights.

Counted by date: the same night computed again counts once. Pure.
"""

from dataclasses import dataclass
from datetime import date

from churn.constants import HOLD_NIGHTS


@dataclass(frozen=True)
class Night:
    """What a night decides about one watched alert."""

    quiet_nights: int
    is_over: bool
    is_rule_changed: bool = False


def after_night(
    *, is_firing: bool, is_rule_changed: bool, quiet_nights: int, last_evaluated_on: date, as_of: date
) -> Night:
    """The number of quiet nights in a row after ``as_of`` and whether the alert is over.

    An alert whose rule has another version by now, under which it does not fire, is over at once: the pause exists
    for figures that swing, not for decisions.
    """
    if is_firing:
        return Night(0, is_over=False)
    is_new_night = as_of > last_evaluated_on
    quiet = quiet_nights + 1 if is_new_night else max(quiet_nights, 1)
    return Night(quiet, is_over=is_rule_changed or quiet >= HOLD_NIGHTS, is_rule_changed=is_rule_changed)
