"""The region of interest: dragged over the picture, kept as the model's text parameter."""

from __future__ import annotations

import pytest
from picture_stand_in import BLUE, PictureStandIn, colour, drag, flat, hot, place
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from stand_in import shown
from windows import focus

from driftscope.core.errors import ParamError
from driftscope.core.params import ParamSet
from driftscope.core.pictures.region import rectangles
from driftscope.core.sections import LearnerParams
from driftscope.gui.panels.picture import REGION, PicturePanel


@pytest.fixture
def session() -> PictureStandIn:
    return PictureStandIn()


@pytest.fixture
def panel(session: PictureStandIn, qtbot) -> PicturePanel:
    session.see(flat(BLUE), heat=hot(4, 8), expected=flat((200, 30, 30), 128, 128))
    return shown(qtbot, PicturePanel(session), 900, 560)


def test_rectangles_are_dragged_several_and_all_else_is_dimmed(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    QTest.mouseClick(panel.tools.region, Qt.MouseButton.LeftButton)
    drag(panel, place(panel, 0.1, 0.2), place(panel, 0.5, 0.6))
    drag(panel, place(panel, 0.9, 0.9), place(panel, 0.7, 0.7))  # backwards is as good
    assert [tuple(round(n) for n in each) for each in rectangles(str(session.params.get(REGION)))] \
        == [(10, 20, 50, 60), (70, 70, 90, 90)]  # fmt: skip
    assert colour(panel, 0.3, 0.5) == BLUE and colour(panel, 0.8, 0.8) == BLUE
    assert sum(colour(panel, 0.6, 0.4)) < sum(BLUE) / 2
    assert panel.view.zoom == 1
    QTest.mouseClick(panel.tools.whole, Qt.MouseButton.LeftButton)
    assert session.params.get(REGION) == ""
    assert colour(panel, 0.6, 0.4) == BLUE


def test_a_click_is_no_rectangle_and_what_leaves_the_picture_is_cut_off(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    panel.tools.region.setChecked(True)
    drag(panel, place(panel, 0.5, 0.5), place(panel, 0.503, 0.5))
    assert session.params.get(REGION) == ""
    drag(panel, place(panel, 0.5, 0.5), place(panel, 1.7, 1.9))
    assert rectangles(str(session.params.get(REGION)))[0][2:] == (100, 100)


def test_a_region_set_elsewhere_is_shown(panel: PicturePanel, session: PictureStandIn) -> None:
    session.set_param(REGION, "0,0,50,100")
    panel.refresh()
    assert sum(colour(panel, 0.9, 0.3)) < sum(BLUE) / 2
    assert colour(panel, 0.2, 0.3) == BLUE
    assert panel.tools.whole.isVisible()


def test_keys_add_move_size_and_remove_and_escape_ends(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    view = panel.view
    QTest.mouseClick(panel.tools.region, Qt.MouseButton.LeftButton)
    focus(view)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert session.params.get(REGION) == "27,25,77,77"
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert session.params.get(REGION) == ""
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.regions.editing and not panel.tools.region.isChecked()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert session.params.get(REGION) == ""


def test_a_refused_region_is_told_and_the_old_one_stays(
    panel: PicturePanel, session: PictureStandIn, monkeypatch
) -> None:
    def refuse(name: str, value: object) -> None:
        raise ParamError(f"{name} is not for now.")

    monkeypatch.setattr(session, "set_param", refuse)
    panel.tools.region.setChecked(True)
    drag(panel, place(panel, 0.1, 0.2), place(panel, 0.5, 0.6))
    assert panel.note.accessibleName() == "model.region is not for now."
    panel.refresh()
    assert panel.note.accessibleName() == "model.region is not for now."
    assert panel.view.regions.rectangles == []


def test_a_model_without_a_region_has_no_button(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    session.params = ParamSet(learner=LearnerParams())
    panel.refresh()
    assert panel.tools.region.isHidden() and panel.tools.whole.isHidden()
