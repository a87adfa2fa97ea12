from datetime import date

import pytest

from churn.lifecycle import Night, after_night

D = date(2026, 3, 1)
NEXT = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("is_firing", "is_rule_changed", "quiet", "last", "as_of", "expected"),
    [
        (True, False, 0, D, NEXT, Night(0, False)),
        (True, False, 1, D, NEXT, Night(0, False)),
        (True, True, 1, D, NEXT, Night(0, False)),
        (False, False, 0, D, NEXT, Night(1, False)),
        (False, False, 1, D, NEXT, Night(2, True)),
        (False, False, 1, D, D, Night(1, False)),
        (False, False, 0, D, D, Night(1, False)),
        (True, False, 1, D, D, Night(0, False)),
        (False, True, 0, D, NEXT, Night(1, True, True)),
        (False, True, 0, D, D, Night(1, True, True)),
    ],
)
def test_after_night_counts_quiet_nights_by_date(is_firing, is_rule_changed, quiet, last, as_of, expected):
    night = after_night(
        is_firing=is_firing, is_rule_changed=is_rule_changed, quiet_nights=quiet, last_evaluated_on=last, as_of=as_of
    )
    assert night == expected
