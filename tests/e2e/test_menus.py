"""Everything in the menus, reached and done with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from windows import activate, wait_for

from driftscope.gui.actions import Actions
from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    session = Session()
    made = MainWindow(session)
    made.resize(1400, 900)
    made.show()
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 3)
    yield made
    made.close()
    made.deleteLater()


def reached(menu: QMenu) -> list[QAction]:
    """Go down a menu that is open by the arrow keys; return what was come by, in its submenus
    too."""
    found: list[QAction] = []
    for _ in range(2 * len(menu.actions()) + 2):
        QTest.keyClick(menu, Qt.Key.Key_Down)
        action = menu.activeAction()
        if action is None or action in found:
            break
        found.append(action)
    for action in list(found):
        inner = action.menu()
        if isinstance(inner, QMenu):
            menu.setActiveAction(action)
            QTest.keyClick(menu, Qt.Key.Key_Right)
            wait_for(inner.isVisible)
            found += reached(inner)
            QTest.keyClick(inner, Qt.Key.Key_Left)
    return found


def opened(window: MainWindow, menu: QMenu) -> None:
    """Open a menu by Alt and its letter."""
    activate(window)
    letter = menu.title().partition("&")[2][:1]
    QTest.keyClicks(window, letter, Qt.KeyboardModifier.AltModifier)
    wait_for(menu.isVisible)


def assert_lettered(beside: list[QMenu]) -> None:
    """Check that no two menus beside one another open by the same letter, nor those within."""
    letters = [menu.title().partition("&")[2][:1].lower() for menu in beside]
    assert len(set(letters)) == len(letters), letters
    for menu in beside:
        inside = [action.menu() for action in menu.actions()]
        assert_lettered([each for each in inside if isinstance(each, QMenu)])


def test_each_menu_opens_by_its_letter_and_each_action_is_reached(window: MainWindow) -> None:
    assert_lettered(window.can_do.menus())
    missed = []
    for menu in window.can_do.menus():
        opened(window, menu)
        came_by = reached(menu)
        wanted = [a for a in window.can_do.all() if f"&{a.data()}" == menu.title()]
        assert wanted
        missed += [a.text() for a in wanted if a.isEnabled() and a not in came_by]
        QTest.keyClick(menu, Qt.Key.Key_Escape)
        wait_for(lambda menu=menu: not menu.isVisible())
    assert missed == []


def test_return_does_what_is_chosen(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    monkeypatch.setattr(Actions, "_do", lambda self, act: done.append(act))
    tried = 0
    for menu in window.can_do.menus():
        wanted = [a for a in menu.actions() if a.isEnabled() and a.data() and not a.menu()]
        for action in wanted:
            opened(window, menu)
            menu.setActiveAction(action)
            QTest.keyClick(menu, Qt.Key.Key_Return)
            wait_for(lambda menu=menu: not menu.isVisible())
            tried += 1
            assert len(done) == tried, action.text()
    assert tried > 5


def test_no_two_actions_have_the_same_key(window: MainWindow) -> None:
    keys = [key.toString() for action in window.can_do.all() for key in action.shortcuts()]
    assert len(set(keys)) == len(keys), sorted(key for key in keys if keys.count(key) > 1)


def test_every_action_has_words_that_explain_it(window: MainWindow) -> None:
    poor = [a.text() for a in window.can_do.all() if len(a.statusTip()) < 8 or not a.text()]
    assert poor == []
