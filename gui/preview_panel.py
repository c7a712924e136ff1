"""What a source sends: the raw text left, the channels read from it right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QGridLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from driftscope.core.stream import StreamInfo
from driftscope.gui import theme, words
from driftscope.gui.preview import Preview
from driftscope.gui.widgets import Elided, label, set_text

MOST_CHANNELS = 14


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
        self._right.addWidget(self._table)
        self._right.addStretch()
        both = QGridLayout(self)
        both.setContentsMargins(16, 14, 16, 14)
        both.setHorizontalSpacing(16)
        both.setVerticalSpacing(10)
        both.addWidget(label("What arrives", "title"), 0, 0)
        both.addWidget(label("Channels", "title"), 0, 1)
        both.addWidget(self.raw, 1, 0)
        both.addLayout(self._right, 1, 1)
        both.addWidget(self.said, 2, 0, 1, 2)
        both.setColumnStretch(0, 3)
        both.setColumnStretch(1, 2)
        both.setRowStretch(1, 1)

    def show_sentence(self, text: str, bad: bool = False) -> None:
        """Say something while there is nothing to show."""
        theme.set_role(self.said, "fault" if bad else "secondary")
        set_text(self.said, text)
        self.raw.clear()
        self._build(None)

    def show_preview(self, preview: Preview) -> None:
        """Bring text, channels and the sentence up to date."""
        text = "\n".join(preview.lines)
        if text != self.raw.toPlainText():
            self.raw.setPlainText(text)
            self.raw.moveCursor(QTextCursor.MoveOperation.End)
            self.raw.moveCursor(QTextCursor.MoveOperation.StartOfLine)
        if preview.info != self._made:
            self._build(preview.info)
        for shown, value in zip(self._values, preview.values, strict=False):
            set_text(shown, words.measurement(value))
        theme.set_role(self.said, "fault" if preview.error else "secondary")
        set_text(self.said, preview.summary())

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
