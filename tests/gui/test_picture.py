"""The picture's panel: its pixels, what lies over them, and what a user does to it."""

from __future__ import annotations

import numpy as np
import pytest
from picture_stand_in import BLUE, PictureStandIn, colour, drag, flat, hot, place
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from stand_in import shown
from windows import focus

from driftscope.core.stream import Event
from driftscope.core.teaching import Accept
from driftscope.gui import theme
from driftscope.gui.panels.picture import PicturePanel
from driftscope.gui.picture_marks import corner_words


@pytest.fixture
def session() -> PictureStandIn:
    return PictureStandIn()


@pytest.fixture
def panel(session: PictureStandIn, qtbot) -> PicturePanel:
    session.see(flat(BLUE), heat=hot(4, 8), expected=flat((200, 30, 30), 128, 128))
    return shown(qtbot, PicturePanel(session), 900, 560)


def wheel(panel: PicturePanel, at: QPoint, notches: int) -> None:
    view = panel.view
    event = QWheelEvent(
        QPointF(at), view.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_without_a_picture_there_is_a_sentence(session: PictureStandIn, qtbot) -> None:
    panel = shown(qtbot, PicturePanel(session), 640, 400)
    assert panel.drawn_seq == -1
    assert panel.score.text() == "–"
    image = panel.view.grab().toImage()
    inks = {image.pixelColor(x, y).name() for x in range(150, 490) for y in range(120, 260)}
    assert len(inks) > 1  # words, not an empty field


def test_the_picture_is_shown_as_it_is(panel: PicturePanel) -> None:
    assert colour(panel, 0.2, 0.9) == BLUE
    assert panel.drawn_seq == 0
    assert panel.note.accessibleName().startswith("128 × 72")


def test_heat_lies_over_the_hot_cell_only(panel: PicturePanel) -> None:
    x, y = 8.5 / 16, 4.5 / 16
    yellow = QColor("#f0e442").getRgb()[:3]
    blended = tuple((a + b) / 2 for a, b in zip(yellow, BLUE, strict=True))
    assert np.allclose(colour(panel, x, y), blended, atol=12)
    panel.tools.opacity.setValue(0)
    assert panel.tools.percent.text() == "0 %"
    assert colour(panel, x, y) == BLUE
    panel.tools.opacity.setValue(100)
    assert np.allclose(colour(panel, x, y), yellow, atol=24)
    assert colour(panel, 3.5 / 16, 4.5 / 16) == BLUE


def test_the_key_h_takes_the_heat_away(panel: PicturePanel) -> None:
    focus(panel.view)
    QTest.keyClick(panel.view, Qt.Key.Key_H)
    assert not panel.tools.heat.isChecked()
    assert not panel.tools.opacity.isEnabled()
    assert colour(panel, 8.5 / 16, 4.5 / 16) == BLUE


def test_what_is_unusual_is_outlined_whatever_the_opacity(panel: PicturePanel) -> None:
    panel.tools.opacity.setValue(0)
    panel.refresh()
    assert len({colour(panel, (8 + d / 40) / 16, 4.5 / 16) for d in range(-3, 4)}) > 1


def test_what_was_expected_stands_beside_it(panel: PicturePanel, session: PictureStandIn) -> None:
    panel.tools.expected.setChecked(True)
    assert len(panel.view.panes()) == 2
    assert np.allclose(colour(panel, 0.5, 0.5, pane=1), (200, 30, 30), atol=2)
    assert colour(panel, 0.1, 0.5) == BLUE
    panel.resize(420, 700)
    one, other = panel.view.panes()
    assert one.bottom() < other.top()  # one above the other where that is larger
    session.see(flat(BLUE))  # a model that expects nothing
    panel.refresh()
    assert len(panel.view.panes()) == 1
    assert panel.tools.expected.isHidden() and panel.tools.heat.isHidden()
    assert panel.accept.isHidden()


def test_nothing_is_painted_while_no_new_picture_came(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    painted: list[int] = []
    panel.after_paint.append(painted.append)
    for _ in range(3):
        panel.refresh()
        QApplication.processEvents()
    assert painted == []
    session.see(flat((0, 200, 0)))
    panel.refresh()
    QApplication.processEvents()
    assert painted == [1]
    session.picture = None
    session.see(flat((200, 0, 0)))  # another source: its numbers begin anew
    panel.refresh()
    QApplication.processEvents()
    assert painted == [1, 0]
    assert colour(panel, 0.5, 0.5) == (200, 0, 0)


def test_a_paused_view_keeps_its_picture_and_says_so(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    session.paused = True
    panel.refresh()
    session.see(flat((0, 200, 0)))
    assert colour(panel, 0.2, 0.1) == BLUE
    assert "paused" in panel.note.accessibleName()
    session.paused = False
    assert colour(panel, 0.2, 0.1) == (0, 200, 0)


def test_a_new_size_fits_at_once(panel: PicturePanel, session: PictureStandIn) -> None:
    session.see(flat((9, 99, 199), 300, 200))
    assert colour(panel, 0.5, 0.5) == (9, 99, 199)
    whole = panel.view.whole(panel.view.panes()[0])
    assert whole.height() / whole.width() == pytest.approx(1.5)
    assert panel.note.accessibleName().startswith("200 × 300")


def test_an_alarm_that_outlasts_what_set_it_off_is_not_called_unusual_now() -> None:
    assert corner_words(5.0, 3.0) == "Unusual: 1 in 100,000"
    assert corner_words(0.0, 3.0) == "Unusual a moment ago"


def test_the_wheel_zooms_to_the_mouse_and_a_double_click_fits(panel: PicturePanel) -> None:
    view = panel.view
    fitted = view.whole(view.panes()[0])
    at = place(panel, 0.25, 0.75)
    wheel(panel, at, 4)
    assert view.zoom == pytest.approx(1.25**4)
    assert (place(panel, 0.25, 0.75) - at).manhattanLength() <= 2
    wheel(panel, at, 200)
    assert view.zoom == 32
    wheel(panel, at, -400)
    assert view.whole(view.panes()[0]) == fitted
    wheel(panel, at, 6)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert view.whole(view.panes()[0]) == fitted


def test_dragging_moves_a_zoomed_picture_but_not_out_of_sight(panel: PicturePanel) -> None:
    view = panel.view
    view.zoom_to(4.0, view.panes()[0].center())
    before = view.whole(view.panes()[0]).topLeft()
    drag(panel, QPoint(300, 200), QPoint(360, 240))
    moved = view.whole(view.panes()[0]).topLeft() - before
    assert (round(moved.x()), round(moved.y())) == (60, 40)
    drag(panel, QPoint(10, 10), QPoint(5000, 5000))
    assert view.whole(view.panes()[0]).topLeft().x() <= 0.01


def test_keys_do_what_the_mouse_does(panel: PicturePanel) -> None:
    view = panel.view
    focus(view)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(1.25**2)
    centre = view.centre
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.centre.x() > centre.x()
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == 1


def test_an_alarm_has_a_frame_a_triangle_and_words(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    assert panel.score.text() == "1 in 20"
    session.see(flat(BLUE), alarm=True, rarity=5.3, heat=hot(4, 8))
    panel.refresh()
    image = panel.view.grab().toImage()
    seen = panel.view.whole(panel.view.panes()[0]).intersected(QRectF(panel.view.rect()))
    alarm = theme.current().alarm.name()
    edge = int(seen.bottom()) - 2
    assert QColor(image.pixel(int(seen.center().x()), edge)).name() == alarm
    corner = {
        QColor(image.pixel(int(seen.left()) + x, int(seen.top()) + y)).name()
        for x in range(8, 22) for y in range(6, 24)
    }  # fmt: skip
    assert alarm in corner
    assert panel.score.text() == "1 in 200,000"
    assert panel.score.property("role") == "alarm"


@pytest.mark.parametrize("state", ["learning", "held", "frozen"])
def test_the_lamp_says_its_state_in_a_word(
    panel: PicturePanel, session: PictureStandIn, state: str
) -> None:
    session.health.state = state
    panel.refresh()
    assert panel.lamp.text() == state
    assert panel.lamp.toolTip()
    assert panel.accept.isEnabled() == (state == "held")


def test_learn_this_as_normal_is_offered_while_something_is_unusual(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    assert not panel.accept.isEnabled() and panel.accept.toolTip()
    session.see(flat(BLUE), alarm=True, rarity=5.3, heat=hot(4, 8))
    panel.refresh()
    QTest.mouseClick(panel.accept, Qt.MouseButton.LeftButton)
    assert session.asked == [Accept()]
    texts = [act.text().partition("\t")[0] for act in panel.menu().actions()]
    assert texts == ["Fit", "Watch the whole picture", "", "Learn this as normal", "Re-learn"]


def test_a_jump_offers_to_learn_anew_until_it_is_answered_or_over(
    panel: PicturePanel, session: PictureStandIn
) -> None:
    def jump(number: int) -> None:
        said = {"message": f"Jump {number}.", "offer": "relearn"}
        session.marks.append(Event("c", number, 0.0, "note", said))
        panel.refresh()

    session.marks.append(Event("c", 0, 0.0, "note", {"message": "Something else."}))
    panel.refresh()
    assert panel.proposal.isHidden()
    jump(1)
    assert panel.proposal.isVisible() and panel.proposal.said.text() == "Jump 1."
    assert panel.relearn.isHidden()
    QTest.mouseClick(panel.proposal.relearn, Qt.MouseButton.LeftButton)
    panel.refresh()
    assert session.resets == 1 and panel.proposal.isHidden()
    jump(2)
    QTest.mouseClick(panel.proposal.accept, Qt.MouseButton.LeftButton)
    assert session.asked == [Accept()] and panel.proposal.isHidden()
    session.health.state = "held"
    jump(3)
    assert panel.proposal.isVisible()
    session.health.state = "learning"
    panel.refresh()
    assert panel.proposal.isHidden()
    jump(4)
    session.marks = []
    panel.refresh()
    assert panel.proposal.isHidden()


def test_the_buttons_fit_into_a_narrow_panel(panel: PicturePanel, session: PictureStandIn) -> None:
    panel.tools.region.setChecked(True)
    said = {"message": "Nearly the whole picture has changed. " * 3, "offer": "relearn"}
    session.marks.append(Event("c", 0, 0.0, "note", said))
    panel.resize(600, 500)
    panel.refresh()
    assert panel.minimumSizeHint().width() <= 600
    assert panel.relearn.isHidden() and panel.proposal.isVisible()
