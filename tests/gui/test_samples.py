"""Samples as thumbnails: selected, deleted, relabelled, undone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from picture_stand_in import PictureStandIn, report, sample
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from stand_in import shown
from windows import focus

from driftscope.core.teaching import DeleteSamples, RelabelSamples, UndoSamples
from driftscope.gui import theme
from driftscope.gui.held_keys import HeldKeys
from driftscope.gui.panels.samples import EMPTY, NONE_SHOWN, SamplesPanel
from driftscope.gui.sample_list import Heading

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
KEPT = (sample(1, 0, 0), sample(2, 0, 1), sample(3, 2, 2, test=True), sample(4, 2, 3))
"""Two cups, of which one is told as a bottle, and two screwdrivers, one told as none of these."""


@pytest.fixture
def session() -> PictureStandIn:
    made = PictureStandIn()
    made.report = report(KEPT)
    return made


@pytest.fixture
def panel(session: PictureStandIn, qtbot) -> SamplesPanel:
    return shown(qtbot, SamplesPanel(session), 324, 420)


def click(panel: SamplesPanel, number: int, keys: Qt.KeyboardModifier | None = None) -> None:
    at = panel.list.visualRect(panel.model.index(panel.model.row_of(number))).center()
    modifiers = keys or Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, modifiers, at)


def test_with_nothing_taught_there_is_a_sentence(qtbot) -> None:
    panel = shown(qtbot, SamplesPanel(PictureStandIn()), 324, 300)
    assert panel.empty.isVisible() and panel.empty.text() == EMPTY
    assert panel.list.isHidden() and not panel.delete.isEnabled()


def test_samples_stand_below_the_name_of_their_class(panel: SamplesPanel) -> None:
    rows = [panel.model.entry(panel.model.index(k)) for k in range(panel.model.rowCount())]
    assert rows == [Heading("cup", 2), *KEPT[:2], Heading("screwdriver", 2), *KEPT[2:]]
    places = [panel.list.visualRect(panel.model.index(k)) for k in range(len(rows))]
    assert places[1].top() >= places[0].bottom() and places[1].top() == places[2].top()
    assert places[3].top() >= places[1].bottom()
    assert panel.counted.text() == "4 samples"


def test_a_picture_is_drawn_in_its_own_colours(panel: SamplesPanel) -> None:
    at = panel.list.visualRect(panel.model.index(panel.model.row_of(1))).center()
    image = panel.list.viewport().grab().toImage()
    assert QColor(image.pixel(at)).getRgb()[:3] == (1, 90, 40)


def test_a_squeezed_copy_is_shown_as_wide_as_the_pictures_are(
    panel: SamplesPanel, session: PictureStandIn
) -> None:
    square = sample(1, 0, 0)
    square = replace(square, picture=square.picture[:, :54])
    session.report = report((square,))
    panel.refresh()
    assert panel.model.aspect_of(square) == pytest.approx(128 / 72)
    room = panel.list.visualRect(panel.model.index(1))
    assert room.width() / room.height() == pytest.approx(128 / 72, abs=0.1)


def test_a_wrong_one_is_outlined_and_the_tip_says_what_is_wrong(panel: SamplesPanel) -> None:
    image = panel.list.viewport().grab().toImage()

    def inks(number: int) -> set[str]:
        room = panel.list.visualRect(panel.model.index(panel.model.row_of(number)))
        y = room.center().y()
        return {QColor(image.pixel(x, y)).name() for x in range(room.left(), room.center().x())}

    assert theme.current().fault.name() in inks(2)
    assert theme.current().fault.name() not in inks(1)
    tips = [panel.model.tip(each) for each in KEPT]
    assert tips[0] == "Labelled cup, the model says cup too."
    assert tips[1] == "Labelled cup, the model says bottle."
    assert tips[2].endswith("Kept for testing: nothing is learned from it.")
    assert tips[3] == "Labelled screwdriver, the model says none of these."


def test_several_are_selected_and_deleted(panel: SamplesPanel, session: PictureStandIn) -> None:
    focus(panel.list)
    click(panel, 1)
    click(panel, 4, CTRL)
    assert panel.list.chosen() == (1, 4) and panel.delete.isEnabled()
    QTest.keyClick(panel.list, KEY.Key_Delete)
    assert session.asked == [DeleteSamples((1, 4))]
    QTest.keyClick(panel.list, KEY.Key_Z, CTRL)
    QTest.mouseClick(panel.undo, Qt.MouseButton.LeftButton)
    assert session.asked[1:] == [UndoSamples(), UndoSamples()]


def test_a_digit_gives_what_is_selected_another_class(
    panel: SamplesPanel, session: PictureStandIn
) -> None:
    focus(panel.list)
    QTest.keyClick(panel.list, KEY.Key_2)
    assert session.asked == []
    click(panel, 1)
    QTest.keyClick(panel.list, KEY.Key_2)
    QTest.keyClick(panel.list, KEY.Key_9)  # there is no such class
    assert session.asked == [RelabelSamples((1,), 1)]


def test_the_menus_offer_every_class(panel: SamplesPanel, session: PictureStandIn) -> None:
    focus(panel.list)
    click(panel, 3)
    acts = panel.classes_menu().actions()
    assert [act.text() for act in acts] == ["cup\t1", "bottle\t2", "screwdriver\t3"]
    acts[0].trigger()
    assert session.asked == [RelabelSamples((3,), 0)]


def test_the_arrow_keys_go_from_picture_to_picture(panel: SamplesPanel) -> None:
    focus(panel.list)
    click(panel, 1)
    QTest.keyClick(panel.list, KEY.Key_Right)
    assert panel.list.chosen() == (2,)
    QTest.keyClick(panel.list, KEY.Key_A, CTRL)
    assert panel.list.chosen() == (1, 2, 3, 4)


def test_what_is_selected_stays_so_when_others_come_and_go(
    panel: SamplesPanel, session: PictureStandIn
) -> None:
    focus(panel.list)
    click(panel, 3)
    session.report = report((*KEPT[1:], sample(5, 0, 0), sample(6, 1, 1)))
    panel.refresh()
    assert panel.list.chosen() == (3,)
    assert panel.model.row_of(1) == -1
    resets: list[int] = []
    panel.model.modelReset.connect(lambda: resets.append(1))
    panel.refresh()
    session.report = report((sample(2, 0, 0), *KEPT[2:], sample(5, 0, 0), sample(6, 1, 1)))
    panel.refresh()  # the model thinks otherwise of one: no rows come or go
    assert resets == [] and panel.model.tip(panel.model.entry(panel.model.index(1))) == (  # type: ignore[arg-type]
        "Labelled cup, the model says cup too."
    )
    assert panel.list.chosen() == (3,)


def test_hundreds_are_no_widgets_and_their_images_are_forgotten_with_them(
    panel: SamplesPanel, session: PictureStandIn
) -> None:
    session.report = report(tuple(sample(i, i % 3, i % 3) for i in range(900)))
    panel.refresh()
    panel.grab()
    assert panel.model.rowCount() == 903
    assert len(panel.findChildren(object)) < 80
    assert 0 < len(panel.model._images) < 100  # only what was on screen
    session.report = report(KEPT)
    panel.refresh()
    assert set(panel.model._images) <= {1, 2, 3, 4}


def test_only_those_of_one_kind(panel: SamplesPanel) -> None:
    panel.show_only((0, 1))
    assert panel.model.rowCount() == 2 and panel.model.row_of(2) == 1
    panel.show_only((1, 0))
    assert panel.empty.text() == NONE_SHOWN and panel.empty.isVisible()
    panel.show_only(None)
    assert panel.model.rowCount() == 6


def test_a_cell_of_test_samples_leaves_out_what_is_learned_from(
    panel: SamplesPanel, session: PictureStandIn
) -> None:
    session.report = report((*KEPT, sample(7, 0, 1, test=True)), of="test samples")
    panel.show_only((0, 1))
    assert panel.model.row_of(7) == 1 and panel.model.row_of(2) == -1


def test_no_key_searches_by_typing(panel: SamplesPanel) -> None:
    focus(panel.list)
    click(panel, 1)
    QTest.keyClick(panel.list, KEY.Key_S)
    assert panel.list.chosen() == (1,)
    assert panel.minimumSizeHint().width() <= 280
    assert panel.list.mapTo(panel, QPoint()).y() > 0


def test_a_digit_for_what_is_selected_teaches_nothing(
    panel: SamplesPanel, session: PictureStandIn
) -> None:
    taught: list[tuple[int, bool]] = []
    keys = HeldKeys(panel, lambda y, down: taught.append((y, down)), lambda: True)
    keys.watch()
    focus(panel.list)
    QTest.keyClick(panel.windowHandle(), KEY.Key_2)
    assert taught == [(1, True), (1, False)] and session.asked == []
    click(panel, 1)
    QTest.keyClick(panel.windowHandle(), KEY.Key_2)
    assert len(taught) == 2 and session.asked == [RelabelSamples((1,), 1)]
