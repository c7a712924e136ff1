"""The table of keys stands within its window."""

import pytest
from PySide6.QtWidgets import QScrollArea, QWidget

from driftscope.gui.actions import Actions
from driftscope.gui.keys import Keys
from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session


@pytest.fixture
def actions(session: Session, qtbot) -> Actions:
    window = MainWindow(session)
    qtbot.addWidget(window)
    return window.can_do


@pytest.mark.parametrize("size", [(1600, 1000), (1024, 700), (960, 640)])
def test_it_is_never_cut_off_sideways(actions: Actions, size: tuple[int, int], qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(*size)
    table = Keys(window, actions)
    table.ask()
    area = table.findChild(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0
    assert size[1] < 1000 or area.verticalScrollBar().maximum() == 0
    table.close()
