from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation.clv.histories import cells_of, histories


def order_days(*rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["account_id", "day", "amount"])
    return frame.assign(day=pd.to_datetime(frame["day"]))


def test_history_counts_repeat_order_days_from_the_first_one():
    days = order_days(
        (1, "2026-01-01", 10.0),
        (1, "2026-01-15", 0.0),
        (1, "2026-01-29", 30.0),
        (2, "2026-01-20", 5.0),
        (1, "2026-02-05", 99.0),
    )
    known = histories(days, date(2026, 1, 31))
    assert known.loc[1].to_dict() == {"x": 2, "t_x_days": 28, "age_days": 30, "spend_days": 1, "spend_mean": 30.0}
    assert known.loc[2, ["x", "t_x_days", "age_days", "spend_days"]].tolist() == [0, 0, 11, 0]
    assert np.isnan(known.loc[2, "spend_mean"])


def test_cells_count_equal_histories_once_and_lead_back_to_each():
    x, t_x, age = np.array([2, 0, 2, 0, 1]), np.array([14, 0, 14, 0, 7]), np.array([70, 70, 70, 35, 70])
    cells = cells_of(x, t_x, age)
    assert cells.total == 5
    assert sorted(cells.weight.tolist()) == [1, 1, 1, 2]
    assert cells.x[cells.inverse].tolist() == x.tolist()
    assert (cells.t_x[cells.inverse] * 7).round(9).tolist() == t_x.tolist()
    assert (cells.age[cells.inverse] * 7).round(9).tolist() == age.tolist()


@pytest.mark.parametrize(("x", "t_x", "age"), [(1, 8, 7), (-1, 0, 7), (1, -1, 7), (0, 3, 7)])
def test_a_history_that_cannot_be_is_refused(x, t_x, age):
    with pytest.raises(ValueError, match="history"):
        cells_of(np.array([x]), np.array([t_x]), np.array([age]))
