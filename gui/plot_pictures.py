"""Copying and saving plots as pictures, and the menu of a plot."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from driftscope.core.errors import DriftscopeError
from driftscope.core.export.names import safe_name
from driftscope.gui import channel_menu, words
from driftscope.gui.actions import Actions
from driftscope.gui.asking import ask_where
from driftscope.gui.channel_editor import ChannelEditor
from driftscope.gui.channel_list import unpacked
from driftscope.gui.in_use import InUse
from driftscope.gui.lanes import Lanes
from driftscope.gui.panels.picture import PicturePanel
from driftscope.gui.picture_of_plot import PNG, SVG, Subject, drawn, svg, write
from driftscope.gui.picture_view import PictureView
from driftscope.gui.plot import Plot, PlotPanel
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched

AS_SEEN, FINER, SHARP = (
    "PNG (*.png)",
    "PNG, twice as fine (*.png)",
    "SVG, sharp at any size (*.svg)",
)
COPY, SAVE = "Copy plot as picture", "Save plot as picture…"
COPY_KEYS, SAVE_KEYS = "Ctrl+Shift+C", "Ctrl+Shift+S"
MOST_CHANNELS = 12
CLICK_PX = 4
PATIENCE_S = 2.0
"""How long a picture may take to be finished when the window closes."""

Panel = PlotPanel | PicturePanel


class PlotPictures(QObject):
    """Copy or save the plot that has the focus, else the first; open the menu of one that is
    clicked. GUI thread only; `told` says how it went.
    """

    told = Signal(str)
    _copied = Signal(str, QImage, bytes)

    def __init__(self, session: Watched, window: QWidget, traces: Traces) -> None:
        super().__init__(window)
        self.session, self.window, self.traces = session, window, traces
        self._pressed = QPointF()
        self._in_use = InUse(self)
        self._workers: list[threading.Thread] = []
        self._copied.connect(self._paste)
        for panel in self.panels():
            plot = plot_of(panel)
            plot.installEventFilter(self)
            plot.setAcceptDrops(isinstance(plot, Lanes))
            if isinstance(panel, PicturePanel):
                panel.more.append(partial(self._offer_picture, panel))

    def offer(self, actions: Actions) -> None:
        """Add what can be done with the plot that is looked at."""
        some = lambda: self.focused() is not None  # noqa: E731  named, as it is used twice
        tip = "the plot that has the keys, else the signal, as a picture"
        actions.add("File", COPY, self.copy, COPY_KEYS, f"Copy {tip}", when=some)
        actions.add("File", SAVE, self.save, SAVE_KEYS, f"Save {tip} (PNG or SVG)", when=some)

    def panels(self) -> list[Panel]:
        """Return every panel that draws a plot, the signal's or the picture's first."""
        found: list[Panel] = [*self.window.findChildren(PlotPanel)]
        found += self.window.findChildren(PicturePanel)
        return sorted(found, key=lambda panel: not isinstance(plot_of(panel), Lanes))

    def focused(self) -> Panel | None:
        """Return the panel that has the keys, else the first that is seen."""
        seen = [panel for panel in self.panels() if panel.isVisible()]
        used = (panel for panel in seen if self._in_use.inside(panel))
        return next(used, next(iter(seen), None))

    def copy(self, panel: Panel | None = None) -> None:
        """Put a plot on the clipboard, as a picture twice as fine as the screen and as SVG."""
        panel = panel or self.focused()
        if panel is None:
            return
        subject = self.subject(panel)
        sharp = b"" if isinstance(panel, PicturePanel) else svg(subject)
        picture, scale = drawn(subject), 2 * subject.plot.devicePixelRatioF()
        self._work(lambda: self._copied.emit(subject.title, picture.image(scale), sharp))

    def _paste(self, title: str, picture: QImage, sharp: bytes) -> None:
        made = QMimeData()
        made.setImageData(picture)
        if sharp:
            made.setData("image/svg+xml", sharp)
        QApplication.clipboard().setMimeData(made)
        self.told.emit(f"The plot “{title}” was copied as a picture: paste it anywhere.")

    def save(self, panel: Panel | None = None) -> None:
        """Ask where to save a plot, and save it there."""
        panel = panel or self.focused()
        if panel is None:
            return
        subject = self.subject(panel)  # as it is now, not when the name is found
        finished = kinds(subject, sharp=not isinstance(panel, PicturePanel))
        when = time.strftime("%Y-%m-%d %H-%M-%S")
        name = f"{safe_name(words.shortened(subject.title, 48))} {when}.png"
        title = "Save plot as picture"
        asked = ask_where(self.window, title, name, ";;".join(finished))
        if asked is not None:
            self.write(*asked, finished)

    def write(self, path: Path, kind: str, finished: dict[str, Callable[[], bytes]]) -> None:
        """Write what was drawn, in a thread of its own; the name's end says more than the kind."""
        suffix = path.suffix.lower()
        if suffix == SVG and SHARP in finished:
            kind = SHARP
        elif suffix == PNG:
            kind = kind if kind != SHARP else AS_SEEN
        else:
            ends = " or ".join((PNG, SVG) if SHARP in finished else (PNG,))
            self.told.emit(f"A picture is saved as {ends}, not as {suffix}: choose another name.")
            return

        def run() -> None:
            try:
                said = write(path, finished[kind]())
            except DriftscopeError as error:
                said = str(error)
            self.told.emit(said)

        self._work(run)

    def _work(self, what: Callable[[], object]) -> None:
        """Do it in a thread of its own; of which those that are done are forgotten."""
        made = threading.Thread(target=what, name="picture of a plot", daemon=True)
        self._workers = [each for each in self._workers if each.is_alive()] + [made]
        made.start()

    def close(self) -> None:
        """Let what is being drawn be finished: a thread that draws outlives Qt by no moment."""
        end_s = time.monotonic() + PATIENCE_S
        for each in self._workers:
            each.join(max(0.0, end_s - time.monotonic()))

    def subject(self, panel: Panel) -> Subject:
        """Return what a picture of a panel is made of."""
        source = words.shortened(self.session.source_name, 60)
        foot = f"{source} · {time.strftime('%Y-%m-%d %H:%M:%S')}".removeprefix(" · ")
        if isinstance(panel, PicturePanel):
            return Subject(panel.view, "Picture", None, foot)
        return Subject(panel.plot, panel.picture_title(), panel.picture_legend(), foot)

    def menu(self, panel: Panel, at: QPointF | None = None) -> QMenu:
        """Return what can be done with a plot, and with the channels at a place of it."""
        made = QMenu(panel)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._offer_picture(panel, made)
        plot, info = plot_of(panel), self.session.info
        if not isinstance(plot, Lanes) or info is None:
            return made
        lane = plot.lane_at(at.y()) if at is not None else None
        channels = lane.channels if lane is not None else plot.channels()
        made.addSeparator()
        for k in channels[:MOST_CHANNELS]:
            name = info.channels[k]
            text = words.shortened(name, channel_menu.NAME_CHARS).replace("&", "&&")
            channel_menu.fill(made.addMenu(text), self.traces, info, [name], self._edit)
        return made

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open a plot's menu by a click of the right button without a move, or by the Menu key;
        take channels that are dropped on the signal."""
        if not isinstance(watched, Plot) or isinstance(watched, PictureView):
            return False  # a picture has a menu already, with more in it
        kind, types = event.type(), QEvent.Type
        if isinstance(event, QContextMenuEvent):
            if event.reason() == QContextMenuEvent.Reason.Keyboard:
                self._popup(watched, None, watched.mapToGlobal(watched.area().topLeft()).toPoint())
            return True
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.RightButton:
            if kind == types.MouseButtonPress:
                self._pressed = event.position()
            elif kind == types.MouseButtonRelease:
                moved = (event.position() - self._pressed).manhattanLength()
                if moved <= CLICK_PX:
                    self._popup(watched, event.position(), event.globalPosition().toPoint())
        elif isinstance(watched, Lanes) and isinstance(event, QDropEvent):
            return self._take_drop(watched, event)
        return False

    def _of(self, plot: Plot) -> Panel:
        return next(panel for panel in self.panels() if plot_of(panel) is plot)

    def _popup(self, plot: Plot, at: QPointF | None, place: QPoint) -> None:
        self.menu(self._of(plot), at).popup(place)

    def _offer_picture(self, panel: Panel, menu: QMenu) -> None:
        menu.addAction(f"{COPY}\t{COPY_KEYS}", partial(self.copy, panel))
        menu.addAction(f"{SAVE}\t{SAVE_KEYS}", partial(self.save, panel))

    def _edit(self, chosen: Sequence[str], what: str) -> None:
        info = self.session.info
        if info is not None:
            place = self.window.cursor().pos()
            ChannelEditor(self.window, self.traces, info, chosen).open_at(place, what)

    def _take_drop(self, plot: Lanes, event: QDropEvent) -> bool:
        """Draw channels that are dropped on a plot in it."""
        names, info = unpacked(event.mimeData()), self.session.info
        if not names or info is None:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            lane = plot.lane_at(event.position().y())
            self.traces.change_all(names, hidden=False)
            if lane is not None and info.channels[lane.channels[0]] not in names:
                self.traces.join(names, info.channels[lane.channels[0]])
        return True


def plot_of(panel: Panel) -> Plot:
    """Return the plot that a panel frames."""
    return panel.view if isinstance(panel, PicturePanel) else panel.plot


def kinds(subject: Subject, sharp: bool) -> dict[str, Callable[[], bytes]]:
    """Draw a plot now; return by kind what makes the bytes of a file of it, in any thread."""
    picture, scale = drawn(subject), subject.plot.devicePixelRatioF()
    found: dict[str, Callable[[], bytes]] = {
        AS_SEEN: partial(picture.png, scale), FINER: partial(picture.png, 2 * scale),
    }  # fmt: skip
    if sharp:
        data = svg(subject)
        found[SHARP] = lambda: data
    return found
