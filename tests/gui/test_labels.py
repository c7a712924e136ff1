"""Labels of sensors: what is said, how well it goes, and that nothing of pictures stands there."""

from __future__ import annotations

import numpy as np
import pytest
from stand_in import StandIn, colours_at, shown

from driftscope.core.reports import Graded, Label, Report
from driftscope.core.stream import Result, StreamInfo
from driftscope.gui import theme
from driftscope.gui.classes_area import ClassesArea, applying
from driftscope.gui.grade_words import label_words
from driftscope.gui.loss_words import FORECAST, what_is_learned
from driftscope.gui.panels.confusion import ConfusionPanel
from driftscope.gui.panels.labels import LabelsPanel
from driftscope.gui.sentence import skill_words
from driftscope.gui.told import ROWS, Told

CLASS_FIGURES = dict(
    accuracy=0.9345, no_change_accuracy=0.85, majority_accuracy=0.6, kappa=0.7, kappa_t=0.41,
    f1=0.9, overall_accuracy=0.88, overall_kappa=float("nan"),
)  # fmt: skip
VALUE_FIGURES = dict(mae=0.125, no_change_mae=0.5, mean_mae=0.75, r2=0.94, overall_mae=0.25)


class Session(StandIn):
    """A stream of numbers with labels."""

    pictures = False
    picture = None
    report: Report | None = None

    told: Told

    def label(self, kind: str, classes: tuple[str, ...] = ("up", "down")) -> None:
        self.describe()
        figures = CLASS_FIGURES if kind == "class" else VALUE_FIGURES
        names = classes if kind == "class" else ()
        what = Label("price", "kW" if kind == "value" else "", kind)  # type: ignore[arg-type]
        self.info = StreamInfo("s", ("a", "b"), ("", ""), classes=names, label=what)
        matrix = np.array([[40, 2, 0], [1, 57, 0]]) if len(names) == 2 else np.zeros((0, 1), int)
        self.report = Report("s", names, matrix, "rows said before they were learned", figures)

    def say(self, y: list[float], predicted: list[float], **extras: list[float]) -> None:
        n, none = len(y), np.zeros(len(y))
        self.told.take(Graded("s", np.arange(n), none, np.array(y), np.array(predicted), none, {},
                              none > 0))  # fmt: skip
        one, no = np.ones(1), np.zeros(1, bool)
        self.told.take(Result(
            "s", 0, one, one[:, None], one[:, None], None, one, {}, one[:, None], one, 3.0, no, no,
            True, 0.0, True, {name: np.array(value) for name, value in extras.items()},
        ))  # fmt: skip


@pytest.fixture
def session() -> Session:
    made = Session()
    made.told = Told()
    return made


def texts(panel: LabelsPanel) -> dict[str, str]:
    return {name: cell.text() for name, cell in panel.grades._cells.items()}


def test_classes_have_a_bar_each_and_figures_beside_the_plain_ways(session, qtbot) -> None:
    session.label("class")
    session.say([0, 1, 1], [0, 1, 0], classes=[0.2, 0.8, 0.0])
    panel = shown(qtbot, LabelsPanel(session), 340, 420)
    assert [bar.name.accessibleName() for bar in panel.bars] == ["up", "down"]
    assert [bar.percent.text() for bar in panel.bars] == ["20 %", "80 %"]
    assert panel.said.accessibleName() == "expected price: down"
    assert panel.plot.isHidden() and panel.empty.isHidden()
    assert not any(bar.button.isVisible() for bar in panel.bars), "there is nothing to hold"
    told = texts(panel)
    assert told["accuracy"] == "93.5 %" and told["no_change_accuracy"] == "85.0 %"
    assert told["overall_accuracy"] == "88.0 %" and told["kappa_t"] == "0.41"
    assert told["overall_kappa"] == "–" and told["overall_f1"] == "–"


def test_a_class_that_came_just_now_has_a_bar_and_no_chance_yet(session, qtbot) -> None:
    session.label("class")
    session.say([0], [0], classes=[1.0, 0.0])
    panel = shown(qtbot, LabelsPanel(session), 340, 420)
    assert [bar.percent.text() for bar in panel.bars] == ["100 %", ""]
    session.label("class", ("up", "down", "flat"))
    panel.refresh()
    assert len(panel.bars) == 3
    session.label("class", ("up",))
    panel.refresh()
    assert len(panel.bars) == 1 and panel.said.accessibleName() == "expected price: up"


def test_values_are_drawn_as_said_over_as_they_were(session, qtbot) -> None:
    session.label("value")
    y = np.sin(np.arange(300) / 20)
    session.say(y.tolist(), (y + 0.2).tolist(), value=[1.25, float("nan")])
    panel = shown(qtbot, LabelsPanel(session), 400, 500)
    assert panel.said.accessibleName() == "expected price: 1.250 kW" and not panel.bars
    assert panel.classes.isHidden() and panel.plot.isVisible() and panel.legend.isVisible()
    area, colours = panel.plot.area(), theme.current()
    painted = colours_at(panel.plot, area.center().x(), area.right())
    assert {colours.text.name(), colours.prediction.name()} <= painted
    told = texts(panel)
    assert told["mae"].endswith("kW") and told["r2"] == "0.94" and told["overall_r2"] == "–"


def test_before_any_label_a_sentence_stands_there(session, qtbot) -> None:
    for kind in ("class", "value"):
        session.label(kind)
        panel = shown(qtbot, LabelsPanel(session), 340, 300)
        assert panel.empty.isVisible() and "“price”" in panel.empty.text()
        assert panel.plot.isHidden() and panel.classes.isHidden() and panel.grades.isHidden()


def test_a_plot_of_too_few_labels_says_so_and_a_paused_one_stands_still(session, qtbot) -> None:
    session.label("value")
    session.say([1.0], [float("nan")])
    panel = shown(qtbot, LabelsPanel(session), 340, 400)
    assert panel.plot.drawn_seq == -1
    session.paused = True
    before = panel.plot.state()
    session.say([2.0], [1.0])
    assert panel.plot.state() == before


def test_pages_fit_the_stream(session) -> None:
    session.label("class")
    assert applying(session) == ("Labels", "Confusion")
    session.label("value")
    assert applying(session) == ("Labels",)
    session.describe()
    session.report = None
    assert applying(session) == ()


def test_the_confusion_matrix_is_that_of_the_rows(session, qtbot) -> None:
    session.label("class")
    panel = shown(qtbot, ConfusionPanel(session), 360, 360)
    assert panel.model.columnCount() == 2, "none of these is never said"
    assert panel.model.said(0, 1) == "up said to be down: 2 of 42 (5 %)"
    assert panel.figure.accessibleName() == "97 % right of 100 rows said before they were learned"
    panel.open_cell(0, 1)
    assert panel.back.isHidden(), "there are no pictures to look at"


def test_the_loss_plot_is_that_of_the_forecast(session) -> None:
    session.label("class")
    assert what_is_learned(session)[0] == FORECAST[0]


def test_the_sentence_tells_how_often_it_is_right(session) -> None:
    session.label("class")
    assert skill_words(session) == (
        "“price” is told right 93.5 % of the time before it is known; saying the last one again is "
        "right 85.0 %."
    )
    session.label("value")
    assert skill_words(session) == (
        "“price” is told to within 0.125 kW before it is known; saying the last one again is off "
        "by 0.5 kW."
    )
    assert label_words(Label("x"), {}) == ""


def test_only_the_latest_are_kept(session) -> None:
    session.say(list(range(1000)), list(range(1000)))
    assert len(session.told.rows()) == ROWS and session.told.rows()[-1].tolist() == [999, 999]
    assert session.told.count == 1000


def test_the_tabs_are_there_when_labels_come_to_a_window_that_had_none(qtbot, session) -> None:
    session.info = None
    area = ClassesArea(session)
    area.refresh()
    shown(qtbot, area, 340, 300)
    qtbot.waitUntil(lambda: area.tabs.height() == 0)
    session.label("class")
    area.refresh()
    qtbot.waitUntil(lambda: area.tabs.height() >= area.tabs.tabRect(0).height() > 0)
