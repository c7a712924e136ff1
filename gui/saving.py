"""What can be saved from the window: an alarm's film or picture, the samples, the model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from driftscope.core.errors import DriftscopeError
from driftscope.core.stream import Alarm
from driftscope.gui.alarm_list import Entry
from driftscope.gui.asking import ask_where
from driftscope.gui.session import Session

CLIP, PICTURE, SAMPLES, MODEL = (
    "Clip of the alarm…", "Picture of the alarm…", "Samples by class…", "Model…",
)  # fmt: skip
FILMS, PICTURES = "Films (*.mp4 *.avi)", "Pictures (*.png *.jpg)"
MODELS = "What was learned (*.safetensors);;The net alone, for PyTorch (*.pt2)"


class Saving(QObject):
    """Ask where to, then write in a thread of its own. `told` says how it went.

    `chosen` gives the alarm that is meant, None if there is none.
    """

    told = Signal(str)

    def __init__(
        self, session: Session, parent: QWidget, chosen: Callable[[], Entry | None]
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._over = parent
        self._chosen = chosen

    def menu(self) -> QMenu:
        """Return a menu of what can be saved now; what cannot is absent."""
        menu = QMenu(self._over)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for word in self.offers():
            menu.addAction(word).triggered.connect(lambda _=False, word=word: self.save(word))
        if menu.isEmpty():
            menu.addAction("Nothing to save yet").setEnabled(False)
        return menu

    def offers(self) -> list[str]:
        """Return what can be saved now."""
        entry, session = self._chosen(), self.session
        found = []
        if entry is not None and entry.source.pictures:
            found += [CLIP, PICTURE]
        if session.report is not None and session.report.samples:
            found.append(SAMPLES)
        if session.health.updates:
            found.append(MODEL)
        return found

    def save(self, what: str) -> None:
        """Ask where to save something, and save it there."""
        entry = self._chosen()
        if what == SAMPLES:
            self._samples(self._ask(what, "samples", "A new folder (*)"))
        elif what == MODEL:
            self._model(self._ask(what, "model.safetensors", MODELS))
        elif entry is not None and entry.source.info is not None:
            name = f"alarm {entry.what.id}" if isinstance(entry.what, Alarm) else "gap"
            if what == CLIP:
                self._clip(self._ask(what, f"{name}.mp4", FILMS), entry)
            else:
                self._picture(self._ask(what, f"{name}.png", PICTURES), entry)

    def _clip(self, path: Path | None, entry: Entry) -> None:
        info, what = entry.source.info, entry.what
        if path is None or info is None:
            return
        end_s = what.end_s if isinstance(what, Alarm) else what.time_s
        future = self.session.clips.save_clip(path, info.key, entry.began_s, end_s)
        self.told.emit(f"The film {path.name} is being written; it ends 5 s after the alarm.")
        future.add_done_callback(partial(self._done, "film"))

    def _picture(self, path: Path | None, entry: Entry) -> None:
        info, clips = entry.source.info, self.session.clips
        if path is not None and info is not None:
            at_s, key = entry.began_s, info.key
            self._work(lambda: f"The picture was saved as {clips.save_frame(path, key, at_s)}.")

    def _samples(self, folder: Path | None) -> None:
        report = self.session.report
        if folder is None or report is None:
            return

        def write() -> str:
            from driftscope.core.export.dataset import write_samples

            count = write_samples(folder, report)
            return f"{count:,} samples were saved in {folder}, a folder for each class."

        self._work(write)

    def _model(self, path: Path | None) -> None:
        if path is None:
            return

        future = self.session.save_model(path)
        if future is not None:
            self.told.emit(f"The model is being written as {path.name}.")
            future.add_done_callback(partial(self._done, "model"))

    def _ask(self, what: str, name: str, kinds: str) -> Path | None:
        title = f"Save {what[0].lower()}{what[1:].rstrip('…')}"
        asked = ask_where(self._over, title, name, kinds)
        return asked[0] if asked else None

    def _done(self, what: str, future: Future[Path]) -> None:
        error = future.exception()
        said = str(error) if error else f"The {what} was saved as {future.result()}."
        self.told.emit(said)

    def _work(self, write: Callable[[], str]) -> None:
        """Do something that takes its time, and tell how it went. Any thread."""

        def run() -> None:
            try:
                text = write()
            except DriftscopeError as error:
                text = str(error)
            self.told.emit(text)

        threading.Thread(target=run, name="saving", daemon=True).start()
