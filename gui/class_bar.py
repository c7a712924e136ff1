"""One class: its key, its name, how probable it is, and how many samples were kept of it."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from driftscope.gui import theme
from driftscope.gui.widgets import Elided, label, set_text

HEIGHT_PX = 42
LONGEST = 40
NAME_TIP = "Double click, or F2 on its button, to call it by another name."
HOLD_TIP = "Hold this button, or the key {key}, while it is in view: it is learned as {name}."


class Share(QWidget):
    """A bar as long as a share, with a frame while it is being taught."""

    def __init__(self) -> None:
        super().__init__()
        self.share, self.first, self.lit = math.nan, False, False
        self.setFixedHeight(8)
        self.setMinimumWidth(40)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float, first: bool, lit: bool) -> None:
        """Show a share from 0 to 1; the `first` of all stands out."""
        if (share, first, lit) != (self.share, self.first, self.lit):
            self.share, self.first, self.lit = share, first, lit
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen if not self.lit else QPen(colours.good, 1.5))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(room, 3, 3)
        if self.share > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.prediction if self.first else colours.secondary)
            room.setWidth(max(room.width() * self.share, 2.0))
            painter.drawRoundedRect(room, 3, 3)


class ClassBar(QWidget):
    """Show a class; `held` tells that its button went down or up, `named` its new name.

    Without a `key` it cannot be taught, as "none of these".
    """

    held = Signal(bool)
    named = Signal(str)

    def __init__(self, key: int | None = None) -> None:
        super().__init__()
        self.button = QPushButton(str(key) if key is not None else "")
        self.button.setFixedSize(32, 32)
        self.button.setStyleSheet("padding: 0")
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setEnabled(key is not None)
        self.button.setAccessibleName("None of these" if key is None else f"Class {key}")
        self.name = Elided()
        self.edit = QLineEdit()
        self.edit.setMaxLength(LONGEST)
        self.edit.setAccessibleName("Name of the class")
        self.edit.hide()
        self.share = Share()
        self.percent = label(role="number")
        self.count = label(role="small")
        self._key = key
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for text in (self.percent, self.count):
            text.setAlignment(right)
        widest = self.percent.fontMetrics().horizontalAdvance("100 %")
        self.percent.setMinimumWidth(widest + 4)
        self.edit.setStyleSheet("padding: 0 4px")
        above = QHBoxLayout()
        above.setSpacing(8)
        above.addWidget(self.name, 1)
        above.addWidget(self.edit, 1)
        above.addWidget(self.count)
        above.addWidget(self.percent)
        beside = QVBoxLayout()
        beside.setSpacing(2)
        beside.addLayout(above, 1)
        beside.addWidget(self.share)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 3, 0, 5)
        row.setSpacing(10)
        row.addWidget(self.button)
        row.addLayout(beside, 1)
        self.setFixedHeight(HEIGHT_PX)
        self.button.pressed.connect(lambda: self.held.emit(True))
        self.button.released.connect(lambda: self.held.emit(False))
        self.edit.editingFinished.connect(self._rename)
        rename = QShortcut(QKeySequence("F2"), self)
        rename.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        rename.activated.connect(self.rename)

    def show_class(self, name: str, share: float, first: bool, kept: str, lit: bool) -> None:
        """Show what is known of it; `first` is the most probable, `kept` says
        how many samples there are, `lit` is the one being taught."""
        self.name.tip = NAME_TIP if self._key is not None else ""
        self.name.say(name)
        font = theme.text_font(10, bold=first or lit)
        if self.name.font() != font:
            self.name.setFont(font)
        self.share.show_share(share, first, lit)
        set_text(self.percent, "" if math.isnan(share) else f"{100 * share:.0f} %")
        self.percent.setVisible(not math.isnan(share))
        set_text(self.count, "learning …" if lit else kept)
        self.count.setToolTip("How many pictures of it are remembered.")
        self.share.setVisible(lit or not math.isnan(share))
        if self._key is not None:
            self.button.setToolTip(HOLD_TIP.format(key=self._key, name=name))
            self.button.setAccessibleName(f"Teach {name}")
        said = "" if math.isnan(share) else f", {100 * share:.0f} percent"
        self.setAccessibleName(f"{name}{said}")

    def rename(self) -> None:
        """Let the name be typed; Return takes it, Esc leaves it."""
        if self._key is None:
            return
        self.edit.setText(self.name.accessibleName())
        self.name.hide()
        self.edit.show()
        self.edit.setFocus()
        self.edit.selectAll()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.name.geometry().contains(event.position().toPoint()):
            self.rename()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.edit.isHidden():
            self.edit.setText(self.name.accessibleName())
            self._rename()
        else:
            super().keyPressEvent(event)

    def _rename(self) -> None:
        if self.edit.isHidden():
            return
        typed, before = self.edit.text().strip(), self.name.accessibleName()
        self.edit.hide()
        self.name.show()
        if typed and typed != before:
            self.named.emit(typed)
