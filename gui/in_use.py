"""Which widget is in use: a menu, or the palette, takes the keys but is about another one."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QMenuBar, QWidget
from shiboken6 import Shiboken


class InUse(QObject):
    """Remember which widget had the keys before a menu or a popup took them. GUI thread only."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._widget: QWidget | None = None
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._note)

    def inside(self, panel: QWidget) -> bool:
        """Say whether what is in use stands in a panel."""
        widget = self._widget
        return widget is not None and Shiboken.isValid(widget) and panel.isAncestorOf(widget)

    def _note(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is None or isinstance(now, QMenuBar):
            return
        if now.window().windowType() != Qt.WindowType.Popup:
            self._widget = now
