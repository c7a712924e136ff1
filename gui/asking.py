"""Ask for a file's name, and never put one in the place of another that was not named."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from driftscope.core.export.names import unused


def ask_where(parent: QWidget, title: str, name: str, kinds: str) -> tuple[Path, str] | None:
    """Return the file to write and the kind chosen, as one of `kinds`; None if none is wanted.

    `kinds` is as "CSV (*.csv);;Films (*.mp4 *.avi)". A name without an ending is given that of
    its kind, and if there is such a file a number: the dialog did not ask about that one.
    """
    chosen, kind = QFileDialog.getSaveFileName(parent, title, name, kinds)
    if not chosen:
        return None
    path = Path(chosen)
    if not path.suffix and "*." in kind:
        path = unused(path.with_suffix("." + kind.partition("*.")[2].rstrip(")").split()[0]))
    return path, kind


def ask_which(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Return a file that is there; None if none is wanted."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(chosen) if chosen else None
