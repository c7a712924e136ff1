"""Plots copied and saved as pictures, and the menu of a plot."""

from __future__ import annotations

import os
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QDropEvent, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from windows import activate, focus, wait_for

from driftscope.core.errors import DriftscopeError
from driftscope.gui import picture_of_plot, plot_pictures, theme
from driftscope.gui.channel_editor import ChannelEditor
from driftscope.gui.channel_list import packed
from driftscope.gui.main_window import MainWindow
from driftscope.gui.picture_of_plot import Subject, drawn, svg
from driftscope.gui.plot_pictures import AS_SEEN, FINER, SHARP, PlotPictures, kinds
from driftscope.gui.session import Session

SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def window(session: Session, qtbot) -> Iterator[MainWindow]:
    made = MainWindow(session)
    made.resize(1400, 900)
    with qtbot.waitExposed(made):
        made.show()
    made.refresh()
    made.refresh_texts()
    yield made
    for each in QApplication.topLevelWidgets():
        if isinstance(each, ChannelEditor | QMenu):
            each.close()
    made.close()
    made.deleteLater()


@pytest.fixture
def pictures(window: MainWindow) -> PlotPictures:
    return window.pictures


def signal(pictures: PlotPictures) -> Subject:
    return pictures.subject(pictures.panels()[0])


def rendered(data: bytes, subject: Subject) -> QImage:
    """Return what a viewer makes of an SVG file."""
    viewer = QSvgRenderer(QByteArray(data))
    assert viewer.isValid()
    made = QImage(subject.size, QImage.Format.Format_RGB32)
    made.fill(QColor("#ff00ff"))
    painter = QPainter(made)
    viewer.render(painter)
    painter.end()
    return made


def pixels(image: QImage) -> np.ndarray:
    """Return (H, W, 4) uint8."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    return flat.reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width()].reshape(
        image.height(), image.width(), 4
    )


def share(image: QImage, colour: QColor, near: int = 60) -> float:
    """Return how much of a picture is about of a colour."""
    wanted = np.array([colour.blue(), colour.green(), colour.red()])
    return float((np.abs(pixels(image)[..., :3].astype(int) - wanted).sum(axis=2) < near).mean())


def test_a_picture_is_as_large_and_as_fine_as_asked(pictures: PlotPictures) -> None:
    subject = signal(pictures)
    one, two = drawn(subject).image(), drawn(subject).image(2.0)
    width, height = subject.size.width(), subject.size.height()
    assert (one.width(), one.height()) == (width, height)
    assert (two.width(), two.height()) == (2 * width, 2 * height)
    colours = theme.current()
    for image in (one, two):
        assert share(image, colours.panel, 3) > 0.6
        assert share(image, colours.prediction) > 0.002
    assert QImage.fromData(drawn(subject).png()).size() == one.size()


def test_an_svg_looks_like_the_screen_and_holds_lines_and_text(pictures: PlotPictures) -> None:
    subject = signal(pictures)
    data = svg(subject)
    tree = ET.fromstring(data)
    texts = {"".join(each.itertext()).strip() for each in tree.iter(f"{SPACE}text")}
    assert {"Signal", "measured", "forecast", "now", "x (g)", "z (g)"} <= texts
    assert subject.foot in texts
    assert not list(tree.iter(f"{SPACE}image"))
    assert list(tree.iter(f"{SPACE}clipPath"))
    assert tree.get("viewBox") == f"0 0 {subject.size.width()} {subject.size.height()}"
    told = next(each for each in tree.iter(f"{SPACE}text") if each.text.strip() == "Signal")
    metrics = QFontMetricsF(theme.text_font(11, bold=True))
    assert float(told.get("textLength")) == pytest.approx(metrics.horizontalAdvance("Signal"), 0.02)
    assert told.get("font-family").endswith(", sans-serif")
    widths = {each.get("stroke-width") for each in tree.iter(f"{SPACE}g")}
    assert widths <= {"1", "1.5", "2", None}
    seen = rendered(data, subject)
    assert share(seen, QColor("#ff00ff"), 3) == 0.0
    apart = np.abs(pixels(seen)[..., :3].astype(int) - pixels(drawn(subject).image())[..., :3])
    assert apart.mean() < 8  # of 255: text is set a little otherwise


def test_the_ground_is_that_of_the_theme(pictures: PlotPictures, monkeypatch) -> None:
    subject = signal(pictures)
    assert drawn(subject).image().pixelColor(2, 2) == theme.current().panel
    monkeypatch.setattr(theme, "_current", theme.LIGHT)
    assert drawn(subject).image().pixelColor(2, 2) == theme.LIGHT.panel
    assert b"#ffffff" in svg(subject)


def test_buttons_and_boxes_are_not_in_the_picture(window: MainWindow) -> None:
    window.panels.show_panel("spectrum", True)
    wait_for(window.panels.panels["spectrum"].isVisible)
    window.refresh()
    panels = window.pictures.panels()
    spectrum = next(p for p in panels if p.accessibleName() == "Spectrum")
    subject = window.pictures.subject(spectrum)
    assert subject.title == "Spectrum of x"
    assert b"Density" not in svg(subject) and b"predicted" in svg(subject)


def test_a_narrow_plot_has_its_legend_below_the_title(pictures: PlotPictures) -> None:
    subject = signal(pictures)
    assert subject.beside
    long = Subject(subject.plot, "A title that takes all the room there is " * 4, subject.legend)
    assert not long.beside and long.size.height() > subject.size.height()
    assert share(drawn(long).image(), theme.current().prediction) > 0.002


def test_that_a_picture_is_taken_does_not_count_as_a_frame(pictures: PlotPictures) -> None:
    painted: list[int] = []
    pictures.panels()[0].after_paint.append(painted.append)
    drawn(signal(pictures))
    assert painted == []


def test_the_plot_with_the_keys_is_copied_else_the_signal(
    window: MainWindow, pictures: PlotPictures
) -> None:
    said: list[str] = []
    pictures.told.connect(said.append)
    activate(window)
    window.stage.setFocus()
    QTest.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier(0x06000000))  # Ctrl and Shift
    wait_for(lambda: said)
    clip = QApplication.clipboard().mimeData()
    assert clip.hasImage() and b"<svg" in clip.data("image/svg+xml").data()
    focus(window.loss.panel.plot)
    pictures.copy()
    wait_for(lambda: len(said) > 1)
    assert "“Signal” was copied" in said[0] and "“Loss" in said[1]
    assert window.said.text().endswith(said[1])


@pytest.mark.parametrize(
    "asked_for",
    [("a.png", AS_SEEN, "a.png"), ("b", FINER, "b.png"), ("c", SHARP, "c.svg"),
     ("d.SVG", AS_SEEN, "d.SVG"), ("e.png", SHARP, "e.png")],
)  # fmt: skip
def test_a_picture_is_saved_as_its_name_says(
    pictures: PlotPictures, tmp_path: Path, monkeypatch, asked_for: tuple[str, str, str]
) -> None:
    name, kind, written = asked_for
    said: list[str] = []
    pictures.told.connect(said.append)
    asked: list[tuple[object, ...]] = []

    def answer(*what: object) -> tuple[str, str]:
        asked.append(what)
        return str(tmp_path / name), kind

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    pictures.save()
    wait_for(lambda: said)
    path = tmp_path / written
    assert said == [f"The picture was saved as {path}."]
    assert asked[0][2].startswith("Signal ") and asked[0][3].count(";;") == 2
    assert [each.name for each in tmp_path.iterdir()] == [written]
    data, width = path.read_bytes(), signal(pictures).size.width()
    if path.suffix.lower() == ".svg":
        assert QSvgRenderer(QByteArray(data)).isValid()
    else:
        assert QImage.fromData(data).width() == width * (2 if kind == FINER else 1)


def test_what_cannot_be_written_is_told(
    window: MainWindow, pictures: PlotPictures, tmp_path: Path, monkeypatch
) -> None:
    said: list[str] = []
    pictures.told.connect(said.append)
    made = kinds(signal(pictures), sharp=True)
    pictures.write(tmp_path / "no" / "a.png", AS_SEEN, made)
    wait_for(lambda: said)
    assert said[-1].startswith(f"The picture could not be written to {tmp_path}/no/a.png: there is")
    assert window.said.text().endswith(said[-1])
    pictures.write(tmp_path / "a.bmp", AS_SEEN, made)
    assert said[-1] == ("A picture is saved as .png or .svg, not as .bmp: choose another name.")

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(picture_of_plot, "write_whole", full)
    with pytest.raises(DriftscopeError, match="no space left on device"):
        picture_of_plot.write(tmp_path / "a.png", b"")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_finished_before_the_window_is_gone(
    window: MainWindow, pictures: PlotPictures, tmp_path: Path
) -> None:
    made = kinds(signal(pictures), sharp=True)[AS_SEEN]
    slow = {AS_SEEN: lambda: time.sleep(0.1) or made()}
    pictures.write(tmp_path / "a.png", AS_SEEN, slow)
    window.close()
    assert not QImage(str(tmp_path / "a.png")).isNull()


def test_a_dialog_that_is_cancelled_saves_nothing(pictures: PlotPictures, monkeypatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    monkeypatch.setattr(plot_pictures, "write", lambda *_: pytest.fail("it was written"))
    pictures.save()
    assert all(t.name != "picture of a plot" for t in threading.enumerate())


def right_button(plot, begin: QPoint, end: QPoint) -> QMenu | None:
    """Press the right button at one place, let go at another; return the menu that came."""
    QTest.mousePress(plot, Qt.MouseButton.RightButton, pos=begin)
    QTest.mouseMove(plot, end)
    QTest.mouseRelease(plot, Qt.MouseButton.RightButton, pos=end)
    menu = QApplication.activePopupWidget()
    assert menu is None or isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> list[str]:
    return [action.text().partition("\t")[0] for action in menu.actions() if action.text()]


def test_the_menu_opens_by_a_click_not_by_a_drag(pictures: PlotPictures) -> None:
    plot = pictures.panels()[0].plot
    y = int(plot.area().center().y())
    assert right_button(plot, QPoint(200, y), QPoint(400, y + 40)) is None
    menu = right_button(plot, QPoint(200, y), QPoint(201, y))
    assert texts(menu) == ["Copy plot as picture", "Save plot as picture…", "y"]
    inside = next(a for a in menu.actions() if a.text() == "y").menu()
    assert "Range…" in texts(inside)


def test_the_menu_key_opens_it_too_with_every_channel(pictures: PlotPictures) -> None:
    plot = pictures.panels()[0].plot
    reason = QContextMenuEvent.Reason
    for why in (reason.Mouse, reason.Keyboard):
        QApplication.sendEvent(plot, QContextMenuEvent(why, QPoint(9, 9), QPoint(9, 9)))
        menu = QApplication.activePopupWidget()
        assert (menu is None) == (why == reason.Mouse)
    assert texts(menu)[2:] == ["x", "y", "z"]
    inside = next(a for a in menu.actions() if a.text() == "z").menu()
    next(a for a in inside.actions() if a.text() == "Unit…").trigger()
    (editor,) = pictures.window.findChildren(ChannelEditor)
    assert editor.chosen == ["z"] and editor.isVisible()


def test_channels_dropped_on_a_plot_go_into_it(window: MainWindow, pictures: PlotPictures) -> None:
    plot, traces = pictures.panels()[0].plot, window.panels.traces
    traces.change("z", hidden=True)
    at = QPointF(300, plot.lanes()[1].space.center().y())

    def drop(data: QMimeData) -> bool:
        event = QDropEvent(
            at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        return pictures.eventFilter(plot, event)  # Qt gives drops only where it saw a drag

    assert drop(packed(["z"]))
    assert traces.plots(window.session.info) == [[0], [1, 2]]
    assert not drop(QMimeData())


def test_the_actions_are_in_the_menu_file(window: MainWindow) -> None:
    keys = {a.text(): a.shortcut().toString() for a in window.can_do.all() if a.data() == "File"}
    assert keys["Copy plot as picture"] == "Ctrl+Shift+C"
    assert keys["Save plot as picture…"] == "Ctrl+Shift+S"
