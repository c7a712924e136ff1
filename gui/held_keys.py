"""Keys 1 to 9, held: teach a class for as long as the key is down."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from driftscope.gui.thumbnails import Thumbnails

TYPED_INTO = (QLineEdit, QPlainTextEdit, QTextEdit)
FIRST, LAST = Qt.Key.Key_1, Qt.Key.Key_9


class HeldKeys(QObject):
    """Watch a window's keys in front of its widgets, some of which would eat digits.

    `hold(y, down)` is called with the number of a class, from 0, when its key goes down and when
    it comes up; repeats a keyboard makes by itself are left out. One key is held at a time. It
    counts as let go, too, when the window loses the keys, the focus moves on, or on `let_go`.
    """

    def __init__(
        self, window: QWidget, hold: Callable[[int, bool], object], wanted: Callable[[], bool]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._hold = hold
        self._wanted = wanted
        self._watched: QWindow | None = None
        self.held: int | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)

    def watch(self) -> None:
        """Watch the window's keys from now on; call it once the window is on screen."""
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._watched:
            self._watched = handle
            handle.installEventFilter(self)

    def let_go(self) -> None:
        """End what is held, as if the key had come up."""
        if self.held is not None:
            y, self.held = self.held, None
            self._hold(y, False)

    def take(self, event: QKeyEvent) -> bool:
        """Take a key that went down or came up; return whether it was one of ours."""
        y = event.key() - FIRST
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.type() == QEvent.Type.KeyRelease:
            if y != self.held:
                return False
            if not event.isAutoRepeat():
                self.let_go()
            return True
        if not (FIRST <= event.key() <= LAST and plain and self._wanted()) or _typing():
            return False
        if not event.isAutoRepeat() and y != self.held:
            self.let_go()
            self.held = y
            self._hold(y, True)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            return self.take(event)
        if kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.let_go()
        return False

    def _focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        self.let_go()


def _typing() -> bool:
    """Say whether digits are being typed into a field, looked for in an open list, or meant for
    the samples that are selected."""
    focused = QApplication.focusWidget()
    if QApplication.activePopupWidget() is not None:
        return True
    if isinstance(focused, Thumbnails) and focused.chosen():
        return True
    return isinstance(focused, TYPED_INTO) or (
        isinstance(focused, QComboBox) and focused.isEditable()
    )
