import array
import fcntl
import grp
import os
import socket
import stat
import sys
import termios
import threading
from types import SimpleNamespace

import pytest
from devices import PtyDevice
from serial import rfc2217

from driftscope.core.errors import AddressError, LinkLost, ParamError, SourceError
from driftscope.core.ports import Port
from driftscope.core.transports import _serial_errors as errors
from driftscope.core.transports import serial as module
from driftscope.core.transports.serial import Serial, SerialParams

pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")


@pytest.fixture
def opened():
    """Open serial transports; close them at the end."""
    made: list[Serial] = []

    def make(target: str, **params: object) -> Serial:
        made.append(
            Serial(target, SerialParams.from_options({k: str(v) for k, v in params.items()}))
        )
        made[-1].open()
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def refusal(target: str, **params: object) -> str:
    with pytest.raises(SourceError) as told:
        Serial(target, SerialParams(**params)).open()
    return str(told.value)


def read_all(transport: Serial, nbytes: int) -> bytes:
    came = b""
    while len(came) < nbytes:
        came += transport.read()
    return came


def test_bytes_come_through_whole(device, opened):
    transport = opened(device.path)
    data = os.urandom(200_000)
    writer = threading.Thread(target=device.write, args=(data,))
    writer.start()
    assert read_all(transport, len(data)) == data
    writer.join()


def test_silence_is_no_bytes(device, opened):
    assert opened(device.path).read() == b""


@pytest.mark.parametrize(
    "params",
    [dict(baud=250_000), dict(baud=12_000_000), dict(dtr="on", rts="off"), dict(stopbits="2")],
    ids=str,
)
def test_settings_a_pty_knows_nothing_of_are_taken(device, opened, params):
    transport = opened(device.path, **params)
    device.write(b"1\n")
    assert transport.read() == b"1\n"


def test_baud_must_be_a_number_in_range():
    with pytest.raises(ParamError, match="between 50 and"):
        SerialParams.from_options({"baud": "20"})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux' way to ask")
def test_an_unusual_baud_rate_reaches_the_driver(device, opened):
    opened(device.path, baud=250_000)
    speeds = array.array("i", [0] * 64)
    with open(device.path, "rb", buffering=0) as other:
        fcntl.ioctl(other, 0x802C542A, speeds)  # TCGETS2
    assert (speeds[9], speeds[10]) == (250_000, 250_000)


@pytest.mark.parametrize(("dtr", "kept"), [("leave", True), ("on", False), ("off", False)])
def test_dtr_left_alone_stays_raised_at_closing(device, opened, dtr, kept):
    with open(device.path, "rb", buffering=0) as other:
        before = termios.tcgetattr(other)
        before[2] = before[2] & ~termios.HUPCL | (termios.HUPCL if kept else 0)
        termios.tcsetattr(other, termios.TCSANOW, before)
        opened(device.path, dtr=dtr)
        assert bool(termios.tcgetattr(other)[2] & termios.HUPCL) != kept


@pytest.mark.parametrize(
    ("params", "told"),
    [({}, []), (dict(dtr="on", rts="off"), ["dtr on", "rts off"]), (dict(rts="on"), ["rts on"])],
)
def test_lines_are_set_only_as_chosen(device, opened, monkeypatch, params, told):
    heard = []
    for line in ("dtr", "rts"):

        def hear(port, line=line):
            heard.append(f"{line} {'on' if getattr(port, line) else 'off'}")

        monkeypatch.setattr(module.serial.Serial, f"_update_{line}_state", hear)
    opened(device.path, **params)
    assert heard == told


def test_pulling_the_plug_is_a_lost_link_and_the_same_link_opens_again(device, opened):
    transport = opened(device.path)
    device.unplug()
    with pytest.raises(LinkLost, match="was lost"):
        transport.read()
    with pytest.raises(SourceError, match="is not there"):
        transport.open()
    device.replug()
    transport.open()
    device.write(b"again\n")
    assert transport.read() == b"again\n"


def test_closing_from_another_thread_ends_a_read(device, opened):
    transport = opened(device.path)
    closer = threading.Timer(0.01, transport.close)
    closer.start()
    with pytest.raises(LinkLost):
        while True:
            transport.read()
    closer.join()
    transport.close()


def test_a_port_is_never_closed_under_a_read(device, opened, monkeypatch):
    transport = opened(device.path)
    reading, go_on, still_open = threading.Event(), threading.Event(), []

    def take(port):
        reading.set()
        go_on.wait(5)
        still_open.append(port.is_open)
        return b"1"

    monkeypatch.setattr(transport, "_take", take)
    reader = threading.Thread(target=transport.read)
    closer = threading.Thread(target=transport.close)
    reader.start()
    reading.wait(5)
    closer.start()
    closer.join(0.05)
    go_on.set()
    reader.join(5)
    closer.join(5)
    assert still_open == [True]


def test_a_missing_port_names_those_there(monkeypatch):
    uno = Port("/dev/ttyACM0", "Arduino Uno")
    monkeypatch.setattr(errors, "serial_ports", lambda: [uno])
    expected = "is not there. Ports that are there: /dev/ttyACM0 (Arduino Uno)."
    assert refusal("/dev/ttyNONE7").endswith(expected)
    assert refusal("COM77").endswith(expected)
    assert refusal("").startswith("No port was named")


def test_a_busy_port_is_told_and_opens_once_free(device, opened):
    first = opened(device.path)
    assert "in use by another program" in refusal(device.path)
    first.close()
    opened(device.path)


def test_no_permission_names_the_group(device, monkeypatch):
    def deny(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module.serial.serialposix.os, "open", deny)
    monkeypatch.setattr(
        errors.Path,
        "stat",
        lambda _self: SimpleNamespace(st_gid=12345, st_mode=stat.S_IFCHR | 0o660),
    )
    monkeypatch.setattr(grp, "getgrgid", lambda gid: SimpleNamespace(gr_name=f"group{gid}"))
    assert "sudo usermod -aG group12345 $USER" in refusal(device.path)


def test_directories_files_and_other_devices_are_no_ports(tmp_path):
    (tmp_path / "data.csv").touch()
    assert "is a directory" in refusal(str(tmp_path))
    assert f"write csv:{tmp_path}/data.csv" in refusal(str(tmp_path / "data.csv"))
    assert "is not a serial port" in refusal("/dev/null")


def test_settings_the_port_refuses_are_told(device, monkeypatch):
    def refuse(_port, baud):
        raise ValueError(f"Failed to set custom baud rate ({baud}): [Errno 22] Invalid argument")

    monkeypatch.setattr(module.serial.Serial, "_set_special_baudrate", refuse)
    told = refusal(device.path, baud=123_456)
    assert "does not take 123,456 baud, 8N1 (Invalid argument)" in told


@pytest.mark.parametrize("kind", ["spy", "alt", "hwgrep", "cp2110", "SPY", "file"])
def test_other_kinds_of_urls_are_refused(kind):
    with pytest.raises(AddressError, match=r"socket://, rfc2217://, loop://"):
        Serial(f"{kind}:///dev/ttyUSB0")


@pytest.mark.parametrize("target", ["socket://host", "rfc2217://host:x", "socket://host:99999"])
def test_a_url_needs_a_port_number(target):
    with pytest.raises(AddressError, match="host:port"):
        Serial(target)


def test_loop_is_taken(opened):
    transport = opened("loop://")
    transport._port.write(b"hello")
    assert read_all(transport, 5) == b"hello"


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(5)
        yield made


def test_a_socket_gives_all_bytes_then_a_lost_link(server, opened):
    transport = opened(f"socket://127.0.0.1:{server.getsockname()[1]}")
    peer, _ = server.accept()
    data = os.urandom(100_000)
    with peer:
        peer.sendall(data)
    assert read_all(transport, len(data)) == data
    with pytest.raises(LinkLost):
        transport.read()


def test_a_socket_where_nobody_listens_is_told(server):
    port = server.getsockname()[1]
    server.close()
    assert "could not be reached (Connection refused)" in refusal(f"socket://127.0.0.1:{port}")


def test_a_port_server_is_read_and_its_end_is_a_lost_link(server, opened):
    peers: list[socket.socket] = []

    def serve() -> None:
        peer, _ = server.accept()
        peers.append(peer)
        port = module.serial.serial_for_url("loop://", timeout=0)
        negotiation = rfc2217.PortManager(port, SimpleNamespace(write=peer.sendall))
        while data := peer.recv(1024):
            b"".join(negotiation.filter(data))

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    transport = opened(f"rfc2217://127.0.0.1:{server.getsockname()[1]}")
    peers[0].sendall(b"hello " * 100)
    assert read_all(transport, 600) == b"hello " * 100
    peers[0].shutdown(socket.SHUT_RDWR)
    with pytest.raises(LinkLost):
        while True:
            transport.read()
    serving.join(5)
    peers[0].close()


def test_a_usb_device_is_found_at_its_new_path(device, opened, monkeypatch, tmp_path):
    there = [Port(os.path.realpath(device.path), "Uno", None, "S1", 1, 2, "", "1-2")]
    monkeypatch.setattr(module, "serial_ports", lambda: list(there))
    transport = opened(device.path)
    assert transport.name == f"Uno ({os.path.basename(os.path.realpath(device.path))})"
    device.unplug()
    there.clear()
    with pytest.raises(LinkLost):
        transport.read()
    with PtyDevice(tmp_path / "twin") as twin, PtyDevice(tmp_path / "ttyTEST1") as moved:
        # another device now has the old path, the known one a new path
        device.link.symlink_to(os.path.realpath(twin.path))
        there.append(Port(os.path.realpath(twin.path), "Uno", None, "S2", 1, 2, "", "1-2"))
        with pytest.raises(SourceError, match="is not there"):
            transport.open()
        there.append(Port(os.path.realpath(moved.path), "Uno", None, "S1", 1, 2, "", "1-5"))
        transport.open()
        moved.write(b"me")
        assert transport.read() == b"me"
        transport.close()
