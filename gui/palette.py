"""Do anything by typing a part of its name: Ctrl+K."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from driftscope.gui import theme
from driftscope.gui.actions import Actions
from driftscope.gui.findings import Finding, found
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import label, set_text

WIDTH_PX, HEIGHT_PX, TOP_PX = 640, 420, 72
NOTHING = "Nothing is called so. Try a part of a word, such as “freeze”, or “learning rate 2”."
HELP = "↑ ↓ choose · Return does it · Esc closes"
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(QFrame):
    """A line to type in with a list of what it may mean below. GUI thread only."""

    def __init__(self, window: QWidget, actions: Actions, session: Watched) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        theme.set_role(self, "popup")
        self.setAccessibleName("Command palette")
        self._window = window
        self._can_do = actions
        self.session = session
        self.findings: list[Finding] = []
        self.line = QLineEdit()
        self.line.setAccessibleName("What to do")
        self.line.setPlaceholderText("Type what to do: freeze, alarm, learning rate 2, model…")
        self.line.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setAccessibleName("What can be done")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setStyleSheet("QTreeView::item { padding: 4px 6px; }")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.said = label(HELP, "secondary", wrap=True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 10)
        rows.setSpacing(8)
        rows.addWidget(self.line)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.said)
        self.line.textChanged.connect(self._search)
        self.list.currentItemChanged.connect(lambda *_: self._explain())
        self.list.itemClicked.connect(lambda *_: self.do())

    def ask(self) -> None:
        """Show it in the upper middle of its window, empty."""
        window = self._window
        width = min(WIDTH_PX, window.width() - 48)
        self.resize(width, min(HEIGHT_PX, window.height() - TOP_PX - 24))
        place = QPoint((window.width() - width) // 2, TOP_PX)
        self.move(window.mapToGlobal(place))
        self._can_do.refresh()
        self.line.clear()
        self._search("")
        self.show()
        self.line.setFocus()

    def do(self) -> None:
        """Do what is chosen, and close; what cannot be done now stays, and says why."""
        place = self.list.currentIndex().row()
        if not 0 <= place < len(self.findings):
            return
        if self.findings[place].fill:
            self.line.setText(self.findings[place].fill)
        elif self.findings[place].possible:
            self.close()  # first: what is done may open a dialog
            self.findings[place].act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in MOVES:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.do()
                return True
        return super().eventFilter(watched, event)

    def _search(self, typed: str) -> None:
        self.findings = found(typed, self._can_do, self.session)
        self.list.clear()
        secondary = theme.current().secondary
        for each in self.findings:
            item = QTreeWidgetItem([each.title, each.keys or each.note, each.group])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            for column in range(0 if not each.possible else 1, 3):
                item.setForeground(column, secondary)
            self.list.addTopLevelItem(item)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        if self.findings:
            self.list.setCurrentIndex(self.list.model().index(0, 0))
        self._explain()

    def _explain(self) -> None:
        """Say what the keys do, or why the chosen line cannot be done now."""
        place = self.list.currentIndex().row()
        chosen = self.findings[place] if 0 <= place < len(self.findings) else None
        if chosen is None:
            set_text(self.said, NOTHING)
        elif not chosen.possible:
            set_text(self.said, chosen.note or "This cannot be done now.")
        elif chosen.fill:
            set_text(self.said, f"Type a value behind it, such as “{chosen.fill}{chosen.keys}”.")
        else:
            set_text(self.said, HELP)
