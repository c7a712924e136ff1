"""A camera's picture copied and saved from its own menu."""

from __future__ import annotations

from pathlib import Path

import pytest
from picture_stand_in import BLUE, PictureStandIn, flat
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow
from windows import wait_for

from driftscope.gui.panels.picture import PicturePanel
from driftscope.gui.plot_pictures import AS_SEEN, FINER, PlotPictures
from driftscope.gui.traces import Traces


@pytest.fixture
def pictures(qtbot) -> PlotPictures:
    session = PictureStandIn()
    session.see(flat(BLUE))
    window = QMainWindow()
    panel = PicturePanel(session)
    window.setCentralWidget(panel)
    window.resize(500, 400)
    with qtbot.waitExposed(window):
        window.show()
    panel.refresh()
    panel.view.repaint()
    yield PlotPictures(session, window, Traces())
    window.close()


def test_the_pictures_own_menu_offers_it(pictures: PlotPictures) -> None:
    (panel,) = pictures.panels()
    texts = [action.text().partition("\t")[0] for action in panel.menu().actions()]
    assert texts[-3:] == ["", "Copy plot as picture", "Save plot as picture…"]


def test_it_is_copied_as_pixels_and_saved_as_png_only(
    pictures: PlotPictures, tmp_path: Path, monkeypatch
) -> None:
    said, asked = [], []
    pictures.told.connect(said.append)
    pictures.copy()
    wait_for(lambda: said)
    clip = QApplication.clipboard()
    assert not clip.mimeData().hasFormat("image/svg+xml")
    middle = clip.image().rect().center()
    assert clip.image().pixelColor(middle).getRgb()[:3] == BLUE

    def answer(*what: object) -> tuple[str, str]:
        asked.append(what)
        return str(tmp_path / "a.png"), FINER

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    pictures.save()
    wait_for(lambda: len(said) > 1)
    assert "svg" not in asked[0][3] and asked[0][2].startswith("Picture ")
    assert QImage(str(tmp_path / "a.png")).pixelColor(middle).getRgb()[:3] == BLUE


def test_a_name_typed_without_its_ending_replaces_no_file(
    pictures: PlotPictures, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "b.png").write_bytes(b"dear to someone")
    said: list[str] = []
    pictures.told.connect(said.append)
    answer = (str(tmp_path / "b"), AS_SEEN)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    pictures.save()
    wait_for(lambda: said)
    assert (tmp_path / "b.png").read_bytes() == b"dear to someone"
    assert said == [f"The picture was saved as {tmp_path / 'b 2.png'}."]
