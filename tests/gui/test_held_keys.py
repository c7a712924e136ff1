"""Keys that teach for as long as they are held, and end whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QVBoxLayout, QWidget
from windows import focus, wait_for

from driftscope.gui.held_keys import HeldKeys


class Window(QWidget):
    """A window with something to type into, and a list that looks for digits by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[int, bool]] = []
        self.wanted = True
        self.keys = HeldKeys(self, lambda y, down: self.told.append((y, down)), lambda: self.wanted)
        self.line, self.list = QLineEdit(), QListWidget()
        self.list.addItems(["1", "2", "3"])
        rows = QVBoxLayout(self)
        rows.addWidget(self.line)
        rows.addWidget(self.list)


@pytest.fixture
def window(qapp: QApplication) -> Iterator[Window]:
    made = Window()
    made.show()
    QTest.qWaitForWindowExposed(made)
    made.keys.watch()
    focus(made.list)
    made.told.clear()
    yield made
    made.close()
    made.deleteLater()


def press(window: Window, key: Qt.Key) -> None:
    QTest.keyPress(window.windowHandle(), key)


def release(window: Window, key: Qt.Key) -> None:
    QTest.keyRelease(window.windowHandle(), key)


def test_a_class_is_taught_from_key_down_to_key_up(window: Window) -> None:
    press(window, Qt.Key.Key_3)
    wait_for(lambda: window.told == [(2, True)])
    release(window, Qt.Key.Key_3)
    wait_for(lambda: window.told == [(2, True), (2, False)])
    assert window.list.currentRow() <= 0, "the list looked for the digit"


def test_what_a_keyboard_repeats_by_itself_is_left_out(window: Window) -> None:
    press(window, Qt.Key.Key_1)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress) * 3:
        event = QKeyEvent(kind, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", True)
        assert window.keys.take(event)
    assert window.told == [(0, True)]
    release(window, Qt.Key.Key_1)
    assert window.told == [(0, True), (0, False)]


def test_a_second_key_ends_the_first(window: Window) -> None:
    press(window, Qt.Key.Key_1)
    press(window, Qt.Key.Key_2)
    release(window, Qt.Key.Key_1)
    assert window.told == [(0, True), (0, False), (1, True)]
    release(window, Qt.Key.Key_2)
    assert window.told[-1] == (1, False)


@pytest.mark.parametrize("how", ["focus", "hidden", "told"])
def test_it_ends_when_the_keys_go_elsewhere(window: Window, how: str) -> None:
    press(window, Qt.Key.Key_9)
    assert window.told == [(8, True)]
    if how == "focus":
        window.line.setFocus()
    elif how == "hidden":
        window.hide()
    else:
        window.keys.let_go()
    wait_for(lambda: window.told == [(8, True), (8, False)])
    assert window.keys.held is None


def test_digits_typed_into_a_field_or_with_a_modifier_teach_nothing(window: Window) -> None:
    focus(window.line)
    press(window, Qt.Key.Key_5)
    release(window, Qt.Key.Key_5)
    wait_for(lambda: window.line.text() == "5")
    focus(window.list)
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    press(window, Qt.Key.Key_0)
    window.wanted = False
    press(window, Qt.Key.Key_5)
    assert window.told == []
