"""The console as one sees and uses it, with chunks put into it by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from windows import wait_for

from driftscope.core.commands import Send
from driftscope.core.transports.serial import Serial
from driftscope.core.transports.stdin import Stdin
from driftscope.core.wire import Chunk
from driftscope.gui.console_send import UNARMED
from driftscope.gui.panels import console as module
from driftscope.gui.panels.console import ConsolePanel
from driftscope.gui.session import Session


class Wire:
    """Stand for what came over a wire."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []

    def put(self, data: bytes, kind: Any = "in") -> None:
        self.chunks.append(Chunk(len(self.chunks), data, len(self.chunks) / 10, 1.7e9, kind))

    def after(self, number: int = -1) -> list[Chunk]:
        return self.chunks[number + 1 :]


@pytest.fixture
def wire(session: Session, monkeypatch: pytest.MonkeyPatch) -> Wire:
    made = Wire()
    session.shown.device = Serial("/dev/ttyTEST")
    monkeypatch.setattr(session, "chunks", made.after)
    return made


@pytest.fixture
def sent(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    found: list[object] = []
    monkeypatch.setattr(session, "send", found.append)
    return found


@pytest.fixture
def panel(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConsolePanel]:
    monkeypatch.setattr(module, "LOOK_S", 0.0)
    made = ConsolePanel(session)
    made.resize(330, 400)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()
    made.deleteLater()


def texts(panel: ConsolePanel) -> list[str]:
    console = panel.view.console
    return [console.text(line) for line in console.shown]


@pytest.mark.parametrize("kind", ["nothing", "demo", "pipe"])
def test_without_bytes_it_says_why(panel: ConsolePanel, session: Session, kind: str) -> None:
    if kind == "nothing":
        session.shown.address = ""
    elif kind == "pipe":
        session.shown.device = Stdin()
    panel.refresh()
    wanted = {"nothing": "Nothing is connected", "demo": "ready made", "pipe": "Nothing has come"}
    assert wanted[kind] in panel.empty.text() and panel.empty.isVisible()
    assert not panel.view.isVisible() and not panel.send.isVisible()


def test_lines_are_shown_and_followed(panel: ConsolePanel, wire: Wire) -> None:
    wire.put(b"".join(b"%d\n" % k for k in range(500)))
    panel.refresh()
    assert len(texts(panel)) == 500
    assert panel.view.verticalScrollBar().value() == panel.view.verticalScrollBar().maximum() > 0


def test_scrolling_up_holds_it_and_the_button_goes_on(
    panel: ConsolePanel, wire: Wire, session: Session
) -> None:
    wire.put(b"".join(b"%d\n" % k for k in range(500)))
    panel.refresh()
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Home)
    assert not panel.view.following
    session.health.bytes = 3000
    wire.put(b"new\n")
    panel.refresh()
    assert "3,000 bytes since" in panel.held.text.accessibleName() and panel.held.isVisible()
    assert texts(panel)[-1] == "499"
    panel.held.button.click()
    panel.refresh()
    assert texts(panel)[-1] == "new" and not panel.held.isVisible()


def test_a_paused_view_holds_still(panel: ConsolePanel, wire: Wire, session: Session) -> None:
    wire.put(b"1\n")
    panel.refresh()
    session.paused = True
    wire.put(b"2\n")
    panel.refresh()
    assert texts(panel) == ["1"]


def test_filter_search_copy_clear_and_save(
    panel: ConsolePanel, wire: Wire, tmp_path: Path, qapp: QApplication
) -> None:
    wire.put(b"Temp 1\nhum 2\ntemp 3\n")
    panel.refresh()
    panel.bar.filter.setText("TEMP")
    assert texts(panel) == ["Temp 1", "temp 3"]
    panel.bar.search.setText("3")
    QTest.keyClick(panel.bar.search, Qt.Key.Key_Return)
    assert [panel.view.console.text(line) for line in panel.view.selected()] == ["temp 3"]
    QTest.keyClick(panel.view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text() == "Temp 1\ntemp 3\n"
    panel.bar.search.setText("none")
    QTest.keyClick(panel.bar.search, Qt.Key.Key_Return)
    assert panel.said.text() == "No line holds ‘none’."
    panel.save(tmp_path / "console.txt")
    wait_for(lambda: (panel.refresh(), "was saved" in panel.said.text())[1])
    assert (tmp_path / "console.txt").read_text() == "Temp 1\ntemp 3\n"
    panel.bar.filter.setText("")
    panel.clear()
    wire.put(b"4\n")
    panel.refresh()
    assert texts(panel) == ["4"]


def test_rejected_lines_bear_a_mark_as_well_as_a_colour(
    panel: ConsolePanel, wire: Wire, session: Session
) -> None:
    wire.put(b"1,2\nets Jun\n")
    panel.refresh()
    before = panel.view.viewport().grab().toImage()
    session.health.rejects.append(("ets Jun", "not only numbers"))
    session.health.rejected = 1
    panel.refresh()
    after = panel.view.viewport().grab().toImage()
    mark = [
        (x, y)
        for x in range(0, 18)
        for y in range(after.height())
        if before.pixelColor(x, y) != after.pixelColor(x, y)
    ]
    assert mark, "a mark is drawn in front of the line"
    assert panel.view.rejects == {"ets Jun": "not only numbers"}


def test_hex_shows_every_byte_and_takes_bytes_to_send(
    panel: ConsolePanel, wire: Wire, sent: list[object]
) -> None:
    wire.put(b"Hi\n\x00")
    panel.refresh()
    panel.bar.form.setCurrentText("hex")
    panel.refresh()
    assert texts(panel)[0].split() == ["000000", "48", "69", "0a", "00", "Hi··"]
    panel.send.arm.click()
    panel.send.line.setText("48 6g")
    QTest.keyClick(panel.send.line, Qt.Key.Key_Return)
    assert "no list of bytes" in panel.said.text() and not sent
    panel.send.line.setText("48 0a")
    QTest.keyClick(panel.send.line, Qt.Key.Key_Return)
    assert sent == [Send(b"H\n", "demo:")]


def test_nothing_is_sent_unarmed(panel: ConsolePanel, wire: Wire, sent: list[object]) -> None:
    panel.refresh()
    assert not panel.send.armed
    QTest.keyClicks(panel.send.line, "on")
    QTest.keyClick(panel.send.line, Qt.Key.Key_Return)
    assert panel.said.text() == UNARMED and panel.said.isVisible()
    assert not sent and panel.send.line.text() == "on"


def test_arming_takes_the_refusal_away_and_goes_on_with_the_line(
    panel: ConsolePanel, wire: Wire
) -> None:
    panel.refresh()
    QTest.keyClick(panel.send.line, Qt.Key.Key_Return)
    assert panel.said.text() == UNARMED
    panel.send.arm.click()
    assert panel.said.text() == ""
    assert panel.focusWidget() is panel.send.line


def test_armed_it_sends_and_remembers_what_was_sent(
    panel: ConsolePanel, wire: Wire, sent: list[object]
) -> None:
    panel.refresh()
    panel.send.arm.click()
    for text in ("on", "off"):
        QTest.keyClicks(panel.send.line, text)
        QTest.keyClick(panel.send.line, Qt.Key.Key_Return)
    assert sent == [Send(b"on\n", "demo:"), Send(b"off\n", "demo:")]
    QTest.keyClicks(panel.send.line, "dra")
    for key, text in ((Qt.Key.Key_Up, "off"), (Qt.Key.Key_Up, "on"), (Qt.Key.Key_Up, "on")):
        QTest.keyClick(panel.send.line, key)
        assert panel.send.line.text() == text
    QTest.keyClick(panel.send.line, Qt.Key.Key_Down)
    QTest.keyClick(panel.send.line, Qt.Key.Key_Down)
    assert panel.send.line.text() == "dra"


def test_a_new_connection_is_not_armed(
    panel: ConsolePanel, wire: Wire, session: Session, sent: list[object]
) -> None:
    panel.refresh()
    panel.send.arm.click()
    session.health.link_since_s = time.monotonic()  # it was lost, and is live again
    panel.send.line.setText("on")
    QTest.keyClick(panel.send.line, Qt.Key.Key_Return)
    assert not sent
    panel.refresh()
    assert not panel.send.armed


def test_a_lost_link_disarms_and_cannot_be_armed(
    panel: ConsolePanel, wire: Wire, session: Session
) -> None:
    panel.refresh()
    panel.send.arm.click()
    session.health.link = "lost"
    panel.refresh()
    assert not panel.send.armed and not panel.send.arm.isEnabled()
