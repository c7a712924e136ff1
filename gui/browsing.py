"""Ask for a file or a folder to play."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from driftscope.core import registry


def ask_file(parent: QWidget) -> str:
    """Return the path of a file that can be played, "" if none was chosen."""
    endings = sorted(
        suffix for plugin in registry.load_all("sources")[0].values() for suffix in plugin.suffixes
    )
    kinds = (
        f"What can be played ({' '.join('*' + ending for ending in endings)} data_batch_*);;"
        "All files (*)"
    )
    return QFileDialog.getOpenFileName(parent, "Play a file", "", kinds)[0]


def ask_folder(parent: QWidget) -> str:
    """Return the path of a folder of pictures, "" if none was chosen."""
    return QFileDialog.getExistingDirectory(parent, "Go through a folder of pictures")
