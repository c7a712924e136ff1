"""Whatever one sink raises, the others have everything, and a sentence says what happened."""

from __future__ import annotations

import numpy as np
import pytest
from streams import Kept, Listed, waves

from driftscope.core.errors import StateError
from driftscope.core.fan_out import FanOut
from driftscope.core.interfaces import Sink
from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.stream import Output, StreamInfo

VALUES = waves(200)
INFO = StreamInfo("s", ("x",), ("",), 100.0)


class Faulty(Sink):
    """Raise what it was given whenever it is called."""

    name = "the faulty one"

    def __init__(self, error: BaseException) -> None:
        self.error, self.closed = error, 0

    def write(self, item: Output) -> None:
        raise self.error

    def close(self) -> None:
        self.closed += 1
        raise self.error


class Vital(Faulty):
    vital = True


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("bad row"), "a fault of its own (ValueError: bad row); please report it."),
        (StateError("It does not fit."), "It does not fit."),
        (OSError(28, "No space left on device"), "No space left on device."),
        (OSError("gone"), "gone."),
        (MemoryError(), "a fault of its own (MemoryError: ); please report it."),
    ],
)
def test_an_exception_of_any_kind_switches_one_sink_off(error: Exception, said: str) -> None:
    faulty, kept = Faulty(error), Kept()
    monitor = Monitor({"d": (Listed(VALUES), default_params())}, [faulty, kept])
    monitor.run()
    assert np.array_equal(kept.column("values"), VALUES)
    notes = [event.data["message"] for event in kept.events("note")]
    assert notes == [f"The faulty one was switched off: {said}"]
    assert monitor.switched_off == ["the faulty one"] and faulty.closed == 1


def test_what_a_vital_sink_raises_ends_the_run() -> None:
    kept = Kept()
    inputs = {"d": (Listed(VALUES), default_params())}
    with pytest.raises(ZeroDivisionError):
        Monitor(inputs, [Vital(ZeroDivisionError("oh")), kept]).run()


def test_being_told_to_end_is_no_fault_of_a_sink() -> None:
    with pytest.raises(KeyboardInterrupt):
        FanOut([Faulty(KeyboardInterrupt())], print).write(INFO)


def test_two_that_fail_over_the_news_of_each_other_end_nothing() -> None:
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        fan_out.write(INFO)

    fan_out = FanOut([Faulty(OSError("a")), Faulty(ValueError("b"))], tell)
    fan_out.write(INFO)
    assert len(told) == 2 and fan_out.sinks == []


def test_one_that_comes_is_told_what_the_streams_are_and_one_that_goes_is_closed() -> None:
    kept, fan_out = Kept(), FanOut([], print)
    fan_out.attach(kept, [INFO])
    fan_out.attach(kept, [INFO])
    assert kept.all == [INFO]
    fan_out.detach(kept)
    fan_out.detach(kept)
    fan_out.write(INFO)
    assert kept.all == [INFO] and fan_out.switched_off == []


def test_one_that_fails_as_it_comes_or_goes_is_told() -> None:
    told: list[str] = []
    fan_out = FanOut([], told.append)
    fan_out.attach(Faulty(OSError("full")), [INFO])
    assert told == ["The faulty one was switched off: full."] and fan_out.sinks == []
    late = Faulty(OSError("full"))
    fan_out.attach(late, [])
    fan_out.detach(late)
    assert len(told) == 2 and fan_out.sinks == []
