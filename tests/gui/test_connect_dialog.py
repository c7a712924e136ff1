"""Choosing a source and seeing what arrives from it, with real bytes on a pty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from devices import PtyDevice
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import activate, focus

from driftscope.core.errors import AddressError
from driftscope.core.ports import Port
from driftscope.gui import source_picker
from driftscope.gui.connect_dialog import IN_USE, ConnectDialog
from driftscope.gui.fields import BaudField, TextField
from driftscope.gui.preview import Preview
from driftscope.gui.source_picker import SourcePicker
from driftscope.gui.typed import as_address, with_options

UNO = Port("/dev/ttyACM0", "Arduino Uno", "Arduino", "1", 0x2341, 0x43)


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> list[Port]:
    """Return the ports that are "there", to be changed by the test."""
    found = [UNO]
    monkeypatch.setattr(source_picker, "serial_ports", lambda: list(found))
    monkeypatch.setattr(source_picker, "cameras", list)
    return found


@pytest.fixture
def device(tmp_path: Path) -> Iterator[PtyDevice]:
    with PtyDevice(tmp_path / "ttyTEST0") as made:
        yield made


@pytest.fixture
def dialog(qtbot, ports: list[Port]) -> Iterator[ConnectDialog]:
    made = ConnectDialog(())
    made.show()
    yield made
    made.reject()
    qtbot.waitUntil(lambda: not made._leaving or all(p.gone for p in made._leaving))


def listed(picker: SourcePicker) -> list[str]:
    return [picker.list.item(row).text() for row in range(picker.list.count())]


def test_typed_text_becomes_an_address(tmp_path: Path, device: PtyDevice) -> None:
    assert as_address(" /dev/ttyUSB0 ") == "serial:/dev/ttyUSB0"
    assert as_address("COM3") == "serial:COM3"
    assert as_address(str(device.link)) == f"serial:{device.link}"
    assert as_address("demo:") == "demo:"
    for wrong in ("", "nonsense"):
        with pytest.raises(AddressError):
            as_address(wrong)


def test_only_what_is_unusual_is_written_into_the_address() -> None:
    assert with_options("serial:/dev/x", {"baud": 115_200, "dtr": "off"}) == (
        "serial:/dev/x?dtr=off"
    )
    assert with_options("serial:/dev/x?baud=9600", {"baud": 9600}) == "serial:/dev/x?baud=9600"
    assert with_options("serial:/dev/x?baud=9600", {"baud": 115_200}) == "serial:/dev/x"


def test_ports_are_listed_by_product_and_followed(dialog: ConnectDialog, ports, qtbot) -> None:
    picker = dialog.picker
    qtbot.waitUntil(lambda: "Arduino Uno (ttyACM0)" in listed(picker))
    ports.clear()
    picker.look()
    qtbot.waitUntil(lambda: any("No serial port" in text for text in listed(picker)), timeout=4000)


def test_the_demo_is_previewed_without_text(dialog: ConnectDialog, qtbot) -> None:
    qtbot.waitUntil(lambda: dialog.preview is not None and dialog.preview.samples > 100)
    qtbot.waitUntil(lambda: dialog.shown.said.text().startswith("3 channels at "))
    assert dialog.shown.raw.toPlainText().count("\n") > 5


def test_a_device_is_previewed_then_let_go_before_it_is_taken(
    dialog: ConnectDialog, device: PtyDevice, qtbot
) -> None:
    dialog.picker.line.clear()
    QTest.keyClicks(dialog.picker.line, str(device.link))
    qtbot.waitUntil(lambda: dialog.preview is not None and dialog.preview.text.endswith("ttyTEST0"))
    qtbot.waitUntil(lambda: "nothing has come" in dialog.shown.said.text())
    device.write(b"ets Jun  8 2016\r\n" + b"temp:23.5,hum:40\r\n" * 30)
    qtbot.waitUntil(lambda: dialog.preview.samples > 20)
    qtbot.waitUntil(lambda: dialog.shown.said.text().startswith("2 channels"))
    assert "ets Jun  8 2016" in dialog.shown.raw.toPlainText()
    assert [value.text() for value in dialog.shown._values] == ["23.50", "40.00"]
    reader = dialog.preview._reader
    QTest.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.result() == ConnectDialog.DialogCode.Accepted)
    assert not reader.is_alive()
    assert dialog.picker.address == f"serial:{device.link}"


def test_what_cannot_be_opened_is_said_in_the_dialog(dialog: ConnectDialog, qtbot) -> None:
    dialog.picker.choose("/dev/ttyNOTHING")
    qtbot.waitUntil(lambda: "/dev/ttyNOTHING is not there" in dialog.shown.said.text())
    dialog.picker.choose("nonsense")
    assert "no source Driftscope knows" in dialog.shown.said.text()
    assert not dialog.take_button.isEnabled()
    assert not any(field.isVisible() for field in dialog.picker.fields.values())
    dialog.picker.choose("demo:")
    assert dialog.picker.fields and all(f.isVisible() for f in dialog.picker.fields.values())


def test_options_go_into_the_address_and_wrong_ones_are_refused(dialog: ConnectDialog) -> None:
    picker = dialog.picker
    picker.choose("serial:/dev/ttyNOTHING?baud=9600")
    baud = picker.fields["baud"]
    assert isinstance(baud, BaudField) and baud.combo.currentText() == "9600"
    baud.combo.setEditText("74880")
    assert picker.address == picker.line.text() == "serial:/dev/ttyNOTHING?baud=74880"
    baud.combo.setEditText("fast")
    assert baud.refused.text().startswith(f"{baud.name} must be ")
    assert baud.refused.text().endswith("; 74,880 stays.")
    assert picker.address.endswith("baud=74880")


def test_a_file_is_previewed_in_plain_values_and_its_rate_is_automatic(
    dialog: ConnectDialog, tmp_path: Path, qtbot
) -> None:
    file = tmp_path / "run.csv"
    file.write_text("a,b\n" + "1013.25,12000\n" * 50)
    dialog.picker.choose(str(file))
    qtbot.waitUntil(lambda: "1013.25,12000" in dialog.shown.raw.toPlainText())
    rate = dialog.picker.fields["rate_hz"]
    assert isinstance(rate, TextField) and rate.line.text() == "auto"


def test_the_source_in_use_is_left_alone(qtbot, ports: list[Port]) -> None:
    dialog = ConnectDialog(["serial:/dev/ttyACM0?baud=9600"])
    assert dialog.shown.said.text() == IN_USE
    assert dialog.preview is None and dialog._due_s is None
    dialog.reject()


def test_a_preview_of_rubbish_points_at_the_baud_rate(device: PtyDevice, qtbot) -> None:
    preview = Preview(device.address)
    qtbot.waitUntil(lambda: preview.take() and preview.open)
    device.write(b"\xff\xfe\x80abc\n" * 200)

    def told() -> bool:
        preview.take()
        return "baud rate" in preview.summary()

    qtbot.waitUntil(told)
    preview.close()
    qtbot.waitUntil(lambda: preview.gone)


def test_a_device_unplugged_under_its_preview_is_told(device: PtyDevice, qtbot) -> None:
    preview = Preview(device.address)
    qtbot.waitUntil(lambda: preview.take() and preview.open)
    device.unplug()
    qtbot.waitUntil(lambda: preview.take() and bool(preview.lost))
    assert "was lost" in preview.summary() or "is not there" in preview.summary()
    preview.close()
    qtbot.waitUntil(lambda: preview.gone)


def test_the_arrow_keys_go_through_the_sources_from_the_start(dialog: ConnectDialog, qtbot) -> None:
    assert dialog.focusWidget() is dialog.picker.list
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
    assert dialog.picker.address == "demo:temperature"


def test_coming_to_the_list_with_the_keys_chooses_nothing(qtbot, ports: list[Port]) -> None:
    made = ConnectDialog(["serial:/dev/elsewhere"])
    made.show()
    activate(made)
    made.picker.line.setFocus()
    focus(made.picker.list)
    assert made.picker.address == "serial:/dev/elsewhere"
    QTest.keyClick(made.picker.list, Qt.Key.Key_Down)
    assert made.picker.address.startswith("demo:")
    made.reject()
    qtbot.waitUntil(lambda: all(each.gone for each in made._leaving))
