"""Every widget one can come to has a name that can be read out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QMenu, QWidget
from windows import wait_for

from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.keys import Keys
from driftscope.gui.main_window import MainWindow
from driftscope.gui.palette import Palette
from driftscope.gui.session import Session

UNSEEN = ("qt_scrollarea_viewport", "qt_spinbox_lineedit", "qt_menubar_ext_button",
          "qt_tableview_cornerbutton")  # fmt: skip


def nameless(top: QWidget) -> list[str]:
    """Return every focusable widget, and every button, that says nothing to a screen reader."""
    poor = []
    for widget in [top, *top.findChildren(QWidget)]:
        reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not (reachable or isinstance(widget, QAbstractButton)) or widget.isWindow():
            continue
        if widget.objectName() in UNSEEN or isinstance(widget, QMenu):
            continue
        if isinstance(widget.window(), QFrame) and widget.window() is not top:
            continue  # a combo box's own list: the box is what is named
        told = QAccessible.queryAccessibleInterface(widget)
        name = told.text(QAccessible.Text.Name) if told else ""
        if not (name or widget.accessibleName()).strip():
            owner = type(widget.parentWidget()).__name__ if widget.parentWidget() else "nothing"
            poor.append(f"{type(widget).__name__} {widget.objectName()} in {owner}".strip())
    return poor


@pytest.fixture(params=["nothing", "demo:", "scene:"])
def window(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[MainWindow]:
    session = Session()
    made = MainWindow(session)
    made.resize(1400, 900)
    made.show()
    if request.param != "nothing":
        session.connect_to(request.param)
        wait_for(lambda: session.health.samples > 5)
    yield made
    made.close()
    made.deleteLater()


def test_every_widget_of_the_window_has_a_name(window: MainWindow) -> None:
    window.refresh_texts()
    assert nameless(window) == []


@pytest.mark.parametrize("make", [lambda w: ConnectDialog((), w), lambda w: w.findChild(Palette),
                                  lambda w: w.findChild(Keys)])  # fmt: skip
def test_every_widget_of_a_dialog_has_a_name(
    session: Session, make: Callable[[MainWindow], QWidget]
) -> None:
    window = MainWindow(session)
    dialog = make(window)
    dialog.ask() if isinstance(dialog, Palette | Keys) else dialog.show()
    assert nameless(dialog) == []
    dialog.close()
    window.close()
    window.deleteLater()
