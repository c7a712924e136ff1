"""Tab goes through the whole window as one sees it, Shift+Tab back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from windows import activate, focus, wait_for

from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session


@pytest.fixture
def window(session: Session) -> Iterator[MainWindow]:
    made = MainWindow(session)
    made.resize(1500, 950)
    made.show()
    session.connect_to("demo:")
    wait_for(lambda: session.info is not None and session.health.updates)
    made.panels.show_panel("spectrum", True)
    wait_for(lambda: made.panels.docks["spectrum"].seen)
    session.disconnect_source()
    wait_for(lambda: not session.running)
    activate(made)
    yield made
    made.close()
    made.deleteLater()


def name(widget: QWidget) -> str:
    return widget.accessibleName() or (
        widget.text() if isinstance(widget, QAbstractButton) else type(widget).__name__
    )


def gone_through(window: MainWindow, back: bool = False) -> list[QWidget]:
    """Press Tab until all come again; return what had the keys."""
    focus(window.top_bar.pause)
    found: list[QWidget] = []
    held = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
    while (now := window.focusWidget()) not in found and len(found) < 200:
        assert now is not None
        found.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab, held)
    assert now is found[0]
    return found


def test_all_is_come_by_and_back_the_same_way(window: MainWindow) -> None:
    there = gone_through(window)
    wanted = [
        w for w in window.findChildren(QWidget)
        if w.isVisible() and w.isEnabled() and w.window() is window and w.focusProxy() is None
        and w.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    ]  # fmt: skip
    assert {name(w) for w in wanted} == {name(w) for w in there}
    back = gone_through(window, back=True)
    assert [back[0], *reversed(back[1:])] == there


def test_what_stands_together_is_gone_through_together(window: MainWindow) -> None:
    window.controls.panel.learning.more.line.click()
    # what was folded away has a place a moment later
    last = next(w for w in window.controls.findChildren(QWidget) if name(w) == "Window")
    wait_for(lambda: last.isVisible() and last.height() > 10)
    there = [name(w) for w in gone_through(window)]
    chip = next(text for text in there if text.startswith("Source "))
    assert there[there.index(chip) + 1] == "Change…"
    at = there.index("Optimizer")
    assert there[at + 1] == "More settings"
    folded = there[at + 2 : there.index("Reset model")]
    assert folded[0] == "Precision" and folded[-2:] == ["Hidden units", "Window"]
    boxes = there.index("Logarithmic frequency axis")
    assert there[boxes + 1] == "Spectrum plot"
    assert there.index("Signal plot") < there.index("Learning rate") < boxes


def test_a_window_without_anything_that_takes_keys_keeps_them(qapp: QApplication) -> None:
    from driftscope.gui import tab_order

    bare = QWidget()
    assert tab_order.beside(bare, True) is None
    bare.deleteLater()
