"""History: bounded, honest about what is missing, and true to its rows at every zoom."""

import numpy as np
import pytest

from driftscope.core.history import History
from driftscope.core.loss_trace import LIMIT, LossTrace
from driftscope.core.pyramid import group_rows
from driftscope.core.rows import ALARM, GAP, HOLE, ONSET, UNSCORED
from driftscope.core.stream import Event, Result, StreamInfo

INFO = StreamInfo("s", ("a", "b"), ("g", ""), 100.0)


def result(seq: int, n: int = 8, *, channels: int = 2, scored: bool = True, **fields) -> Result:
    """Return n rows at 100 Hz whose first channel is the row's own number."""
    rows = np.arange(seq, seq + n, dtype=float)
    values = np.stack([rows * 10**k for k in range(channels)], axis=1)
    given = dict(
        key="s", seq=seq, time_s=rows / 100, values=values,
        prediction=values + 0.5 if scored else np.full_like(values, np.nan),
        forecast=values[:3], loss=np.full(n, 0.25), baseline_loss={"last value": np.ones(n)},
        channel_score=values, rarity=rows % 5, threshold=4.0, onset=rows == -1, alarm=rows == -1,
        calibrated=True, arrived_s=0.0, scored=scored,
    )  # fmt: skip
    return Result(**(given | fields))


def filled(rows: int, block: int = 50, budget_bytes: int = 64 * 2**20) -> History:
    history = History(INFO, budget_bytes)
    for seq in range(0, rows, block):
        history.append(result(seq, min(block, rows - seq)))
    return history


def test_an_empty_history_gives_empty_lines() -> None:
    history = History(INFO)
    lines = history.lines(0, 1, 100)
    assert lines.values.shape == (0, 2)
    assert lines.last_seq == history.last_seq == history.seq_at(3.0) == -1
    assert np.isnan(history.end_s)
    assert history.row(0) is None


def test_a_row_comes_back_as_it_was_given() -> None:
    history = History(INFO)
    onset = np.array([False, True, False])
    history.append(result(0, 3, onset=onset, alarm=onset, rarity=np.array([0.0, 4.5, 1.0])))
    row = history.row(1)
    assert row is not None
    assert row.values.tolist() == [1.0, 10.0]
    assert row.prediction.tolist() == [1.5, 10.5]
    assert (row.loss, row.rarity, row.flags) == (0.25, 4.5, ALARM | ONSET)
    assert (history.seq_at(0.0199), history.seq_at(9.0), history.seq_at(-1.0)) == (1, 2, 0)
    assert history.period_s == pytest.approx(0.01)


def test_few_rows_are_drawn_exactly_with_one_beyond_each_side() -> None:
    lines = filled(1000).lines(2.0, 3.005, 200)
    assert lines.values[:, 0].tolist() == [*range(200, 302)]
    assert (lines.first_seq, lines.last_seq) == (200, 301)


@pytest.mark.parametrize("span_s", [3.0, 7.7, 55.0, 199.0, 1000.0])
@pytest.mark.parametrize("pixels", [10, 97, 300])
def test_groups_hold_every_minimum_and_maximum(span_s: float, pixels: int) -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(30_011, 2))
    noise[5000:9000, 1] = np.nan
    history = History(INFO)
    for seq in range(0, len(noise), 64):
        part = noise[seq : seq + 64]
        history.append(result(seq, len(part), values=part, prediction=-part))
    lines = history.lines(history.end_s - span_s, history.end_s, pixels)
    shown = noise[lines.first_seq : lines.last_seq + 1]
    assert len(lines.time_s) <= 2 * pixels + 4
    assert np.nanmax(lines.values, axis=0) == pytest.approx(np.nanmax(shown, axis=0))
    assert np.nanmin(lines.values, axis=0) == pytest.approx(np.nanmin(shown, axis=0))
    assert np.nanmax(lines.prediction, axis=0) == pytest.approx(-np.nanmin(shown, axis=0))
    assert np.all(np.diff(lines.time_s) >= 0)
    assert lines.last_seq == 30_010


def test_one_channel_can_be_asked_for() -> None:
    lines = filled(5000).lines(0, 50, 50, slice(1, 2))
    assert lines.values.shape == lines.prediction.shape == (len(lines.rarity), 1)
    assert lines.values[-1, 0] == 49_990


def test_any_choice_of_channels_can_be_asked_for() -> None:
    for span_s in (0.5, 50):
        lines = filled(5000).lines(0, span_s, 50, [1, 0])
        assert lines.values[0].tolist() == [0, 0]
        assert lines.values[-1, 0] == 10 * lines.values[-1, 1]
    assert filled(50).lines(0, 1, 50, []).values.shape == (50, 0)


def test_the_budget_bounds_the_rows_and_the_newest_stay() -> None:
    history = filled(200_000, 500, budget_bytes=2**20)
    held = history._rows
    arrays = [held.seq, held.time_s, held.loss, held.flags, held.values, held.prediction]
    levels = [level for p in held.pyramids for level in (*p.low, *p.high)]
    coarse = held.coarse
    arrays += [coarse.seq, coarse.time_s, coarse.breaks]
    for p in (*coarse.low, *coarse.high):
        levels += [p.rows, *p.low, *p.high]
    assert sum(a.nbytes for a in [*arrays, held.rarity, *levels]) <= 2**20
    assert len(history) > 8_000
    assert history.last_seq == 199_999
    assert history.row(199_999).values.tolist() == [199_999, 1_999_990]
    assert history.row(3) is None
    lines = history.lines(history.exact_s, history.end_s, 100)
    assert np.nanmin(lines.values[:, 0]) == lines.first_seq
    assert np.nanmax(lines.values[:, 0]) == 199_999


def test_a_block_larger_than_the_room_keeps_its_newest_rows() -> None:
    history = History(INFO, 2**16)
    history.append(result(0, 5000))
    assert history.last_seq == 4999
    assert history.row(4999).values[0] == 4999


def test_a_gap_breaks_the_line_and_is_remembered() -> None:
    history = filled(1000)
    history.note_gap(Event("s", 1000, 10.0, "gap"))
    history.append(result(1000, time_s=20 + np.arange(8) / 100))
    assert history.row(1000).flags == GAP
    band = history.bands[-1]
    assert (band.kind, band.start_s, band.end_s) == ("gap", 9.99, 20.0)
    history.append(result(1008, 500, time_s=20.08 + np.arange(500) / 100))
    for pixels in (2000, 50, 53, 61):
        lines = history.lines(0, 30, pixels)
        assert np.isnan(lines.values).any(axis=1).sum() == 1
        drawn = np.isfinite(lines.values[:, 0])
        joined = drawn[:-1] & drawn[1:]
        assert np.diff(lines.time_s)[joined].max() < 1.0


def test_a_gap_known_before_the_rows_in_front_of_it_stands_where_it_belongs() -> None:
    history = filled(100)
    history.note_gap(Event("s", 108, 1.08, "gap"))
    history.append(result(100))
    history.append(result(108))
    assert (history.row(100).flags, history.row(108).flags) == (0, GAP)


def test_samples_known_to_be_lost_are_not_counted_as_not_shown() -> None:
    history = filled(100)
    history.note_gap(Event("s", 140, 1.4, "loss", {"samples": 40}))
    history.append(result(140))
    assert (history.row(140).flags, history.not_shown) == (HOLE, 0)


def test_a_jump_nobody_explained_is_a_hole() -> None:
    history = filled(100)
    history.append(result(140))
    assert history.row(140).flags == HOLE
    assert history.not_shown == 40
    assert [band.kind for band in history.bands] == ["hole"]


def test_unscored_rows_are_one_band_however_they_come() -> None:
    history = filled(100)
    for seq in (100, 108, 116):
        history.append(result(seq, scored=False))
    history.append(result(124))
    assert [(b.kind, b.start_s, b.end_s) for b in history.bands] == [("unscored", 1.0, 1.23)]
    assert history.row(110).flags == UNSCORED
    assert np.isnan(history.row(110).rarity)


def test_added_channels_leave_what_is_kept_as_it_was() -> None:
    history = filled(5000)
    history.lines(0, 50, 100)
    history.extend(StreamInfo("s", ("a", "b", "c"), ("g", "", ""), 100.0, version=2))
    history.append(result(5000, channels=3))
    old, new = history.row(4321), history.row(5001)
    assert old.values[:2].tolist() == [4321, 43_210]
    assert np.isnan(old.values[2])
    assert new.values.tolist() == [5001, 50_010, 500_100]
    lines = history.lines(0, 60, 100)
    assert lines.values.shape[1] == 3
    assert np.nanmax(lines.values, axis=0).tolist() == [5007, 50_070, 500_700]


def test_a_result_from_before_the_added_channel_still_fits() -> None:
    history = History(StreamInfo("s", ("a", "b", "c"), ("", "", ""), 100.0, version=2))
    history.append(result(0, channels=2))
    assert np.isnan(history.row(0).values[2])


@pytest.mark.parametrize("rows", [1, 2, 15, 16, 17, 900, 12_345, 10**6, 10**9])
def test_groups_are_large_enough_and_not_twice_as_large(rows: int) -> None:
    size = group_rows(rows, 300)
    assert size * 300 >= rows
    assert size == 1 or size * 300 < 2 * rows + 600


def test_the_loss_trace_covers_the_whole_run_within_its_limit() -> None:
    trace = LossTrace()
    rng = np.random.default_rng(2)
    losses = rng.random(40_000)
    for seq in range(0, len(losses), 64):
        part = losses[seq : seq + 64]
        ones = {"last value": np.ones(len(part))}
        trace.add(result(seq, len(part), loss=part, baseline_loss=ones))
    assert trace.names == ("learner", "last value")
    assert trace.group_rows > 1
    time_s, means = trace.means(LIMIT)
    assert len(time_s) <= LIMIT
    assert time_s[-1] == pytest.approx(399.99)
    assert time_s[0] == pytest.approx((trace.group_rows - 1) / 100)
    assert means[0, 0] == pytest.approx(losses[: trace.group_rows].mean())
    few_s, few = trace.means(100)
    assert 50 <= len(few_s) <= 100
    assert np.average(few[:-1, 0]) == pytest.approx(0.5, abs=0.02)
    assert np.all(few[:, 1] == 1)


def test_losses_while_warming_up_leave_no_trace() -> None:
    trace = LossTrace()
    nothing = np.full(8, np.nan)
    trace.add(result(0, loss=nothing, baseline_loss={"last value": nothing}))
    assert len(trace.means(10)[0]) == 0


def test_the_loss_breaks_where_the_stream_did_and_where_nothing_was_scored() -> None:
    history = History(StreamInfo("s", ("a",), ("",), 100.0))
    base = {"last value": np.ones(10)}
    for seq in range(0, 1000, 10):
        history.append(result(seq, 10, channels=1, loss=np.ones(10), baseline_loss=base))
    history.note_gap(Event("s", 1000, 9.99, "gap"))
    later = np.arange(3000, 3010) / 100
    history.append(result(1000, 10, channels=1, loss=np.ones(10), baseline_loss=base, time_s=later))
    time_s, means = history.losses.means(LIMIT)
    (at,) = np.flatnonzero(np.isnan(means[:, 0]))
    assert time_s[at - 1] <= 9.99 and time_s[at] >= 30
    assert np.isnan(means[at]).all() and np.isfinite(means[at + 1]).all()


def test_a_gap_too_short_to_be_seen_breaks_nothing_and_many_need_no_room() -> None:
    trace = LossTrace()
    ones = {"last value": np.ones(10)}
    for seq in range(0, 100_000, 10):
        trace.add(result(seq, 10, loss=np.ones(10), baseline_loss=ones))
        trace.gap()
    time_s, means = trace.means(100)
    assert len(time_s) <= 100 and np.isfinite(means).all()
    assert time_s[-1] > 990


def test_the_model_before_has_a_curve_while_it_is_compared_and_the_next_one_its_own() -> None:
    trace = LossTrace()
    ones = {"last value": np.ones(10)}

    def add(seq: int, **former: float) -> None:
        losses = {name: np.full(10, loss) for name, loss in former.items()}
        part = result(seq, 10, loss=np.full(10, 0.5), baseline_loss=ones, former_loss=losses)
        trace.add(part)

    for seq in range(0, 1000, 10):
        add(seq)
    for seq in range(1000, 2000, 10):
        add(seq, gru=0.25)
    assert trace.names == ("learner", "last value", "gru") and trace.former == "gru"
    time_s, means = trace.means(LIMIT)
    assert np.isnan(means[time_s < 10, 2]).all() and (means[time_s > 10.1, 2] == 0.25).all()
    (at,) = np.flatnonzero(np.isnan(means[:, 0]))
    assert time_s[at] == pytest.approx(10.0, abs=0.1), "one model's curve ends here"
    for seq in range(2000, 3000, 10):
        add(seq, tcn=0.125)
    time_s, means = trace.means(LIMIT)
    assert np.isnan(means[time_s < 20, 2]).all() and (means[time_s > 20.1, 2] == 0.125).all()
    assert np.isnan(means[:, 0]).sum() == 2
    add(3000, tcn=float("nan"))  # no time for it
    assert trace.former == "tcn"
    add(3010)
    assert trace.former == "" and trace.means(LIMIT)[1].shape[1] == 2


def test_exact_rows_are_found_by_time_and_by_number() -> None:
    history = filled(300)
    history.append(result(400, 100))  # a hundred are missing
    rows = history.rows
    assert [rows.near(t) for t in (-5.0, 0.004, 0.006, 3.4, 3.6, 99.0)] == [0, 0, 1, 299, 400, 499]
    assert [rows.beside(299, by) for by in (0, 1, 2, -300, 999)] == [299, 400, 401, 0, 499]
    found = rows.between(2.98, 4.01)
    assert found.seq.tolist() == [298, 299, 400, 401]
    assert found.values[1].tolist() == [2980.0, 2990.0, 4000.0, 4010.0]
    assert rows.numbered(299, 401).time_s.tolist() == [2.99, 4.0, 4.01]
    assert len(rows.between(3.2, 3.3)) == len(rows.numbered(500, 400)) == 0
    nothing = History(INFO).rows
    assert nothing.near(1.0) == nothing.beside(3, 1) == -1
