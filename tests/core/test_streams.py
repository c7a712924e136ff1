"""Several devices at once: their streams, parameters and commands are each their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from labelled import Labelled, classes, drawn
from streams import Kept, Listed, run, same, waves

from driftscope.core.commands import Ask, Reset, SetParam
from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Sink, Source
from driftscope.core.monitor import Monitor
from driftscope.core.params import ParamSet
from driftscope.core.sections import default_params
from driftscope.core.stream import Graded, Item, Output, Result
from driftscope.core.teaching import UndoSamples

VALUES = waves(600)
PATIENT_S = 60


class Waiting(Listed):
    """Give the samples up to row `hold_at`, and the others once `go` was set."""

    def __init__(self, *args, hold_at: int = 300, **more) -> None:
        super().__init__(*args, **more)
        self.go = threading.Event()
        self.hold_at = hold_at
        self._given = 0

    def read(self) -> Sequence[Item] | None:
        if self._given >= self.hold_at and not self.go.wait(0.01):
            return []
        items = super().read()
        self._given += sum(len(getattr(item, "values", ())) for item in items or ())
        return items


class When(Sink):
    """Do something once the result with row `seq` of a stream comes out; in its own thread."""

    name = "when"

    def __init__(self, seq: int, do: Callable[[], object], key: str = "") -> None:
        self.seq, self.do, self.key, self.done = seq, do, key, False

    def write(self, item: Output) -> None:
        if self.done or not isinstance(item, Result) or not item.key.startswith(self.key):
            return
        if item.seq <= self.seq < item.seq + len(item):
            self.done = True
            self.do()

    def close(self) -> None: ...


def params(**settings: object) -> ParamSet:
    made = default_params()
    for name, value in {"learner__step_rows": 8, **settings}.items():
        made.set(name.replace("__", "."), value)
    return made


def monitor_of(**devices: Source) -> tuple[Monitor, Kept]:
    kept = Kept()
    return Monitor({key: (each, params()) for key, each in devices.items()}, [kept]), kept


def of(kept: Kept, key: str) -> Kept:
    """Return what came of one stream."""
    mine = Kept()
    mine.all = [item for item in kept.all if item.key == key]
    return mine


def rows(kept: Kept, key: str) -> int:
    return sum(len(result) for result in of(kept, key).results)


def test_streams_of_one_name_are_told_apart_by_their_device() -> None:
    monitor, kept = monitor_of(a=Listed(VALUES), b=Listed(VALUES[:, :1], range(0, 600, 50)))
    monitor.run()
    names = {result.key for result in kept.results}
    assert names == {"s", "b/s" if monitor.owner("s") == "a" else "a/s"}
    for name in names:
        values = VALUES if monitor.owner(name) == "a" else VALUES[:, :1]
        alone = run(Listed(values), learner__step_rows=8)
        assert same(of(kept, name).table(), alone.table()), name
    assert [health.samples for health in monitor.healths.values()] == [600, 600]


def test_a_stream_keeps_its_name_when_its_namesake_is_let_go() -> None:
    a, b = Waiting(VALUES, range(0, 600, 20)), Waiting(VALUES, range(0, 600, 20))
    monitor, kept = monitor_of(a=a)

    def both_are_there() -> None:
        monitor.remove("a")
        b.go.set()

    monitor.add_sink(When(100, lambda: monitor.add("b", b, params())))
    monitor.add_sink(When(200, both_are_there, "b/"))
    monitor.run()
    assert {result.key for result in kept.results} == {"s", "b/s"}
    assert rows(kept, "b/s") == 600 and rows(kept, "s") == 300
    assert same(of(kept, "b/s").table(), run(Listed(VALUES), learner__step_rows=8).table())
    assert list(monitor.healths) == ["b"] and list(monitor.lanes) == ["b/s"]


def test_a_device_that_is_let_go_is_scored_to_its_last_row_and_closed() -> None:
    a, b = Waiting(VALUES, [301], hold_at=301, key="a"), Waiting(VALUES, key="b", hold_at=0)
    closed = threading.Event()
    a.close = closed.set  # type: ignore[method-assign]  # to see it
    monitor, kept = monitor_of(a=a, b=b)

    def let_go() -> None:
        monitor.remove("a")
        b.go.set()

    monitor.add_sink(When(290, let_go))
    monitor.run()
    assert rows(kept, "a") == 301 and rows(kept, "b") == 600
    assert closed.wait(PATIENT_S) and list(monitor.lanes) == ["b"]


def test_a_device_may_come_back_and_begins_anew() -> None:
    keep = Waiting(VALUES, key="keep", hold_at=0)
    first, second = Waiting(VALUES, range(0, 600, 50), key="a"), Listed(VALUES, key="a")
    monitor, kept = monitor_of(keep=keep, a=first)

    def again() -> None:
        monitor.remove("a")
        monitor.add("a", second, params())
        keep.go.set()

    monitor.add_sink(When(200, again, "a"))
    monitor.run()
    seqs = [result.seq for result in of(kept, "a").results]
    again_at = next(k for k in range(1, len(seqs)) if seqs[k] < seqs[k - 1])
    part = of(kept, "a")
    part.all = part.results[again_at:]
    assert same(part.table(), run(Listed(VALUES), learner__step_rows=8).table())
    assert rows(kept, "keep") == 600


def test_a_device_that_takes_anothers_place_lets_go_of_it() -> None:
    first, second = Waiting(VALUES, key="a"), Listed(VALUES, key="a")
    closed = threading.Event()
    first.close = closed.set  # type: ignore[method-assign]  # to see it
    monitor, kept = monitor_of(a=first)
    monitor.add_sink(When(100, lambda: monitor.add("a", second, params())))
    monitor.run()
    assert closed.wait(PATIENT_S) and len(monitor.healths) == 1
    assert kept.results[-1].seq + len(kept.results[-1]) == 600


def test_what_is_let_go_last_ends_the_run() -> None:
    monitor, kept = monitor_of(a=Waiting(VALUES, range(0, 600, 20)))
    monitor.add_sink(When(200, lambda: monitor.remove("a")))
    monitor.run()
    assert 200 < rows(kept, "s") <= 300 and not monitor.lanes


def test_each_device_has_its_own_parameters() -> None:
    kept = Kept()
    devices = {"a": (Listed(VALUES, key="a"), params()),
               "b": (Listed(VALUES, key="b"), params(learner__step_rows=16))}  # fmt: skip
    Monitor(devices, [kept]).run()
    assert {len(result) for result in of(kept, "a").results} == {8}
    assert {len(result) for result in of(kept, "b").results} == {16, 600 % 16}


@pytest.mark.parametrize("device", ["b", ""])
def test_a_command_reaches_the_device_it_names_or_all(device: str) -> None:
    a, b = Waiting(VALUES, [304], key="a"), Waiting(VALUES, [304], key="b")
    monitor, kept = monitor_of(a=a, b=b)
    seen: set[str] = set()

    def at_300(key: str) -> Callable[[], None]:
        def do() -> None:
            seen.add(key)
            if len(seen) == 2:
                monitor.send(SetParam("learner.lr", 0.0, device))
                monitor.send(SetParam("detector.one_in", 77.0, device))
                monitor.send(Reset(device))
                a.go.set()
                b.go.set()

        return do

    for key in "ab":
        monitor.add_sink(When(303, at_300(key), key))
    monitor.run()
    meant = {device} if device else {"a", "b"}
    assert {event.key for event in kept.events("param")} == meant
    assert {event.key for event in kept.events("note")} == meant
    for key in "ab":
        last = of(kept, key).learned[-1]
        assert last.state == ("frozen" if key in meant else "learning")
        assert monitor.params[key].get("detector.one_in") == (77.0 if key in meant else 1000.0)


def test_what_only_one_device_knows_is_turned_there_and_what_none_knows_is_told_once() -> None:
    y = classes(24)
    pictures = default_params(pictures=True, labelled=True)
    kept = Kept()
    sensor = Waiting(VALUES, [304], key="a")
    monitor = Monitor(
        {"sensor": (sensor, params()), "set": (Labelled(drawn(y), y), pictures)}, [kept]
    )

    def turn() -> None:
        monitor.send(SetParam("learner.updates", 2))
        monitor.send(SetParam("learner.nonsense", 2))
        sensor.go.set()

    monitor.add_sink(When(303, turn, "a"))
    monitor.run()
    assert monitor.params["set"].get("learner.updates") == 2
    assert not monitor.params["sensor"].has("learner.updates")
    notes = [event.data["message"] for event in kept.events("note")]
    assert len(notes) == 1 and "nonsense" in notes[0]


def test_what_is_asked_of_a_stream_is_answered_in_it() -> None:
    a, b = Waiting(VALUES, [304], key="a"), Waiting(VALUES, [304], key="b")
    monitor, kept = monitor_of(a=a, b=b)

    def ask() -> None:
        monitor.send(Ask("b", UndoSamples()))
        monitor.send(Ask("nobody", UndoSamples()))
        a.go.set()
        b.go.set()

    monitor.add_sink(When(303, ask, "b"))
    monitor.run()
    told = [event.data["message"] for event in kept.events("note") if event.key == "b"]
    assert any("knows no UndoSamples" in text for text in told)
    assert any("no stream 'nobody'" in event.data["message"] for event in kept.events("note"))


def test_a_device_that_fails_in_mid_stream_leaves_the_others_alone() -> None:
    class Failing(Listed):
        def read(self) -> list[Item]:
            items = super().read()
            if items is None:
                raise SourceError("The disk is gone.")
            return list(items)

    monitor, kept = monitor_of(a=Failing(VALUES[:101], key="a"), b=Listed(VALUES, key="b"))
    with pytest.raises(SourceError, match="disk is gone"):
        monitor.run()
    assert rows(kept, "a") == 101
    assert same(of(kept, "b").table(), run(Listed(VALUES), learner__step_rows=8).table())
    links = {(event.key, event.data["state"]) for event in kept.events("link")}
    assert {("a", "failed"), ("b", "ended")} <= links


def test_a_sensor_and_a_set_of_pictures_learn_side_by_side() -> None:
    y = classes(64)
    kept = Kept()
    devices: dict[str, tuple[Source, ParamSet]] = {
        "sensor": (Listed(VALUES, range(0, 600, 30)), params()),
        "set": (Labelled(drawn(y), y, cuts=range(0, 64, 10)), default_params(None, True, True)),
    }
    monitor = Monitor(devices, [kept])
    monitor.run()
    assert same(of(kept, "s").table(), run(Listed(VALUES), learner__step_rows=8).table())
    graded = [item for item in kept.all if isinstance(item, Graded)]
    assert np.array_equal(np.concatenate([each.y for each in graded]), y)
    healths = monitor.healths
    assert healths["set"].report is not None and healths["sensor"].report is None
    assert healths["set"].first_prediction_s is not None
    assert (healths["set"].samples, healths["sensor"].samples) == (64, 600)
    assert list(healths["set"].overall.baselines) == ["class frequency"]
    assert healths["set"].step_rows == 32


def test_a_device_that_failed_and_was_let_go_is_no_failure_of_the_run() -> None:
    class Broken(Listed):
        def open(self) -> None:
            raise SourceError("It is broken.")

    keep = Waiting(VALUES, key="keep")
    monitor, kept = monitor_of(a=Broken(VALUES, key="a"), keep=keep)

    class LetGo(Kept):
        def write(self, item: Output) -> None:
            if getattr(item, "data", {}).get("state") == "failed":
                monitor.remove("a")
                keep.go.set()

    monitor.add_sink(LetGo())
    monitor.run()
    assert list(monitor.healths) == ["keep"] and rows(kept, "keep") == 600
