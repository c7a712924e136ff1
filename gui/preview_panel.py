"""What a source sends: the raw text with the channels read from it, or the picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from driftscope.core.labelling import columns_of
from driftscope.core.stream import Pixels, StreamInfo
from driftscope.gui import theme, words
from driftscope.gui.column_combo import ColumnCombo
from driftscope.gui.format_choices import FormatChoices
from driftscope.gui.format_list import FormatList
from driftscope.gui.pixels import image_of
from driftscope.gui.preview import Preview
from driftscope.gui.widgets import Elided, label, set_text

MOST_CHANNELS = 9


class SeenPicture(QWidget):
    """The newest picture, as large as there is room for; larger than it is only if tiny."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("The picture that arrives")
        self._image: QImage | None = None
        self._shown: Pixels | None = None

    def show_picture(self, picture: Pixels | None) -> None:
        """Show a picture (H, W, 3), or nothing."""
        if picture is not self._shown:
            self._shown = picture
            self._image = None if picture is None else image_of(picture)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = QRectF(self.rect())
        size = QSizeF(self._image.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.drawImage(place, self._image)


class PreviewPanel(QWidget):
    """Show a Preview as it goes on."""

    def __init__(self) -> None:
        super().__init__()
        theme.as_panel(self)
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setAccessibleName("What arrives, as text")
        self.raw.setFont(theme.number_font(9))
        self.raw.document().setDocumentMargin(0)
        self.raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.raw.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.said = label(role="secondary", wrap=True)
        self.said.setAccessibleName("What arrives, in a sentence")
        self.said.setMinimumHeight(64)
        self.said.setAlignment(Qt.AlignmentFlag.AlignBottom)
        self._values: list[QLabel] = []
        self._made: StreamInfo | None = None
        self._table = QWidget()
        self._right = QVBoxLayout()
        self.labels = ColumnCombo()
        self._labels = QWidget()
        beside = QHBoxLayout(self._labels)
        beside.setContentsMargins(0, 6, 0, 0)
        beside.addWidget(label("Labels", "secondary"))
        beside.addWidget(self.labels, 1)
        self._right.addWidget(self._table)
        self._right.addWidget(self._labels)
        self._right.addStretch()
        text = QWidget()
        both = QGridLayout(text)
        both.setContentsMargins(0, 0, 0, 0)
        both.setHorizontalSpacing(16)
        both.setVerticalSpacing(10)
        both.addWidget(label("What arrives", "title"), 0, 0)
        both.addWidget(label("Channels", "title"), 0, 1)
        both.addWidget(self.raw, 1, 0)
        both.addLayout(self._right, 1, 1)
        both.setColumnStretch(0, 3)
        both.setColumnStretch(1, 2)
        both.setRowStretch(1, 1)
        self.formats = FormatList()
        self.formats.hide()
        both.addWidget(self.formats, 2, 0, 1, 2)
        self.picture = SeenPicture()
        seen = QWidget()
        under = QVBoxLayout(seen)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(10)
        under.addWidget(label("What arrives", "title"))
        under.addWidget(self.picture, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(text)
        self._pages.addWidget(seen)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 14, 16, 14)
        rows.setSpacing(10)
        rows.addWidget(self._pages, 1)
        rows.addWidget(self.said)

    def show_sentence(self, text: str, bad: bool = False) -> None:
        """Say something while there is nothing to show."""
        theme.set_role(self.said, "fault" if bad else "secondary")
        set_text(self.said, text)
        self.raw.clear()
        self.formats.hide()
        self.picture.show_picture(None)
        self.labels.offer((), "")
        self._labels.hide()
        self._build(None)

    def show_preview(self, preview: Preview) -> None:
        """Bring text and channels, or the picture, and the sentence up to date."""
        self._pages.setCurrentIndex(int(preview.pictures))
        self.picture.show_picture(preview.picture)
        text = "\n".join(preview.lines)
        if text != self.raw.toPlainText():
            self.raw.setPlainText(text)
            self.raw.moveCursor(QTextCursor.MoveOperation.End)
            self.raw.moveCursor(QTextCursor.MoveOperation.StartOfLine)
        if preview.info != self._made:
            self._build(preview.info)
        columns = columns_of(preview.info, preview.device)
        self.labels.offer(columns, self.labels.chosen if self.labels.chosen in columns else "")
        self._labels.setVisible(len(columns) > 1)
        for shown, value in zip(self._values, preview.values, strict=False):
            set_text(shown, words.measurement(value))
        if preview.choices is not None:
            self.show_formats(preview.choices, preview.reading)
        theme.set_role(self.said, "fault" if preview.error else "secondary")
        set_text(self.said, preview.summary())

    def show_formats(self, choices: FormatChoices, reading: tuple[str, str]) -> None:
        """Show what each format gives; `reading` is the one chosen, and its time field."""
        self.formats.show_choice(*reading)
        self.formats.show_choices(choices)
        self.formats.setVisible(not self._pages.currentIndex())

    def _build(self, info: StreamInfo | None) -> None:
        """Make a row for each channel, as many as there is room for."""
        self._made, self._values = info, []
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(0, 1)
        names = info.channels[:MOST_CHANNELS] if info else ()
        for row, name in enumerate(names):
            assert info is not None
            value = label(words.UNKNOWN, "number")
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setAccessibleName(f"{name} now")
            grid.addWidget(Elided(name), row, 0)
            grid.addWidget(label(info.units[row], "secondary"), row, 1)
            grid.addWidget(value, row, 2)
            self._values.append(value)
        more = len(info.channels) - len(names) if info else 0
        if more:
            grid.addWidget(label(f"and {more} more", "secondary"), len(names), 0)
        self._right.replaceWidget(self._table, table)
        self._table.hide()
        self._table.deleteLater()
        self._table = table
