"""A plot as a picture to keep: PNG as it is on screen, or finer, and SVG that is sharp at any size.

Title, legend and plot are there as on screen, on the same ground; buttons and boxes are not.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QImage, QPainter, QPicture
from PySide6.QtSvg import QSvgGenerator

from driftscope.core.errors import DriftscopeError
from driftscope.core.export.names import why_not
from driftscope.core.pictures.files import write_whole
from driftscope.gui import theme
from driftscope.gui.plot import Legend, Plot

TOP_PX, LEGEND_PX, FOOT_PX, LEFT_PX = 34, 22, 20, 14
SVG, PNG = ".svg", ".png"
TEXT = re.compile(r"<text ([^>]*?)\s*>([^<]*)</text>")
FAMILY, ATTRIBUTE = re.compile(r'font-family="([^"]*)"'), re.compile(r'([\w-]+)="([^"]*)"')


@dataclass(frozen=True)
class Subject:
    """Say what a picture is made of; `foot` tells in small letters what it was taken of."""

    plot: Plot
    title: str
    legend: Legend | None = None
    foot: str = ""

    @property
    def beside(self) -> bool:
        """Say whether the legend has room beside the title."""
        if self.legend is None:
            return True
        metrics = QFontMetricsF(theme.text_font(11, bold=True))
        needed = metrics.horizontalAdvance(self.title) + self.legend.needed_px() + 2 * LEFT_PX
        return needed <= self.plot.width()

    @property
    def top_px(self) -> int:
        return TOP_PX + (0 if self.beside else LEGEND_PX)

    @property
    def size(self) -> QSize:
        return QSize(self.plot.width(), self.top_px + self.plot.height() + FOOT_PX)

    def paint(self, painter: QPainter) -> None:
        """Draw it at the painter's origin."""
        colours, width = theme.current(), self.plot.width()
        painter.fillRect(QRect(0, 0, width, self.size.height()), colours.panel)
        painter.setFont(theme.text_font(11, bold=True))
        painter.setPen(colours.text)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(LEFT_PX, 8, width - LEFT_PX, 22), middle, self.title)
        if self.legend is not None:
            painter.translate(QPointF(0, 9 if self.beside else TOP_PX))
            self.legend.paint(painter, width)
            painter.resetTransform()
        painter.translate(QPointF(0, self.top_px))
        painter.save()
        self.plot.paint(painter)
        painter.restore()
        painter.resetTransform()
        painter.setFont(theme.text_font(8))
        painter.setPen(colours.secondary)
        foot = QRectF(LEFT_PX, self.size.height() - FOOT_PX, width - 2 * LEFT_PX, FOOT_PX - 2)
        mode = Qt.TextElideMode.ElideMiddle
        shown = painter.fontMetrics().elidedText(self.foot, mode, int(foot.width()))
        painter.drawText(foot, middle | Qt.AlignmentFlag.AlignRight, shown)


@dataclass(frozen=True)
class Drawn:
    """Hold a plot as it was drawn at a moment, to be made into a picture of any size. Any thread:
    fine pictures of dense curves take a third of a second, too long for the one that draws.
    """

    strokes: QPicture
    size: QSize
    ground: QColor

    def image(self, scale: float = 1.0) -> QImage:
        """Return a picture `scale` times as fine as the plot's own points."""
        made = QImage(self.size * scale, QImage.Format.Format_RGB32)
        made.setDevicePixelRatio(scale)
        made.fill(self.ground)
        painter = QPainter(made)
        painter.drawPicture(0, 0, self.strokes)
        painter.end()
        return made

    def png(self, scale: float = 1.0) -> bytes:
        """Return it as the bytes of a PNG file."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.image(scale).save(buffer, "PNG")  # type: ignore[call-overload]  # it takes texts
        return bytes(buffer.data().data())


def drawn(subject: Subject) -> Drawn:
    """Return a plot as it is now. GUI thread only."""
    strokes = QPicture()
    painter = QPainter(strokes)
    subject.paint(painter)
    painter.end()
    return Drawn(strokes, subject.size, QColor(theme.current().panel))


def svg(subject: Subject) -> bytes:
    """Return a plot as the bytes of an SVG file: lines are lines, text is text. GUI thread only."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the tiny one knows no clipping
    made.setOutputDevice(buffer)
    made.setResolution(subject.plot.logicalDpiX())
    made.setSize(subject.size)
    made.setViewBox(QRect(QRect().topLeft(), subject.size))
    made.setTitle(subject.title)
    made.setDescription(subject.foot)
    painter = QPainter(made)
    subject.paint(painter)
    painter.end()
    whole = bytes(buffer.data().data()).decode()
    fixed = TEXT.sub(lambda found: _as_wide(found, subject.plot.logicalDpiX()), whole)
    return FAMILY.sub(lambda found: f'font-family="{_families(found[1])}"', fixed).encode()


def _as_wide(found: re.Match[str], dpi: int) -> str:
    """Return a text of an SVG that is as wide as here, whatever font a viewer has in its place."""
    told = dict(ATTRIBUTE.findall(found[1]))
    font = QFont(html.unescape(told["font-family"]))
    font.setPointSizeF(float(told["font-size"]) * 72 / dpi)
    font.setWeight(QFont.Weight(int(told["font-weight"])))
    wide = QFontMetricsF(font).horizontalAdvance(html.unescape(found[2]))
    exact = f'textLength="{wide:.2f}" lengthAdjust="spacingAndGlyphs"'
    return f"<text {found[1]} {exact}>{found[2]}</text>"


def _families(family: str) -> str:
    """Return the font that was used here, and what kind to take where that is not known."""
    info = QFontInfo(QFont(html.unescape(family)))
    kind = "monospace" if info.fixedPitch() else "sans-serif"
    return f"{html.escape(info.family())}, {kind}"


def write(path: Path, data: bytes) -> str:
    """Write a picture, whole or not at all; return a sentence that says so. Any thread.

    Raise DriftscopeError with a sentence.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        raise DriftscopeError(
            f"The picture could not be written to {path}: {why_not(path, error)}"
        ) from error
    return f"The picture was saved as {path}."
