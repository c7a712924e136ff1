"""The panels for pictures by keyboard and by name: whatever takes the focus says what it is."""

from __future__ import annotations

import numpy as np
import pytest
from picture_stand_in import PictureStandIn, flat, hot, report, sample
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from stand_in import shown
from windows import focus

from driftscope.gui import theme
from driftscope.gui.panels.classes import ClassesPanel
from driftscope.gui.panels.confusion import ConfusionPanel
from driftscope.gui.panels.picture import PicturePanel
from driftscope.gui.panels.samples import SamplesPanel

PANELS = (PicturePanel, ClassesPanel, SamplesPanel, ConfusionPanel)


@pytest.fixture
def session() -> PictureStandIn:
    made = PictureStandIn()
    made.see(
        flat((9, 9, 9)), alarm=True, rarity=5.0, heat=hot(1, 1), expected=flat((9, 9, 9), 128, 128),
        classes=np.full(4, 0.25),
    )  # fmt: skip
    kept = tuple(sample(i, i % 3, (i // 2) % 3) for i in range(9))
    made.report = report(kept, figures={"accuracy": 0.9}, losses=np.linspace(1, 0.1, 50))
    return made


def takers(panel: QWidget) -> list[QWidget]:
    """Return every widget on screen that the Tab key can reach."""
    tab = Qt.FocusPolicy.TabFocus
    return [
        each for each in panel.findChildren(QWidget)
        if each.isVisible() and each.isEnabled() and each.focusPolicy() & tab
    ]  # fmt: skip


@pytest.mark.parametrize("kind", PANELS)
def test_whatever_takes_the_focus_has_a_name_and_buttons_say_what_they_do(
    session: PictureStandIn, qtbot, kind: type
) -> None:
    panel = shown(qtbot, kind(session), 640, 480)
    found = takers(panel)
    assert found
    for each in found:
        named = each.accessibleName() or (isinstance(each, QAbstractButton) and each.text())
        assert named, each
        if isinstance(each, QAbstractButton):
            assert each.toolTip(), each.text()


@pytest.mark.parametrize("kind", PANELS)
def test_the_tab_key_goes_round_them_all(session: PictureStandIn, qtbot, kind: type) -> None:
    panel = shown(qtbot, kind(session), 640, 480)
    found = takers(panel)
    focus(found[0])
    reached = set()
    for _ in range(len(found) + 2):
        now = QApplication.focusWidget()
        assert now is not None
        reached.add(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    assert reached >= set(found)


@pytest.mark.parametrize("kind", PANELS)
def test_another_theme_is_taken_at_the_next_refresh(
    session: PictureStandIn, qtbot, qapp: QApplication, kind: type
) -> None:
    panel = shown(qtbot, kind(session), 640, 480)
    before = theme.current()
    try:
        theme.apply(qapp, theme.LIGHT)
        panel.refresh()
        image = panel.grab().toImage()
        assert image.pixelColor(image.width() // 2, 3).name() == theme.LIGHT.panel.name()
    finally:
        theme.apply(qapp, before)
