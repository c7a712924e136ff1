"""A panel from another package stands under the plots; a broken one is a message there."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
from PySide6.QtWidgets import QLabel

from driftscope.core import registry
from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session


class Counter(QLabel):
    """Count the frames."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.frames = 0

    def refresh(self) -> None:
        self.frames += 1


@pytest.fixture
def window(session: Session, qtbot, monkeypatch: pytest.MonkeyPatch):
    module = ModuleType("their_panels")
    module.Counter = Counter  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "their_panels", module)
    group = "driftscope.panels"
    points = {
        "broken": EntryPoint("broken", "no_such_module:Panel", group),
        "counter": EntryPoint("counter", "their_panels:Counter", group),
    }
    found = registry._entry_points
    monkeypatch.setattr(
        registry, "_entry_points", lambda kind: points if kind == "panels" else found(kind)
    )
    made = MainWindow(session)
    made.resize(1280, 900)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()


def test_it_is_drawn_with_the_others_and_sees_the_session(window: MainWindow) -> None:
    panel = window.findChild(Counter)
    assert panel is not None and panel.session is window.session and panel.isVisible()
    before = panel.frames
    window.refresh()
    assert panel.frames == before + 1


def test_a_broken_one_says_so_in_its_place(window: MainWindow) -> None:
    told = [each.text() for each in window.plots if each.text()]
    assert len(told) == 1 and "'broken' could not be loaded" in told[0]
