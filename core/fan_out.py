"""Give everything to every sink; one that cannot take it must not stop the rest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable

from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output


class FanOut:
    """Hold the sinks; one that raises OSError is switched off, closed, and the others told.

    `tell` is called with a sentence about it.
    """

    def __init__(self, sinks: Iterable[Sink], tell: Callable[[str], None]) -> None:
        self.sinks = list(sinks)
        self.switched_off: list[str] = []
        """Names of the sinks that failed."""
        self._tell = tell

    def write(self, item: Output) -> None:
        self._each(lambda sink: sink.write(item))

    def tick(self) -> None:
        self._each(lambda sink: sink.tick())

    def close(self) -> None:
        self._each(lambda sink: sink.close())

    def _each(self, do: Callable[[Sink], object]) -> None:
        for sink in list(self.sinks):
            try:
                do(sink)
            except OSError as error:
                self.sinks.remove(sink)
                self.switched_off.append(sink.name)
                with contextlib.suppress(OSError):
                    sink.close()
                message = f"{sink.name} was switched off: {error.strerror or error}."
                self._tell(message[0].upper() + message[1:])
