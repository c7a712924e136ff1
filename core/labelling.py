"""Cut the column of labels out of what a device gives: the rest is measured, it says what was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from driftscope.core.interfaces import Device, State
from driftscope.core.label_column import Column
from driftscope.core.sections import StreamParams
from driftscope.core.stream import Item, StreamInfo


class Labelling:
    """Cut the labels out of the streams of one device. The Monitor's thread only.

    Without `stream.label` all stays as it is. Raise ParamError if there is no such column.
    """

    def __init__(self, device: Device, params: Callable[[], StreamParams]) -> None:
        self._device, self._params = device, params
        self._columns: dict[str, Column | None] = {}

    def cut(self, items: Iterable[Item]) -> Iterator[Item]:
        """Give what a device gave, with Labels in place of their column."""
        for item in items:
            if item.key not in self._columns and isinstance(item, StreamInfo):
                self._columns[item.key] = self._column(item)
            column = self._columns.get(item.key)
            if column is None and not item.key and len(self._columns) == 1:  # "" means the only one
                column = next(iter(self._columns.values()))
            if column is None:
                yield item
            else:
                yield from column.take(item)

    def rest(self) -> Iterator[Item]:
        """Give what was held back, at the end."""
        for column in self._columns.values():
            if column is not None:
                yield from column.decide(at_once=True)

    def _column(self, info: StreamInfo) -> Column | None:
        params = self._params()
        wanted = not info.pictures and bool(params.label)
        return Column(params, self._device) if wanted else None

    def state_dict(self) -> State:
        """Return what the labels turned out to be; rows that are held back are not in it."""
        found = {key: column.state_dict() for key, column in self._columns.items() if column}
        return dict(columns={key: state for key, state in found.items() if state})

    def load_state_dict(self, state: State) -> None:
        for key, each in state["columns"].items():
            column = self._columns[key] = Column(self._params(), self._device)
            column.load_state_dict(each)


def columns_of(info: StreamInfo | None, device: Device | None) -> tuple[str, ...]:
    """Return the names that `stream.label` may have for a source that is open, its label
    included."""
    if info is None or info.pictures:
        return ()
    own = (info.label.name,) if info.label is not None else ()
    texts = device.texts if device is not None else ()
    return tuple(dict.fromkeys((*info.channels, *own, *texts)))
