"""A window on a screen, and a device to plug into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from devices import PacedWriter, PtyDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from windows import batched, lines

from driftscope.gui.main_window import MainWindow
from driftscope.gui.session import Session


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    session = Session()
    made = MainWindow(session)
    made.resize(1280, 900)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()
    made.deleteLater()
    session.deleteLater()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[PtyDevice]:
    with PtyDevice(tmp_path / "ttyTEST0") as made:
        yield made


@pytest.fixture
def play(device: PtyDevice) -> Iterator[Callable[..., PacedWriter]]:
    """Start writing lines at about 1,000 a second."""
    writers: list[PacedWriter] = []

    def start(pieces: Iterator[bytes] | None = None) -> PacedWriter:
        grouped = batched(pieces or lines(), 5)
        writers.append(PacedWriter(device, grouped, 15_000))
        writers[-1].start()
        return writers[-1]

    yield start
    for each in writers:
        each.stop()
