"""Give everything to every sink; one that cannot take it must not stop the rest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable

from driftscope.core.errors import DriftscopeError
from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, StreamInfo


class FanOut:
    """Hold the sinks; one that raises is switched off, closed, and the others told.

    `tell` is called with a sentence about it. Only what a vital one raises goes on up, unless it
    is an OSError.
    """

    def __init__(self, sinks: Iterable[Sink], tell: Callable[[str], None]) -> None:
        self.sinks = list(sinks)
        self.switched_off: list[str] = []
        """Names of the sinks that failed."""
        self._tell = tell

    def attach(self, sink: Sink, streams: Iterable[StreamInfo]) -> None:
        """Give the outputs to one more sink from now on; what the streams are it is told first."""

        def describe(sink: Sink) -> None:
            for info in streams:
                sink.write(info)

        if sink not in self.sinks:
            self.sinks.append(sink)
            self._do(sink, describe)

    def detach(self, sink: Sink) -> None:
        """Close a sink and give it no more; one that is not there was closed already."""
        if sink in self.sinks:
            self._do(sink, lambda sink: sink.close())
        if sink in self.sinks:  # it did not fail
            self.sinks.remove(sink)

    def write(self, item: Output) -> None:
        self._each(lambda sink: sink.write(item))

    def tick(self) -> None:
        self._each(lambda sink: sink.tick())

    def close(self) -> None:
        self._each(lambda sink: sink.close())

    def _each(self, do: Callable[[Sink], object]) -> None:
        for sink in list(self.sinks):
            self._do(sink, do)

    def _do(self, sink: Sink, do: Callable[[Sink], object]) -> None:
        if sink not in self.sinks:  # it failed while the others were told of another one
            return
        try:
            do(sink)
        except Exception as error:  # whatever a sink's file may raise, the rest must go on
            if sink.vital and not isinstance(error, OSError):
                raise
            self.sinks.remove(sink)
            self.switched_off.append(sink.name)
            with contextlib.suppress(Exception):
                sink.close()
            message = f"{sink.name} was switched off: {_reason(error)}."
            self._tell(message[0].upper() + message[1:])


def _reason(error: Exception) -> str:
    """Return what is wrong in a few words; a mistake in a sink's own code with its name."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, DriftscopeError):
        return str(error).rstrip(".")
    return f"a fault of its own ({type(error).__name__}: {error}); please report it"
