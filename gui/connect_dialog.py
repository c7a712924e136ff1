"""Choose a source, and see what arrives from it before taking it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QTimerEvent
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QWidget

from driftscope.core.wire import Chunk
from driftscope.gui import theme
from driftscope.gui.format_choices import FormatChoices
from driftscope.gui.preview import Preview
from driftscope.gui.preview_panel import PreviewPanel
from driftscope.gui.source_picker import SourcePicker
from driftscope.gui.typed import masked, same_device
from driftscope.gui.widgets import resize_within_screen

TICK_MS = 100
SETTLE_S = 0.4
"""How long nothing must change before a chosen source is opened for the preview."""
PATIENCE_S = 2.0
"""How long a device may take to be let go before the window tries to open it all the same."""
IN_USE = "This is what is connected now: press Connect to open it anew."
TAKEN = "This source is connected already: choose another one to stand beside it."
PIPE = "Standard input is not looked at beforehand: what is read from a pipe is gone."


class ConnectDialog(QDialog):
    """Ask for a source. `current` are the addresses connected now: their devices are left alone.

    `last` is proposed, such as the address that was connected before, else what is connected.
    With `beside` one more is asked for, which is none of them. `recent` are offered in the list.
    `seen` is what the first of the current ones has sent: formats are tried on it.
    """

    def __init__(
        self,
        current: Sequence[str],
        parent: QWidget | None = None,
        last: str = "",
        *,
        beside: bool = False,
        recent: Sequence[str] = (),
        seen: Sequence[Chunk] = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add a source" if beside else "Connect a source")
        self.setMinimumSize(760, 520)
        resize_within_screen(self, 940, 620)
        self.current = current
        self.beside = beside
        self.preview: Preview | None = None
        self._seen = FormatChoices()
        for chunk in seen:
            self._seen.add(chunk)
        self._leaving: list[Preview] = []
        self._opened = ""
        """The device that is previewed."""
        self._due_s: float | None = None
        self._taken_s: float | None = None
        self.picker = SourcePicker(recent)
        self.shown = PreviewPanel()
        self.take_button = QPushButton("Add" if beside else "Connect")
        self.take_button.setDefault(True)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.take_button)
        whole = QGridLayout(self)
        whole.setContentsMargins(*[theme.GAP_PX] * 4)
        whole.setSpacing(theme.GAP_PX)
        whole.addWidget(self.picker, 0, 0)
        whole.addWidget(self.shown, 0, 1)
        whole.addLayout(foot, 1, 0, 1, 2)
        whole.setColumnStretch(1, 1)
        self.picker.changed.connect(self._choose)
        self.shown.formats.picked.connect(self.picker.read_as)
        self.picker.activated.connect(self.take)
        self.take_button.clicked.connect(self.take)
        cancel.clicked.connect(self.reject)
        # the window's own keys rest while this dialog is open
        QShortcut(QKeySequence("Ctrl+Q"), self).activated.connect((parent or self).close)
        self.picker.choose(last or ("" if beside else next(iter(current), "")) or "demo:")
        self.picker.list.setFocus()
        self._timer = self.startTimer(TICK_MS)

    def ask(self) -> str | None:
        """Show the dialog until it is closed; return an address, None if it was cancelled."""
        taken = self.exec() == QDialog.DialogCode.Accepted
        return self.picker.address if taken else None

    @property
    def settings(self) -> list[tuple[str, str]]:
        """Return what was chosen beside the source: which column holds labels."""
        chosen = self.shown.labels.chosen
        return [("stream.label", chosen)] if chosen else []

    def take(self) -> None:
        """Take the chosen source, as soon as the preview has let it go."""
        if self.take_button.isEnabled() and self._taken_s is None:
            self._let_go()
            self._taken_s = time.monotonic()
            self.take_button.setEnabled(False)

    def done(self, result: int) -> None:
        if self._timer:  # it may be closed, and then its window
            self.killTimer(self._timer)
            self._timer = 0
        self.picker.close_search()
        self._let_go()
        super().done(result)

    def timerEvent(self, event: QTimerEvent) -> None:
        now_s = time.monotonic()
        self._leaving = [preview for preview in self._leaving if not preview.gone]
        if self._taken_s is not None:
            if not self._leaving or now_s - self._taken_s > PATIENCE_S:
                self.accept()
            return
        self.picker.refresh()
        if self._due_s is not None and now_s >= self._due_s and not self._leaving:
            self._due_s = None
            self._opened = self.picker.device
            self.preview = Preview(self.picker.address)
        if self.preview is not None:
            self.preview.take()
            self.shown.show_preview(self.preview)
        elif self._of_current():
            self._seen.work()
            self.shown.show_formats(self._seen, self.picker.reading)

    def _of_current(self) -> bool:
        """Say whether what is chosen is connected now, and has sent text."""
        first = next(iter(self.current), "")
        chosen = self.picker.address
        return bool(self._seen.chunks and chosen and same_device(chosen, first))

    def _choose(self) -> None:
        """Begin to preview what was chosen, or say why it cannot be."""
        picked = self.picker
        going = self.preview is not None and not self.preview.ended
        if self.preview is not None and going and picked.device == self._opened:
            self.preview.read_as(*picked.reading)  # the same device: it stays open
            return
        self._let_go()
        self._seen.read_time_from(picked.reading[1])
        self._due_s = None
        self.take_button.setEnabled(bool(picked.address))
        if not picked.address:
            self.shown.show_sentence(picked.trouble, bad=True)
        elif any(same_device(picked.address, each) for each in self.current):
            self.take_button.setEnabled(not self.beside)
            self.shown.show_sentence(TAKEN if self.beside else IN_USE)
        elif picked.address == "-":
            self.shown.show_sentence(PIPE)
        else:
            self._due_s = time.monotonic() + SETTLE_S
            self.shown.show_sentence(f"Opening {masked(picked.address)}.")

    def _let_go(self) -> None:
        if self.preview is not None:
            self.preview.close()
            self._leaving.append(self.preview)
            self.preview = None
