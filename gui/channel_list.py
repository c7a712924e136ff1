"""The channels a search has found, for a list to draw, to tick and to drag."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

import numpy as np
from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from driftscope.core.stream import F64, StreamInfo
from driftscope.gui import words
from driftscope.gui.traces import Traces

Index = QModelIndex | QPersistentModelIndex
CHANNELS = "application/x-driftscope-channels"
NAME_CHARS, TIP_CHARS, TIP_LINE = 200, 400, 60
"""Names may be 10 kB long: so much of them is shown, and in a tooltip."""
MOST_NAMED = 4
HOW = (
    "Drag it onto another one to draw both in one plot.",
    "Space hides or shows it; Return, or a click at its right",
    "end, offers colour, range and unit.",
)


class ChannelList(QAbstractListModel):
    """List those channels of a stream whose name holds what is searched for.

    `values` (C,) are the newest of all channels; the list does not follow them, whoever draws a
    row looks them up. A row that is dropped on another goes into its plot.
    """

    def __init__(self, traces: Traces) -> None:
        super().__init__()
        self.traces = traces
        self.info: StreamInfo | None = None
        self.values: F64 = np.empty(0)
        self.plots: dict[int, list[int]] = {}
        """The channels of each one's plot, by the channel's number; hidden ones have none."""
        self._search = ""
        self._found: list[int] = []

    def show(self, info: StreamInfo | None, search: str = "") -> None:
        """List the channels of a stream that have `search` in their name, in any case."""
        before = self.info
        if info is before and search == self._search:
            return
        self.info, self._search = info, search
        sought = search.strip().casefold()
        names = info.channels if info is not None else ()
        found = [k for k, name in enumerate(names) if sought in name.casefold()]
        if found != self._found or before is None or names != before.channels:
            self.beginResetModel()
            self._found = found
            self.endResetModel()
        self.take_traces()

    def take_traces(self) -> None:
        """Take in that channels are drawn in another way."""
        plots = self.traces.plots(self.info) if self.info is not None else []
        self.plots = {k: plot for plot in plots for k in plot}
        if self._found:
            self.dataChanged.emit(self.index(0), self.index(len(self._found) - 1))

    def channel(self, index: Index) -> int:
        """Return the number of the channel that stands in a row."""
        return self._found[index.row()]

    def name(self, index: Index) -> str:
        assert self.info is not None
        return self.info.channels[self.channel(index)]

    def found(self) -> list[str]:
        """Return the names of the channels that were found."""
        return [self.info.channels[k] for k in self._found] if self.info is not None else []

    def row_of(self, channel: int) -> int:
        """Return in which row a channel stands, -1 if it was not found."""
        return self._found.index(channel) if channel in self._found else -1

    def value(self, channel: int) -> str:
        known = channel < len(self.values)
        return words.measurement(float(self.values[channel])) if known else words.UNKNOWN

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  as Qt declares it
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.info is None or not index.isValid():
            return None
        roles, name = Qt.ItemDataRole, self.name(index)
        if role == roles.DisplayRole:
            return words.shortened(name[:NAME_CHARS], NAME_CHARS)
        if role == roles.CheckStateRole:
            hidden = self.traces.look(name).hidden
            return Qt.CheckState.Unchecked if hidden else Qt.CheckState.Checked
        if role == roles.ToolTipRole:
            return self._tip(self.channel(index))
        if role == roles.AccessibleTextRole:
            k = self.channel(index)
            said = f"{self.value(k)} {self.traces.unit(self.info, k)}".strip()
            shown = "hidden" if self.traces.look(name).hidden else "shown"
            return f"{words.shortened(name, 60)}, {said}, {shown}"
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        shown = Qt.CheckState(value) == Qt.CheckState.Checked
        self.traces.change(self.name(index), hidden=not shown)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        return (
            flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsUserCheckable
            | flag.ItemIsDragEnabled | flag.ItemIsDropEnabled
        )  # fmt: skip

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return [CHANNELS]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        return packed([self.name(index) for index in indexes])

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        names = unpacked(data)
        if not names or action == Qt.DropAction.IgnoreAction:
            return False
        if not parent.isValid():  # below all rows, or between two
            self.traces.change_all(names, plot="")
        elif self.name(parent) not in names:
            self.traces.join(names, self.name(parent))
        return True

    def _tip(self, k: int) -> str:
        assert self.info is not None
        whole = words.shortened(self.info.channels[k], TIP_CHARS)
        lines = [whole[at : at + TIP_LINE] for at in range(0, len(whole), TIP_LINE)]
        others = [self.info.channels[o] for o in self.plots.get(k, ()) if o != k]
        if others:
            named = ", ".join(words.shortened(name, 24) for name in others[:MOST_NAMED])
            more = len(others) - MOST_NAMED
            lines.append(f"In one plot with {named}{f' and {more} more' if more > 0 else ''}.")
        if self.traces.look(self.info.channels[k]).hidden:
            lines.append("It is hidden: a tick shows it again.")
        tip = "\n".join([*lines, *HOW])
        return f"<p style='white-space: pre'>{escape(tip)}</p>" if "<" in tip else tip


def packed(names: Sequence[str]) -> QMimeData:
    """Return channels' names as what is dragged."""
    made = QMimeData()
    made.setData(CHANNELS, json.dumps(list(names)).encode())
    return made


def unpacked(data: QMimeData) -> list[str]:
    """Return the names of channels that are dragged; none if it is something else."""
    if not data.hasFormat(CHANNELS):
        return []
    found: list[str] = json.loads(bytes(data.data(CHANNELS).data()))
    return found
