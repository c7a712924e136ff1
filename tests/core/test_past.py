import numpy as np
import pytest

from driftscope.core.past import SLACK_ROWS, Past
from driftscope.core.stream import Step


def step(values, n=None):
    values = np.asarray(values, float)
    return Step("s", 0, np.zeros(len(values)), values, len(values) if n is None else n)


@pytest.mark.parametrize("rows", [1, 7, 64, SLACK_ROWS + 100])
def test_the_newest_rows_stay_in_order_however_long_the_stream(rows):
    past = Past(2, behind=20, forecasts=4)
    values = np.arange(2.0 * rows * 300).reshape(-1, 2)[: max(3000, 3 * rows)]
    for start in range(0, len(values) - rows + 1, rows):
        past.open(step(values[start : start + rows]))
        past.close(rows)
    end = past.rows
    kept = past.held[past.end - 20 : past.end]
    np.testing.assert_array_equal(kept[-min(20, end) :], values[max(0, end - 20) : end])
    assert len(past.held) <= 20 + max(SLACK_ROWS, rows)


def test_a_missing_sample_is_held_at_the_last_present_one():
    past = Past(2, behind=3, forecasts=4)
    first = past.open(step([[1.0, np.nan], [np.inf, 5.0]]))
    np.testing.assert_array_equal(first, [[1.0, np.nan], [np.nan, 5.0]])
    past.close(2)
    past.open(step([[np.nan, 1e200], [2.0, np.nan]]))
    past.close(2)
    np.testing.assert_array_equal(past.held[past.end - 3 : past.end], [[1, 5], [1, 5], [2, 5]])


def test_a_gap_forgets_everything():
    past = Past(1, behind=3, forecasts=4)
    past.open(step([[1.0], [2.0]]))
    past.close(2)
    past.clear()
    assert past.rows == 0
    assert np.isnan(past.held[past.end - 3 : past.end]).all()
    assert list(past.whole(3, 2)) == [False, True, True]
