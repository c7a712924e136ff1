from pathlib import Path

import pytest
from serial.tools.list_ports_common import ListPortInfo

from driftscope.core import ports
from driftscope.core.ports import Port, find_again, port_at, ports_text, serial_ports

UNO = Port("/dev/ttyACM0", "Arduino Uno", "Arduino", "75330", 0x2341, 0x43, "", "1-2")
CLONE = Port("/dev/ttyUSB0", "USB Serial", None, None, 0x1A86, 0x7523, "", "1-3")


def listed(device: str, **usb: object) -> ListPortInfo:
    info = ListPortInfo(device)
    for name, value in usb.items():
        setattr(info, name, value)
    if usb:
        info.apply_usb_info()
    return info


@pytest.fixture
def plugged(monkeypatch):
    """Put ports into pyserial's list."""

    def plug(*infos: ListPortInfo) -> None:
        monkeypatch.setattr(ports.list_ports, "comports", lambda: list(infos))

    return plug


def test_ports_come_in_natural_order_with_names(plugged):
    plugged(
        listed("/dev/ttyUSB10", vid=0x10C4, pid=0xEA60, product="CP2102"),
        listed("/dev/ttyUSB9"),
        listed("/dev/ttyACM0", vid=0x2341, pid=0x43, product="Arduino Uno", location="1-2"),
    )
    found = serial_ports()
    assert [p.name for p in found] == ["Arduino Uno (ttyACM0)", "ttyUSB9", "CP2102 (ttyUSB10)"]
    assert found[0].address == "serial:/dev/ttyACM0"
    assert [p.is_usb for p in found] == [True, False, True]
    assert [p.description for p in found] == ["Arduino Uno", "", "CP2102"]


def test_windows_says_the_port_within_the_description():
    assert Port("COM3", description="USB-SERIAL CH340 (COM3)").name == "USB-SERIAL CH340 (COM3)"


def test_places_without_hardware_are_left_out(plugged, monkeypatch, tmp_path):
    for name, uart in (("ttyS0", "4\n"), ("ttyS1", "0\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "type").write_text(uart)
    monkeypatch.setattr(ports, "TTYS", tmp_path)
    monkeypatch.setattr(ports.sys, "platform", "linux")
    plugged(listed("/dev/ttyS0"), listed("/dev/ttyS1"), listed("/dev/ttyS2"))
    assert [p.device for p in serial_ports()] == ["/dev/ttyS0"]


def test_the_real_list_can_be_read():
    assert all(port.device for port in serial_ports())


def test_text_names_the_ports_or_says_what_to_do():
    assert "plug the device in" in ports_text([])
    assert "/dev/ttyACM0 (Arduino Uno), /dev/ttyS0." in ports_text([UNO, Port("/dev/ttyS0")])


def test_a_link_leads_to_its_port(tmp_path: Path):
    device = tmp_path / "ttyACM0"
    device.touch()
    (tmp_path / "by-id").symlink_to(device)
    port = Port(str(device))
    assert port_at(str(tmp_path / "by-id"), [port]) is port
    assert port_at("COM3", [port]) is None


def moved(port: Port, device: str, location: str | None = None) -> Port:
    return Port(
        device, port.product, None, port.serial_number, port.vid, port.pid, "", location
    )  # fmt: skip


def test_found_again_by_serial_number_wherever_it_is_plugged_in():
    there = moved(UNO, "/dev/ttyACM1", "3-1")
    assert find_again(UNO, [CLONE, there]) is there
    assert find_again(UNO, [CLONE]) is None


def test_without_a_serial_number_the_place_or_the_path_decides():
    twin = moved(CLONE, "/dev/ttyUSB1", "1-4")
    assert find_again(CLONE, [twin]) is None
    same_place = moved(CLONE, "/dev/ttyUSB2", "1-3")
    assert find_again(CLONE, [twin, same_place]) is same_place
    same_path = moved(CLONE, "/dev/ttyUSB0", "3-1")
    assert find_again(CLONE, [twin, same_path]) is same_path


def test_channels_of_one_adapter_are_not_mixed_up():
    a, b = (
        Port(f"/dev/ttyUSB{i}", "Quad", None, "FT1", 0x403, 0x6011, "", f"1-2:1.{i}")
        for i in range(2)
    )
    later = [moved(b, "/dev/ttyUSB5", "1-7:1.1"), moved(a, "/dev/ttyUSB6", "1-7:1.0")]
    assert find_again(a, later) is later[1]
    assert find_again(b, later) is later[0]


def test_twins_with_one_serial_number_are_told_apart_by_place():
    one, two = moved(UNO, "/dev/ttyACM3", "5-1"), moved(UNO, "/dev/ttyACM4", "5-2")
    assert find_again(UNO, [one, two]) is None
    assert find_again(moved(UNO, "/dev/ttyACM0", "5-2"), [one, two]) is two
