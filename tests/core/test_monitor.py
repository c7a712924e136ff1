"""The loop: results never depend on timing, nothing is learned before it is scored."""

from __future__ import annotations

import copy
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import Kept, Listed, monitored, run, same, waves

from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Sink, Source
from driftscope.core.monitor import Monitor
from driftscope.core.params import Params
from driftscope.core.sections import default_params
from driftscope.core.stream import Alarm, Learned, Output, Result, StreamInfo

VALUES = waves(600)
SETTINGS = dict(learner__step_rows=8, detector__decision_rows=13)


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    return run(Listed(VALUES, gaps=[307]), **SETTINGS).table()


@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.integers(1, 599), max_size=40))
def test_block_borders_change_nothing_bit_for_bit(
    reference: dict[str, np.ndarray], cuts: list[int]
) -> None:
    again = run(Listed(VALUES, cuts, gaps=[307]), **SETTINGS).table()
    assert same(reference, again) and same(again, reference)


def test_cutting_the_future_off_changes_nothing_before(reference: dict[str, np.ndarray]) -> None:
    rows = 360
    cut = run(Listed(VALUES[:rows], gaps=[307]), **SETTINGS).table()
    assert len(cut["rarity"]) == rows and same(cut, reference, rows)


def test_an_undeclared_rate_changes_the_batch_at_a_border_and_reblocks_the_same() -> None:
    values = waves(700, seed=3)
    one = Listed(values, rate_hz=None)
    two = Listed(values, list(range(3, 700, 7)), rate_hz=None)
    for source in (one, two):
        original = source.open

        def quick(source: Listed = source, original: object = original) -> None:
            source.rate_hz = 1000.0
            original()  # type: ignore[operator]
            info = source._items[0]
            assert isinstance(info, StreamInfo)
            source._items[0] = StreamInfo(info.key, info.channels, info.units)

        source.open = quick  # type: ignore[method-assign]
    a, b = run(one), run(two)
    assert same(a.table(), b.table())
    assert {len(result) for result in a.results} >= {1, 8}


def test_every_sample_comes_out_once_and_in_order() -> None:
    kept = run(Listed(VALUES, gaps=[100, 101, 590]), **SETTINGS)
    seqs = np.concatenate([r.seq + np.arange(len(r)) for r in kept.results])
    assert np.array_equal(seqs, np.arange(600))
    assert np.array_equal(kept.column("values"), VALUES)


def test_a_result_is_handed_over_before_it_is_learned_from() -> None:
    kept = run(Listed(VALUES), **SETTINGS)
    order = [type(item) for item in kept.all if isinstance(item, Result | Learned)]
    assert order[:6] == [Result, Learned] * 3


def test_a_step_cut_short_by_a_gap_is_scored_and_not_learned() -> None:
    kept = run(Listed(VALUES, gaps=[307]), **SETTINGS)
    assert len(kept.learned) == 307 // 8 + 293 // 8
    assert len(kept.events("gap")) == 1
    after = next(r for r in kept.results if r.seq == 307)
    assert np.isnan(after.prediction).all() and not after.alarm.any()


def test_at_learning_rate_0_no_weight_changes() -> None:
    monitor, _ = monitored(Listed(VALUES), learner__lr=0, **SETTINGS)
    before: list[np.ndarray] = []

    class First(Sink):
        name = "first"

        def write(self, item: Output) -> None:
            if isinstance(item, Result) and not before:
                before.extend(weights(monitor))

        def close(self) -> None:
            assert before

    monitor.add_sink(First())
    monitor.run()
    assert all(np.array_equal(a, b) for a, b in zip(before, weights(monitor), strict=True))


def test_learning_does_change_weights() -> None:
    moved, _ = monitored(Listed(VALUES), **SETTINGS)
    still, _ = monitored(Listed(VALUES), learner__lr=0, **SETTINGS)
    moved.run()
    still.run()
    pairs = zip(weights(moved), weights(still), strict=True)
    assert not all(np.array_equal(a, b) for a, b in pairs)


def weights(monitor: Monitor) -> list[np.ndarray]:
    net = monitor.lanes["s"].learner.net  # type: ignore[attr-defined]
    return [each.detach().numpy().copy() for each in net.parameters()]


class SaveAt(Sink):
    """Take the state once the step that begins at `seq` has been learned."""

    name = "save"

    def __init__(self, monitor: Monitor, seq: int) -> None:
        self.monitor, self.seq, self.state = monitor, seq, {}

    def write(self, item: Output) -> None:
        if isinstance(item, Learned) and item.seq == self.seq:
            self.state = copy.deepcopy(self.monitor.state_dict())

    def close(self) -> None: ...


class Seeking(Listed):
    seeks = True


def test_saved_and_resumed_goes_on_as_if_never_stopped() -> None:
    whole = run(Listed(VALUES), **SETTINGS).table()
    first, _ = monitored(Listed(VALUES, [304]), **SETTINGS)
    save = SaveAt(first, 296)
    first.add_sink(save)
    first.run()
    rest = Seeking(VALUES)
    rest.borders = [304, 450, 600]
    second, tail = monitored(rest, **SETTINGS)
    second.load_state_dict(save.state)
    second.run()
    assert len(tail.table()["rarity"]) == 296
    assert same(tail.table(), {name: values[304:] for name, values in whole.items()})


def test_for_s_cuts_at_stream_time() -> None:
    source = Listed(VALUES, rate_hz=100.0)
    kept = Kept()
    Monitor({"d": (source, default_params())}, [kept], for_s=2.5).run()
    assert len(kept.column("time_s")) == 250


def test_stopping_in_the_middle_of_a_block_is_quick_and_loses_no_result() -> None:
    monitor, kept = monitored(Listed(waves(200_000)), learner__step_rows=1)
    timer = threading.Timer(1.5, monitor.stop)
    timer.start()
    monitor.run()
    timer.join()
    seqs = np.concatenate([r.seq + np.arange(len(r)) for r in kept.results])
    assert 0 < len(seqs) < 200_000 and np.array_equal(seqs, np.arange(len(seqs)))


class Unopenable(Source):
    scheme = "unopenable"

    def __init__(self) -> None:
        self.name, self.params = "unopenable", Params()

    def open(self) -> None:
        raise SourceError("There is no such thing.")

    def read(self) -> None:
        return None

    def close(self) -> None: ...


def test_a_source_that_cannot_be_opened_ends_the_run_with_its_sentence() -> None:
    monitor, kept = monitored(Unopenable())
    with pytest.raises(SourceError, match="no such thing"):
        monitor.run()
    assert not kept.results


class FullDisk(Sink):
    name = "the log"
    closed = False

    def write(self, item: Output) -> None:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        self.closed = True


def test_a_failing_sink_is_switched_off_and_told_and_the_rest_goes_on() -> None:
    monitor, kept = monitored(Listed(VALUES), **SETTINGS)
    full = FullDisk()
    monitor.add_sink(full)
    monitor.run()
    assert full.closed and len(kept.column("rarity")) == 600
    notes = [event.data["message"] for event in kept.events("note")]
    assert notes == ["The log was switched off: No space left on device."]


def test_two_streams_run_side_by_side() -> None:
    kept = Kept()
    devices = {"a": Listed(VALUES, key="a"), "b": Listed(VALUES[:, :1], range(0, 600, 9), key="b")}
    Monitor({key: (each, default_params()) for key, each in devices.items()}, [kept]).run()
    alone = run(Listed(VALUES, key="a")).table()
    mixed = Kept()
    mixed.all = [r for r in kept.results if r.key == "a"]
    assert same(alone, mixed.table())
    assert sum(len(r) for r in kept.results if r.key == "b") == 600


def test_a_spike_is_an_alarm_with_its_channel() -> None:
    values = waves(4000)
    values[3000:3060, 1] += 8
    kept = run(Listed(values), learner__step_rows=8, detector__one_in=200)
    spike = [a for a in kept.alarms if a.end is not None and a.start <= 3100 and a.end >= 2999]
    assert spike and next(iter(spike[-1].channels)) == "c1"
    assert isinstance(spike[-1], Alarm) and 3000 <= spike[-1].start <= 3060 + 100


def test_one_device_that_fails_does_not_end_the_others() -> None:
    kept = Kept()
    devices: dict[str, Source] = {"a": Unopenable(), "b": Listed(VALUES, key="b")}
    with pytest.raises(SourceError, match="no such thing"):
        Monitor({key: (each, default_params()) for key, each in devices.items()}, [kept]).run()
    assert len(kept.column("rarity")) == 600
    told = [e.data["message"] for e in kept.events("link") if e.data["state"] == "failed"]
    assert told == ["There is no such thing."]


def test_what_came_before_a_source_failed_is_scored_to_the_last_row() -> None:
    class Failing(Listed):
        def read(self) -> list[object]:  # type: ignore[override]  # as told by Listed
            items = super().read()
            if items is None:
                raise SourceError("The disk is gone.")
            return list(items)

    monitor, kept = monitored(Failing(VALUES[:101]), **SETTINGS)
    with pytest.raises(SourceError, match="disk is gone"):
        monitor.run()
    assert len(kept.column("rarity")) == 101


def test_of_two_sources_neither_fills_the_queue_before_the_other() -> None:
    waiting: list[int] = []

    class Look(Kept):
        def write(self, item: Output) -> None:
            super().write(item)
            if isinstance(item, Result):
                waiting.append(len(monitor._inbox))

    sources = [Listed(VALUES, list(range(3, 600, 3)), key=key) for key in ("a", "b")]
    kept = Look()
    monitor = Monitor({s.key: (s, default_params(s.params)) for s in sources}, [kept])
    monitor.run()
    assert {result.key for result in kept.results} == {"a", "b"}
    assert sum(len(result) for result in kept.results) == 1200
    assert max(waiting) <= 8, "a few words of the link, and the samples of one block each"
