"""A session of pictures without a session: what a camera's panels see, made up by seed."""

from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from stand_in import StandIn

from driftscope.core.params import Params, ParamSet, param
from driftscope.core.reports import Report, Sample
from driftscope.core.sections import DetectorParams, LearnerParams
from driftscope.core.stream import Result, StreamInfo
from driftscope.core.teaching import LearnerCommand
from driftscope.gui.panels.picture import PicturePanel

BLUE = (20, 40, 200)
NAMES = ("cup", "bottle", "screwdriver")


@dataclass
class CellsParams(Params):
    """The one parameter of a picture's model that panels turn."""

    region: str = param("", label="Region", help="What is watched.")


@dataclass
class PictureStandIn(StandIn):
    """Show one picture after another; remember what was asked for."""

    address: str = "camera:0"
    source_name: str = "Bench camera"
    message: str = ""
    latency_ms: tuple[float, float] = (np.nan, np.nan)
    picture: Result | None = None
    report: Report | None = None
    asked: list[LearnerCommand] = field(default_factory=list)
    resets: int = 0

    def __post_init__(self) -> None:
        self.info = StreamInfo(
            "c", ("picture",), ("",), 30.0, sample_shape=(72, 128, 3), dtype="uint8"
        )
        self.params = ParamSet(
            learner=LearnerParams(), detector=DetectorParams(), model=CellsParams()
        )
        self.health.link, self.health.state = "live", "learning"

    def see(
        self, pixels: np.ndarray, *, alarm: bool = False, rarity: float = 1.3, **extras
    ) -> None:
        """Have a picture (H, W, 3) come in."""
        seq = self.picture.seq + 1 if self.picture is not None else 0
        one, flag = np.zeros(1), np.array([alarm])
        self.picture = Result(
            "c", seq, one + seq / 30, pixels[None], np.full((1, 1), np.nan), None, one, {},
            np.zeros((1, 1)), one + rarity, 3.0, flag, flag, True, 0.0, True, extras,
        )  # fmt: skip

    def set_param(self, name: str, value: object) -> None:
        self.params.set(name, value)

    def ask(self, command: LearnerCommand) -> None:
        self.asked.append(command)

    def reset_model(self) -> None:
        self.resets += 1

    def can_release(self) -> bool:
        return True


def flat(colour: tuple[int, int, int], height: int = 72, width: int = 128) -> np.ndarray:
    """Return a picture of one colour."""
    return np.full((height, width, 3), colour, np.uint8)


def hot(row: int, column: int, z: float = 12.0) -> np.ndarray:
    """Return a heat map (16, 16) in which one cell is unusual."""
    heat = np.zeros((16, 16), np.float32)
    heat[row, column] = z
    return heat


def sample(number: int, y: int, predicted: int, test: bool = False) -> Sample:
    """Return a remembered picture whose colour tells its number."""
    return Sample(
        number, number, number / 30, y, predicted, test, flat((number % 256, 90, 40), 54, 96)
    )


def report(samples: tuple[Sample, ...] = (), names: tuple[str, ...] = NAMES, **fields) -> Report:
    """Return a report whose matrix counts the samples."""
    matrix = np.zeros((len(names), len(names) + 1), np.int64)
    for each in samples:
        if each.predicted >= 0:
            matrix[each.y, each.predicted] += 1
    made = Report("c", names, matrix, "remembered pictures", {}, samples=samples)
    return replace(made, **fields)


def colour(panel: PicturePanel, x: float, y: float, pane: int = 0) -> tuple[int, ...]:
    """Return what is painted at a place given as shares of the picture."""
    panel.refresh()
    image = panel.view.grab().toImage()
    whole = panel.view.whole(panel.view.panes()[pane])
    at = QPointF(whole.left() + x * whole.width(), whole.top() + y * whole.height())
    return QColor(image.pixel(at.toPoint())).getRgb()[:3]


def place(panel: PicturePanel, x: float, y: float) -> QPoint:
    whole = panel.view.whole(panel.view.panes()[0])
    return QPointF(whole.left() + x * whole.width(), whole.top() + y * whole.height()).toPoint()


def drag(panel: PicturePanel, begin: QPoint, end: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(panel.view, left, pos=begin)
    QTest.mouseMove(panel.view, (begin + end) / 2)
    QTest.mouseMove(panel.view, end)
    QTest.mouseRelease(panel.view, left, pos=end)
