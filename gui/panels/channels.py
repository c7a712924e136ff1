"""The channels by name, with what each measures now; a tick shows or hides one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from driftscope.core.history import History
from driftscope.core.stream import F64
from driftscope.gui import channel_menu, theme, words
from driftscope.gui.actions import Actions
from driftscope.gui.channel_editor import ChannelEditor
from driftscope.gui.channel_list import ChannelList
from driftscope.gui.channel_view import ChannelView
from driftscope.gui.docks import bring_forward
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import Elided, Rule, label

AWAY = ("lost", "released", "ended", "failed")
"""While the link is so, the last values are not those of now."""
LOOK_BACK = 64
"""Rows looked through for a channel's last value: it may be missing in the newest."""
SEARCH_TIP = "Show only channels with this in their name (Ctrl+F); Escape shows all again."


class Search(QLineEdit):
    """A line to search by; Escape empties it and then leaves it, Down goes on to what was found."""

    escaped, down = Signal(), Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("search")
        self.setAccessibleName("Search channels")
        self.setToolTip(SEARCH_TIP)
        self.setClearButtonEnabled(True)
        self.setFixedHeight(26)
        for clear in self.findChildren(QToolButton):
            clear.setAccessibleName("Clear the search")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
        elif event.key() == Qt.Key.Key_Down:
            self.down.emit()
        else:
            super().keyPressEvent(event)


class ChannelsPanel(QWidget):
    """List the channels, search them, and turn in `traces` how each is drawn."""

    def __init__(self, session: Watched, traces: Traces) -> None:
        super().__init__()
        self.setAccessibleName("Channels")
        self.traces = traces
        self.session = session
        self.list = ChannelList(traces)
        self.view = ChannelView(self.list)
        self._taken: object = None
        self._build()
        self.search.textChanged.connect(lambda _: self.refresh())
        self.search.escaped.connect(self.search.clear)
        self.search.down.connect(self.view.begin)
        self.view.asked.connect(self._open_menu)
        self.all.clicked.connect(lambda: self._show(True))
        self.none.clicked.connect(lambda: self._show(False))
        self.over.clicked.connect(self.overlay)
        traces.changed.connect(self.list.take_traces)
        traces.changed.connect(self._show_found)
        self.hide()

    def refresh(self) -> None:
        """Show what is measured now; only rows on screen are drawn anew."""
        info, history = self.session.info, self.session.history
        self.setVisible(info is not None)
        if info is None:
            return
        if (info, self.search.text()) != self._taken:
            self._taken = (info, self.search.text())
            self.list.show(info, self.search.text())
            self._show_found()
            self.updateGeometry()
        if history is None or not len(history) or not self.isVisible():
            return
        self.view.show_values(newest(history), self.session.health.link in AWAY)

    def offer(self, actions: Actions) -> None:
        """Add what can be done with channels."""
        some = lambda: self.session.info is not None  # noqa: E731  named, as it is used twice
        actions.add(
            "View", "Overlay all channels", self.overlay, "V",
            "Draw all channels in one plot, or each in a plot of its own",
            on=lambda: self.session.info is not None and self.traces.overlaid(self.session.info),
            when=some,
        )  # fmt: skip
        actions.add(
            "View", "Search channels", self.focus_search, "Ctrl+F",
            "Show only the channels whose name holds what is typed", when=some,
        )  # fmt: skip

    def overlay(self) -> None:
        """Draw all channels in one plot; if they are, each in a plot of its own."""
        info = self.session.info
        if info is not None and self.traces.overlaid(info):
            self.traces.separate()
        elif info is not None:
            self.traces.overlay(info)

    def focus_search(self) -> None:
        """Have the next keys go into the search."""
        bring_forward(self)
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def menu(self, chosen: Sequence[str], place: QPoint) -> QMenu:
        """Return what can be done with channels; what it asks for is asked at `place`."""
        made = QMenu(self)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.session.info is not None:
            edit = lambda names, what: self.edit(names, what, place)  # noqa: E731  too short a name
            channel_menu.fill(made, self.traces, self.session.info, chosen, edit)
        return made

    def edit(self, chosen: Sequence[str], what: str, place: QPoint) -> None:
        """Ask for a channel's colour, range or unit at a place of the screen."""
        if self.session.info is not None:
            ChannelEditor(self, self.traces, self.session.info, chosen).open_at(place, what)

    def _open_menu(self, place: QPoint) -> None:
        if chosen := self.view.chosen():
            self.menu(chosen, place).popup(place)

    def _show(self, shown: bool) -> None:
        self.traces.change_all(self.list.found(), hidden=not shown)

    def _show_found(self) -> None:
        """Say how many channels were found, and offer what can be done with them."""
        info = self.session.info
        if info is None:
            return
        found, there = self.list.found(), len(info.channels)
        text = f"{len(found)} of {there}" if self.search.text() else words.plural(there, "channel")
        if not found:
            text = f"none of {there} has this in its name"
        self.found.say(text)
        hidden = [self.traces.look(name).hidden for name in found]
        self.all.setEnabled(any(hidden))
        self.none.setEnabled(not all(hidden))
        overlaid = self.traces.overlaid(info)
        self.over.setText("separate" if overlaid else "overlay")
        self.over.setAccessibleName("Each in a plot" if overlaid else "All in one plot")
        for widget in (self.all, self.none):
            widget.setVisible(bool(found))
        self.over.setVisible(there > 1 and not self.search.text())

    def _build(self) -> None:
        self.search = Search()
        self.found = Elided(role="small")
        self.all, self.none, self.over = small("all"), small("none"), small("overlay")
        self.all.setToolTip("Show every channel that is listed.")
        self.none.setToolTip("Hide every channel that is listed.")
        self.over.setToolTip("Draw all channels in one plot, or each in one of its own (V).")
        self.all.setAccessibleName("Show all channels that are listed")
        self.none.setAccessibleName("Hide all channels that are listed")
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(label("Channels", "title"))
        head.addWidget(self.search, 1)
        self.foot = QWidget()
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(2)
        foot.addWidget(self.found, 1)
        for button in (self.all, self.none, self.over):
            foot.addWidget(button)
        self.view.strip.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(head)
        rows.addWidget(self.view)
        rows.addWidget(self.foot)
        rows.addWidget(self.view.strip)
        rows.addSpacing(2)
        rows.addWidget(Rule())
        self.view.dragging.connect(self._show_strip)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def _show_strip(self, on: bool) -> None:
        self.foot.setVisible(not on)
        self.view.strip.setVisible(on)


def small(text: str) -> QPushButton:
    """Return a button that is only a word."""
    made = QPushButton(text)
    theme.set_role(made, "flat")
    made.setStyleSheet("padding: 1px 5px; font-size: 8pt;")
    return made


def newest(history: History) -> F64:
    """Return each channel's last value that is not missing among the newest rows."""
    last = history.row(history.last_seq)
    assert last is not None
    values = last.values
    for seq in range(history.last_seq - 1, history.last_seq - LOOK_BACK, -1):
        if np.isfinite(values).all() or (row := history.row(seq)) is None:
            break
        values = np.where(np.isfinite(values), values, row.values)
    return values
