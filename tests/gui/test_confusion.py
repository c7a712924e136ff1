"""The confusion matrix: its counts, its words, its cells opened."""

from __future__ import annotations

import numpy as np
import pytest
from picture_stand_in import NAMES, PictureStandIn, report, sample
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStackedWidget, QWidget
from stand_in import StandIn, shown
from windows import focus

from driftscope.core.reports import Report
from driftscope.gui import theme
from driftscope.gui.panels.confusion import ConfusionPanel

ROLE = Qt.ItemDataRole
MATRIX = np.array([[18, 1, 1, 0], [2, 16, 1, 1], [0, 0, 0, 0]])
KEPT = (sample(1, 0, 0), sample(2, 1, 0), sample(3, 1, 0), sample(4, 1, 3))


@pytest.fixture
def session() -> PictureStandIn:
    made = PictureStandIn()
    made.report = report(KEPT, matrix=MATRIX, of="samples")
    return made


@pytest.fixture
def panel(session: PictureStandIn, qtbot) -> ConfusionPanel:
    return shown(qtbot, ConfusionPanel(session), 324, 340)


def cell(panel: ConfusionPanel, true: int, said: int):
    return panel.table.visualRect(panel.model.index(true, said))


def test_without_labels_there_is_a_sentence(qtbot) -> None:
    panel = shown(qtbot, ConfusionPanel(PictureStandIn()), 324, 200)
    assert panel.empty.isVisible() and panel.pages.isHidden()
    assert panel.figure.accessibleName() == ""


def test_counts_names_and_the_whole_in_words(panel: ConfusionPanel) -> None:
    model = panel.model
    assert (model.rowCount(), model.columnCount()) == (3, 4)
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    assert [model.headerData(k, across) for k in range(4)] == [*NAMES, "none of these"]
    assert [model.headerData(k, down) for k in range(3)] == [*NAMES]
    assert model.headerData(1, down, ROLE.AccessibleTextRole) == "True class: bottle"
    assert model.data(model.index(1, 0)) == "2"
    assert panel.figure.accessibleName() == "85 % right of 40 samples"


def test_a_cell_says_what_it_is(panel: ConfusionPanel) -> None:
    model = panel.model
    for role in (ROLE.ToolTipRole, ROLE.AccessibleTextRole):
        told = model.data(model.index(1, 0), role)
        assert told == "bottle said to be cup: 2 of 20 (10 %)"
    assert model.said(1, 3) == "bottle said to be none of these: 1 of 20 (5 %)"
    assert model.said(0, 0) == "cup told right: 18 of 20 (90 %)"
    assert model.said(2, 2) == "screwdriver told right: 0"


def test_the_diagonal_is_framed_and_tints_follow_the_share_of_the_row(
    panel: ConfusionPanel,
) -> None:
    image = panel.table.viewport().grab().toImage()

    def inks(true: int, said: int) -> set[str]:
        room = cell(panel, true, said)
        return {QColor(image.pixel(x, room.top() + 4)).name() for x in
                range(room.left(), room.right() - 2)}  # fmt: skip

    good = theme.current().good.name()
    assert good in inks(0, 0) and good in inks(2, 2)
    assert good not in inks(0, 1)

    def tint(true: int, said: int) -> QColor:
        return QColor(image.pixel(cell(panel, true, said).topLeft() + QPoint(4, 4)))

    assert tint(0, 0).green() > tint(2, 2).green()
    assert tint(1, 0).red() > tint(1, 2).red() > tint(0, 3).red()


def test_a_click_or_return_opens_the_pictures_of_a_cell(
    panel: ConfusionPanel, session: PictureStandIn
) -> None:
    opened: list[tuple[int, int]] = []
    panel.opened.connect(lambda true, said: opened.append((true, said)))
    QTest.mouseClick(
        panel.table.viewport(), Qt.MouseButton.LeftButton, pos=cell(panel, 1, 0).center()
    )
    assert opened == [(1, 0)] and panel.pages.currentIndex() == 1
    assert panel.samples.title.text() == "bottle said to be cup"
    assert [panel.samples.model.row_of(k) >= 0 for k in (1, 2, 3, 4)] == [False, True, True, False]
    focus(panel.samples.list)
    QTest.keyClick(panel.samples.list, Qt.Key.Key_Escape)
    assert panel.pages.currentIndex() == 0 and panel.back.isHidden()
    focus(panel.table)
    QTest.keyClick(panel.table, Qt.Key.Key_Right)
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert opened[-1] == (1, 1)
    QTest.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert panel.pages.currentIndex() == 0


def test_new_counts_keep_the_place_and_other_classes_begin_anew(
    panel: ConfusionPanel, session: PictureStandIn
) -> None:
    panel.table.setCurrentIndex(panel.model.index(1, 1))
    session.report = report(KEPT, matrix=MATRIX + 1, of="test samples")
    panel.refresh()
    assert panel.model.data(panel.model.index(2, 3)) == "1"
    assert panel.table.currentIndex().row() == 1
    panel.open_cell(1, 0)
    session.report = report(KEPT, (*NAMES, "fork"), of="test samples")
    panel.refresh()
    assert panel.pages.currentIndex() == 0 and panel.model.columnCount() == 5
    session.report = None
    panel.refresh()
    assert panel.empty.isVisible()


@pytest.mark.parametrize("classes", [2, 10, 30])
def test_any_number_of_classes_fits_into_a_narrow_panel(qtbot, classes: int) -> None:
    session = PictureStandIn()
    names = tuple(f"a class with a long name {k}" for k in range(classes))
    counts = np.random.default_rng(0).integers(0, 2000, (classes, classes + 1))
    session.report = report((), names, matrix=counts)
    panel = shown(qtbot, ConfusionPanel(session), 320, 380)
    assert panel.width() == 320
    last = cell(panel, classes - 1, classes)
    assert last.right() <= panel.table.viewport().width()
    assert last.bottom() <= panel.table.viewport().height()
    assert last.width() >= 5
    assert panel.grab().toImage() is not None


def test_it_fits_where_it_was_not_yet_shown(session: PictureStandIn, qtbot) -> None:
    tabs = QStackedWidget()
    tabs.addWidget(QWidget())
    panel = ConfusionPanel(session)
    tabs.addWidget(panel)
    shown_tabs(qtbot, tabs)
    panel.refresh()
    tabs.setCurrentWidget(panel)
    QTest.qWait(50)
    last = cell(panel, 2, 3)
    assert last.right() <= panel.table.viewport().width()
    assert 20 < last.width() < 56
    assert panel.minimumSizeHint().width() <= 280  # the left column, where the window is narrow


def shown_tabs(qtbot, tabs: QStackedWidget) -> None:
    qtbot.addWidget(tabs)
    tabs.resize(260, 400)
    with qtbot.waitExposed(tabs):
        tabs.show()


def test_it_serves_a_stream_without_pictures(qtbot) -> None:
    session = StandIn()
    session.describe()
    session.report = Report(  # type: ignore[attr-defined]  # as Watched has it
        "s", ("up", "down"), np.array([[40, 10, 0], [0, 50, 0]]), "rows of the last 1,000", {}
    )
    session.ask = lambda command: None  # type: ignore[attr-defined]
    panel = shown(qtbot, ConfusionPanel(session), 420, 300)
    assert panel.figure.accessibleName() == "90 % right of 100 rows of the last 1,000"
    opened: list[tuple[int, int]] = []
    panel.opened.connect(lambda true, said: opened.append((true, said)))
    panel.open_cell(0, 1)
    assert opened == [(0, 1)] and panel.pages.currentIndex() == 0  # no pictures to show
