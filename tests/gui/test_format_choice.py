"""The text format chosen by hand: what each gives is seen, and the choice goes along."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from devices import PtyDevice
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from driftscope.core import address
from driftscope.core.wire import Chunk
from driftscope.gui import source_picker
from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.format_choices import FormatChoices
from driftscope.gui.format_list import FormatList
from driftscope.gui.preview import Preview
from driftscope.gui.typed import with_options

OBJECT = b'{"ts":%d,"v":%d,"w":{"x":1}}\r\n'


@pytest.fixture
def device(tmp_path: Path) -> Iterator[PtyDevice]:
    with PtyDevice(tmp_path / "ttyTEST0") as made:
        yield made


@pytest.fixture
def dialog(qtbot, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConnectDialog]:
    monkeypatch.setattr(source_picker, "serial_ports", list)
    monkeypatch.setattr(source_picker, "cameras", list)
    made = ConnectDialog(())
    made.show()
    yield made
    made.reject()
    qtbot.waitUntil(lambda: all(preview.gone for preview in made._leaving))


def chunks(*parts: bytes) -> list[Chunk]:
    return [Chunk(i, part, i * 0.01, 1e9 + i * 0.01) for i, part in enumerate(parts)]


def tried(*parts: bytes) -> FormatChoices:
    choices = FormatChoices()
    for chunk in chunks(*parts):
        choices.add(chunk)
    choices.work(budget_s=5.0)
    return choices


def test_each_format_says_what_it_gives() -> None:
    choices = tried(b"x:1,y:2\nx:3,y:4\nboot failed\nx:5,y:6\n")
    assert choices.gives("auto") == "Arduino plotter · 2 channels: x, y · 1 rejected"
    assert choices.gives("arduino") == "2 channels: x, y · 1 rejected"
    assert choices.gives("json") == "nothing · 3 lines left out"  # the first may be half a line
    assert tried().gives("json") == "nothing yet"
    text = tried(b">a:1\n>a:2\nhello\n>a:3\n").gives("auto")
    assert text == "Teleplot · 1 channel: a · 0 rejected · 1 line of text"


def test_trying_goes_on_where_it_stopped_and_takes_no_longer_than_allowed() -> None:
    choices = FormatChoices()
    for chunk in chunks(*[b"1,2\n3,4\n"] * 50):
        choices.add(chunk)
    choices.work(budget_s=0.0)
    assert not choices.found("auto")
    choices.work(budget_s=5.0)
    assert choices.gives("numbers").startswith("2 channels")
    for chunk in chunks(*[b"x" * 4096] * 100):
        choices.add(chunk)
    assert sum(len(chunk.data) for chunk in choices.chunks) < 80_000


def test_the_list_tells_what_is_picked_by_keys_and_by_its_time_field(qtbot) -> None:
    shown = FormatList()
    qtbot.addWidget(shown)
    shown.show()
    told: list[tuple[str, str]] = []
    shown.picked.connect(lambda *chosen: told.append(chosen))
    choices = tried(OBJECT % (1, 2) * 3)
    shown.show_choices(choices)
    assert [shown.time.itemText(at) for at in range(1, shown.time.count())] == ["ts", "v", "w/x"]
    QTest.keyClick(shown.list, Qt.Key.Key_Down)
    shown.show_choices(choices)
    assert told == [("numbers", "")] and not shown._of_json.isVisible()
    shown.show_choice("json", "")
    shown.show_choices(choices)
    assert told == [("numbers", "")] and shown._of_json.isVisible()
    shown.time.setCurrentIndex(1)
    shown.time.activated.emit(1)
    assert told[-1] == ("json", "ts")


def test_the_choice_reads_the_same_bytes_again_and_stands_in_the_address(
    dialog: ConnectDialog, device: PtyDevice, qtbot
) -> None:
    dialog.picker.choose(str(device.link))
    qtbot.waitUntil(lambda: dialog.preview is not None and dialog.preview.open)
    preview = dialog.preview
    device.write(b"".join(OBJECT % (i, i % 5) for i in range(40)))
    qtbot.waitUntil(lambda: dialog.preview.samples == 40)
    qtbot.waitUntil(lambda: "JSON lines · 3 channels: ts, v, w/x" in _gives(dialog, "auto"))
    dialog.shown.formats.list.setCurrentItem(dialog.shown.formats._item("arduino"))
    assert dialog.preview is preview and preview.samples == 0
    qtbot.waitUntil(lambda: "Arduino plotter: choose another" in dialog.shown.said.text())
    dialog.shown.formats.list.setCurrentItem(dialog.shown.formats._item("json"))
    dialog.shown.formats.time.setCurrentIndex(1)
    dialog.shown.formats.time.activated.emit(1)
    assert preview.info is not None and preview.info.channels == ("v", "w/x")
    assert dialog.picker.address == f"{device.address}?format=json&time_field=ts"
    assert dialog.picker.line.text() == dialog.picker.address
    dialog.picker.choose("serial:/dev/ttyOTHER")
    assert dialog.picker.reading == ("auto", "")


def _gives(dialog: ConnectDialog, name: str) -> str:
    return dialog.shown.formats._item(name).text(1)


def test_what_is_connected_is_tried_on_the_bytes_it_has_sent(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(source_picker, "serial_ports", list)
    monkeypatch.setattr(source_picker, "cameras", list)
    seen = chunks(b">a:1\n>a:2\n")
    dialog = ConnectDialog(["serial:/dev/ttyACM0?format=json"], seen=seen)
    dialog.show()
    qtbot.waitUntil(lambda: "Teleplot · 1 channel" in _gives(dialog, "auto"))
    assert dialog.preview is None and dialog.picker.reading == ("json", "")
    dialog.shown.formats.list.setCurrentItem(dialog.shown.formats._item("auto"))
    assert dialog.picker.address == "serial:/dev/ttyACM0" and dialog.take_button.isEnabled()
    dialog.reject()


def test_the_address_tells_how_text_is_read() -> None:
    text = "serial:/dev/x?baud=9600&format=json&time_field=meta/t"
    device, params = address.configured(text)
    assert device.params.baud == 9600
    assert params.get("decoder.format") == "json" and params.get("decoder.time_field") == "meta/t"
    _, params = address.configured(text, [("decoder.format", "csv")])
    assert params.get("decoder.format") == "csv"
    assert with_options("serial:/dev/x", {"format": "auto", "time_field": "t"}).endswith(
        "?time_field=t"
    )


def test_a_slow_device_is_told_of_line_by_line(device: PtyDevice, qtbot) -> None:
    preview = Preview(device.address)
    qtbot.waitUntil(lambda: preview.take() and preview.open)
    assert "nothing has come" in preview.summary()
    device.write(b"temp:20\n")
    qtbot.waitUntil(lambda: preview.take() and preview.summary().startswith("One line so far."))
    preview._line_at.append(time.monotonic() + 1.0)  # as if a second had gone by
    device.write(b"hello\n")
    qtbot.waitUntil(lambda: preview.take() and "2 lines of text" in preview.summary())
    device.write(b"temp:21\n")
    qtbot.waitUntil(lambda: preview.take() and preview.summary().startswith("1 channel at "))
    preview.close()
    qtbot.waitUntil(lambda: preview.gone)
