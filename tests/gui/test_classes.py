"""Class bars: what is in view, taught by holding, renamed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from picture_stand_in import NAMES, PictureStandIn, flat, report, sample
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from stand_in import shown
from windows import focus

from driftscope.core.stream import StreamInfo
from driftscope.core.teaching import NameClass, Teach
from driftscope.gui import theme
from driftscope.gui.grade_words import grades, percent, tenths, tip
from driftscope.gui.loss_line import loss_words
from driftscope.gui.panels.classes import EMPTY, ClassesPanel

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session() -> PictureStandIn:
    made = PictureStandIn()
    made.report = report(
        tuple(sample(i, i % 2, i % 2) for i in range(11)),
        figures={"accuracy": 0.934, "test_accuracy": 0.871, "kappa": 0.83, "f1": float("nan")},
    )
    made.see(flat((9, 9, 9)), classes=np.array([0.07, 0.8, 0.05, 0.08]))
    return made


@pytest.fixture
def panel(session: PictureStandIn, qtbot) -> ClassesPanel:
    return shown(qtbot, ClassesPanel(session), 324, 420)


def test_before_anything_was_taught_a_sentence_says_how(qtbot) -> None:
    session = PictureStandIn()
    panel = shown(qtbot, ClassesPanel(session), 324, 300)
    assert panel.empty.isVisible() and panel.empty.text() == EMPTY
    assert [bar.button.text() for bar in panel.bars] == ["1"]
    assert panel.none.isHidden() and panel.losses.isHidden() and panel.figures.isHidden()
    QTest.mousePress(panel.bars[0].button, LEFT)
    QTest.mouseRelease(panel.bars[0].button, LEFT)
    assert session.asked == [Teach(0), Teach(None)]


def test_a_bar_for_each_class_and_none_of_these_last(panel: ClassesPanel) -> None:
    bars = [*panel.bars[:3], panel.none]
    assert [bar.name.accessibleName() for bar in bars] == [*NAMES, "none of these"]
    assert [bar.percent.text() for bar in bars] == ["7 %", "80 %", "5 %", "8 %"]
    assert [bar.count.text() for bar in bars] == ["6 samples", "5 samples", "", ""]
    tops = [bar.mapTo(panel, QPoint()).y() for bar in [*bars, panel.bars[3]]]
    assert tops == sorted(tops)
    assert not panel.empty.isVisible()


def test_the_winner_stands_out_by_weight_and_words(
    panel: ClassesPanel, session: PictureStandIn
) -> None:
    assert [bar.name.font().bold() for bar in panel.bars[:3]] == [False, True, False]
    assert panel.seen.accessibleName() == "in view: bottle"
    session.see(flat((9, 9, 9)), classes=np.array([0.07, 0.1, 0.05, 0.78]))
    panel.refresh()
    assert panel.none.name.font().bold()
    assert not any(bar.name.font().bold() for bar in panel.bars)
    assert panel.seen.accessibleName() == "in view: none of these"
    session.see(flat((9, 9, 9)))  # nothing is said of this one
    panel.refresh()
    assert panel.seen.accessibleName() == "" and panel.bars[0].percent.text() == ""


def test_a_bar_is_as_long_as_its_share(panel: ClassesPanel) -> None:
    share = panel.bars[1].share
    image = share.grab().toImage()
    ink, y = theme.current().prediction.name(), image.height() // 2
    painted = [image.pixelColor(x, y).name() == ink for x in range(image.width())]
    assert sum(painted) / len(painted) == pytest.approx(0.8, abs=0.02)


def test_holding_a_button_teaches_as_long_as_it_is_held(
    panel: ClassesPanel, session: PictureStandIn
) -> None:
    QTest.mousePress(panel.bars[2].button, LEFT)
    assert session.asked == [Teach(2)]
    assert panel.bars[2].count.text() == "learning …" and panel.bars[2].name.font().bold()
    QTest.mouseRelease(panel.bars[2].button, LEFT)
    assert session.asked == [Teach(2), Teach(None)]
    assert panel.bars[2].count.text() == ""


def test_a_held_key_teaches_once_and_only_its_own_release_ends_it(
    panel: ClassesPanel, session: PictureStandIn
) -> None:
    panel.hold(0, True)
    panel.hold(0, True)
    panel.hold(1, True)
    panel.hold(0, False)
    panel.hold(1, False)
    panel.hold(1, False)
    assert session.asked == [Teach(0), Teach(1), Teach(None)]


def test_the_new_class_becomes_a_bar_while_its_button_is_held(
    panel: ClassesPanel, session: PictureStandIn
) -> None:
    assert panel.bars[3].button.text() == "4"
    QTest.mousePress(panel.bars[3].button, LEFT)
    session.report = report((sample(1, 3, 3),), (*NAMES, "class 4"))
    panel.refresh()
    assert panel.bars[3].name.accessibleName() == "class 4" and len(panel.bars) == 5
    assert panel.bars[3].count.text() == "learning …"
    QTest.mouseRelease(panel.bars[3].button, LEFT)
    assert session.asked == [Teach(3), Teach(None)]
    session.report = report((), tuple("abcdefghi"))
    panel.refresh()
    assert len(panel.bars) == 9  # there are nine keys
    session.report = report((), NAMES)  # the model was reset
    panel.refresh()
    assert len(panel.bars) == 4


def test_a_double_click_or_f2_renames(panel: ClassesPanel, session: PictureStandIn) -> None:
    bar = panel.bars[0]
    QTest.mouseDClick(bar, LEFT, pos=bar.name.geometry().center())
    assert bar.edit.isVisible() and bar.edit.selectedText() == "cup"
    QTest.keyClicks(bar.edit, "mug")
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert session.asked == [NameClass(0, "mug")]
    assert bar.edit.isHidden() and bar.name.isVisible()
    focus(panel.bars[1].button)
    QTest.keyClick(panel.bars[1].button, Qt.Key.Key_F2)
    QTest.keyClicks(panel.bars[1].edit, "never")
    QTest.keyClick(panel.bars[1].edit, Qt.Key.Key_Escape)
    assert session.asked == [NameClass(0, "mug")] and panel.bars[1].edit.isHidden()


def test_how_well_it_goes_is_said_in_words(panel: ClassesPanel) -> None:
    assert panel.figures.text() == "93 % right while learning · 87 % right on test samples"
    assert "Kappa 0.83: how much better than chance" in panel.figures.toolTip()
    assert "F1" not in panel.figures.toolTip()


def test_the_loss_falls_in_its_curve(panel: ClassesPanel, session: PictureStandIn) -> None:
    session.report = report((), losses=np.exp(-np.linspace(0, 3, 200)))
    panel.refresh()
    assert panel.losses.isVisible() and panel.losses.accessibleName() == "Loss 0.05"
    image = panel.losses.grab().toImage()
    ink = theme.current().prediction
    heights = []
    for x in (2, image.width() - 3):
        far = [
            abs(image.pixelColor(x, y).blue() - ink.blue()) + abs(image.pixelColor(x, y).red() - 86)
            for y in range(18, image.height())
        ]
        heights.append(int(np.argmin(far)))
    assert heights[0] < heights[1] - 15
    session.report = report()
    panel.refresh()
    assert panel.losses.isHidden()


def test_classes_that_come_with_the_pictures_cannot_be_taught(qtbot) -> None:
    session = PictureStandIn()
    names = tuple(f"kind {k}" for k in range(12))
    session.info = StreamInfo("c", ("picture",), ("",), classes=names, sample_shape=(32, 32, 3))
    session.report = report((), names)
    session.see(flat((9, 9, 9)), classes=np.full(13, 1 / 13))
    panel = shown(qtbot, ClassesPanel(session), 324, 300)
    assert len(panel.bars) == 12 and not any(bar.button.isEnabled() for bar in panel.bars)


def test_the_keys_come_and_go_with_the_kind_of_stream(
    panel: ClassesPanel, session: PictureStandIn
) -> None:
    taught = session.info
    session.info = StreamInfo("c", ("picture",), ("",), classes=NAMES, sample_shape=(32, 32, 3))
    panel.refresh()
    assert [bar.button.text() for bar in panel.bars] == [""] * 3
    assert [bar.count.text() for bar in panel.bars] == ["6 held out", "5 held out", ""]
    session.info = taught
    panel.refresh()
    assert [bar.button.text() for bar in panel.bars] == ["1", "2", "3", "4"]


def test_a_loss_is_no_longer_than_it_tells_something() -> None:
    assert loss_words(0.1912) == "0.19" and loss_words(2.6e-8) == "below 0.001"


def test_a_class_without_a_name_says_that_it_is_one(
    panel: ClassesPanel, session: PictureStandIn
) -> None:
    session.report = report((), ("1", "bottle"))
    panel.refresh()
    assert [bar.name.accessibleName() for bar in panel.bars[:2]] == ["class 1", "bottle"]


def test_it_fits_beside_the_picture(panel: ClassesPanel) -> None:
    assert panel.minimumSizeHint().width() <= 280
    for bar in panel.bars:
        assert bar.button.accessibleName().startswith("Teach ")


def test_figures_in_words() -> None:
    assert percent(1.0) == "100 %" and percent(0.9996) == "99.9 %" and percent(0.934) == "93 %"
    assert tenths(1.0) == "100 %" and tenths(0.9996) == "99.9 %" and tenths(0.934) == "93.4 %"
    assert percent(float("nan")) == "–"
    known = {
        "accuracy": 0.5, "held_out_accuracy": float("nan"), "kappa_t": 0.25, "samples": 40.0,
        "overall_accuracy": 0.25,
    }  # fmt: skip
    assert grades(known) == "50 % right while learning"
    assert "Kappa-T 0.25" in tip(known) and "Right from the start 25 %" in tip(known)
    assert "40" not in tip(known)
    assert grades({}) == "" and tip({}) == ""
