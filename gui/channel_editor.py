"""A small window beside a channel: its colour, its range and its unit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from driftscope.core.stream import StreamInfo
from driftscope.gui import theme, words
from driftscope.gui.channel_menu import AS_PUT, COLOUR, RANGE
from driftscope.gui.traces import SAFE, Traces
from driftscope.gui.widgets import label, set_text

NAME_CHARS, UNIT_CHARS, WIDTH_PX, SWATCH_PX = 28, 16, 296, 16
AUTOMATIC = "automatic"


class ChannelEditor(QFrame):
    """Ask how channels are drawn; each answer counts at once, a refused one is told below."""

    def __init__(
        self, over: QWidget, traces: Traces, info: StreamInfo, chosen: Sequence[str]
    ) -> None:
        super().__init__(over, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        colours = theme.current()  # fields on a menu's ground would not be seen
        self.setStyleSheet(
            f"ChannelEditor {{ background: {colours.panel.name()};"
            f" border: 1px solid {colours.secondary.name()}; }}"
        )
        self.traces, self.chosen = traces, list(chosen)
        first, look = self.chosen[0], traces.look(self.chosen[0])
        several = f"{len(self.chosen)} channels"
        name = words.shortened(first, NAME_CHARS) if len(self.chosen) == 1 else several
        self.setAccessibleName(f"Colour, range and unit of {name}")
        sent = info.units[info.channels.index(first)] if first in info.channels else ""
        self.low = self._field(look.low, "Range from", "Lower end of the plot")
        self.high = self._field(look.high, "Range to", "Upper end of the plot")
        self.unit = self._field(look.unit or None, "Unit", "The unit to show; empty: as it is sent")
        self.unit.setPlaceholderText(sent or "none is sent")
        self.unit.setMaxLength(UNIT_CHARS)
        self.refused = label(role="fault", wrap=True)
        self.refused.setAccessibleName("Why that was not taken")
        self.refused.hide()
        self.colours = [self._colour("", AUTOMATIC)]
        self.colours += [self._colour(value, called) for called, value in SAFE.items()]
        self._build(name)
        self._show_colour(look.colour)
        for line in (self.low, self.high):
            line.editingFinished.connect(self._range)
        self.unit.editingFinished.connect(lambda: self._take(unit=self.unit.text().strip()))

    def open_at(self, place: QPoint, what: str = COLOUR) -> None:
        """Show it beside a place of the screen, with the field that is asked for in focus."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = max(room.left(), min(place.x(), room.right() - self.width()))
        y = max(room.top(), min(place.y(), room.bottom() - self.height()))
        self.move(x, y)
        self.show()
        now = next((each for each in self.colours if each.isChecked()), self.colours[0])
        asked = {COLOUR: now, RANGE: self.low}.get(what, self.unit)
        asked.setFocus(Qt.FocusReason.PopupFocusReason)

    def _build(self, name: str) -> None:
        reset = QPushButton("As it comes")
        reset.setToolTip("Choose colour and range automatically, and show the unit that is sent.")
        reset.clicked.connect(self._reset)
        close = QPushButton("Done")
        close.setToolTip("Close this; all is as shown (Escape).")
        close.clicked.connect(self._done)
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 10, 14, 12)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.addWidget(label(name, "title"), 0, 0, 1, 2)
        parts: dict[str, list[QWidget]] = {
            "Colour": [*self.colours], "Unit": [self.unit],
            "Range": [self.low, label("to", "secondary"), self.high],
        }  # fmt: skip
        for row, text in enumerate(("Colour", "Range", "Unit"), start=1):
            grid.addWidget(label(text, "secondary"), row, 0)
            grid.addLayout(_beside(parts[text]), row, 1)
        grid.addWidget(self.refused, 4, 0, 1, 2)
        foot = _beside([reset, close])
        foot.insertStretch(1)
        grid.addLayout(foot, 5, 0, 1, 2)
        self.setMinimumWidth(WIDTH_PX)

    def _field(self, value: float | str | None, name: str, tip: str) -> QLineEdit:
        made = QLineEdit("" if value is None else _shown(value))
        made.setAccessibleName(name)
        made.setPlaceholderText(AUTOMATIC)
        made.setToolTip(f"{tip}, in the channel's unit; empty: it follows the signal."
                        if name.startswith("Range") else f"{tip}.")  # fmt: skip
        made.setMinimumWidth(84)
        return made

    def _colour(self, value: str, called: str) -> QPushButton:
        made = QPushButton()
        made.setCheckable(True)
        made.setAccessibleName(called)
        made.setToolTip("The colour that is free." if not value else f"{called.capitalize()}.")
        made.setIcon(QIcon(_swatch(value)))
        made.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        made.setFixedSize(24, 24)
        theme.set_role(made, "flat")
        made.setStyleSheet("padding: 2px;")
        made.setObjectName(value)
        made.clicked.connect(lambda _=False: self._take(colour=value))
        return made

    def _show_colour(self, chosen: str) -> None:
        for each in self.colours:
            each.setChecked(each.objectName() == chosen)

    def _range(self) -> None:
        try:
            ends = {"low": _end(self.low.text()), "high": _end(self.high.text())}
        except ValueError as error:
            self._refuse(str(error))
        else:
            self._take(**ends)

    def _take(self, **what: object) -> None:
        try:
            self.traces.change_all(self.chosen, **what)
        except ValueError as error:
            self._refuse(str(error))
        else:
            self._refuse("")
        self._show_colour(self.traces.look(self.chosen[0]).colour)

    def _refuse(self, why: str) -> None:
        set_text(self.refused, why)
        self.refused.setVisible(bool(why))
        self.adjustSize()

    def _reset(self) -> None:
        for line in (self.low, self.high, self.unit):
            line.clear()
        self._take(**AS_PUT)

    def _done(self) -> None:
        """Close, unless what was typed last is refused: then it says why."""
        self._range()
        if self.refused.isHidden():
            self.close()


def _beside(parts: Sequence[QWidget]) -> QHBoxLayout:
    made = QHBoxLayout()
    made.setSpacing(4)
    for part in parts:
        made.addWidget(part)
    return made


def _end(text: str) -> float | None:
    """Return the end of a range that was typed, None for automatic; raise ValueError."""
    plain = text.strip().replace("−", "-")
    if not plain or plain.casefold() in ("auto", AUTOMATIC):
        return None
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        shown = words.shortened(text, 16)
        raise ValueError(
            f"‘{shown}’ is no number: type one such as -2.5, or nothing for automatic."
        ) from None


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.10g}"


def _swatch(value: str) -> QPixmap:
    """Return a square of a colour, half and half of text and ground for the automatic one."""
    made = QPixmap(SWATCH_PX, SWATCH_PX)
    made.fill(QColor(value) if value else theme.current().panel)
    if not value:
        painter = QPainter(made)
        painter.setPen(theme.current().text)
        painter.drawText(QRectF(made.rect()), Qt.AlignmentFlag.AlignCenter, "A")
        painter.end()
    return made
