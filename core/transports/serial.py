"""A serial port: an Arduino, a USB adapter, a network port server."""

from __future__ import annotations

import os
import select
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import serial

from driftscope.core.errors import AddressError, LinkLost, SourceError
from driftscope.core.interfaces import Transport
from driftscope.core.params import Params, param
from driftscope.core.ports import Port, find_again, port_at, serial_ports
from driftscope.core.transports._serial_errors import missing, why_no_port, why_not_opened

try:
    import termios
except ImportError:  # Windows has none
    GONE: tuple[type[Exception], ...] = (OSError,)
else:
    GONE = (OSError, termios.error)  # pyserial's own error is an OSError, termios' is not
REFUSED: tuple[type[Exception], ...] = (*GONE, ValueError, NotImplementedError)

URLS = ("socket", "rfc2217", "loop")
READ_BYTES = 65_536
SEND_BYTES, SEND_S = 256, 0.05
"""What is written at once, and how long that may take where it cannot be asked beforehand."""
SILENCE_S = 0.100
GATHER_S = 0.002
"""Bytes that follow each other closer than this come out of one read."""
LINES = ("leave", "on", "off")
PARITIES = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}


@dataclass
class SerialParams(Params):
    """How the port is set; read at each opening."""

    baud: int = param(
        115_200, low=50, high=12_000_000, log=True, live=False, unit="baud", label="Baud rate",
        help="How fast the device sends: the number in its Serial.begin(...). With a wrong one "
        "nothing readable arrives.",
    )  # fmt: skip
    bytesize: int = param(
        8, low=5, high=8, live=False, unit="bits", label="Data bits",
        help="Bits in each character; nearly always 8.",
    )  # fmt: skip
    parity: str = param(
        "none", choices=tuple(PARITIES), live=False, label="Parity",
        help="The check bit behind each character; nearly always none.",
    )  # fmt: skip
    stopbits: str = param(
        "1", choices=("1", "1.5", "2"), live=False, label="Stop bits",
        help="The pause behind each character; nearly always 1.",
    )  # fmt: skip
    dtr: str = param(
        "leave", choices=LINES, live=False, label="DTR line",
        help="leave: the system raises it on opening, and it stays so on closing: a board that "
        "restarts when DTR changes does so at the first opening only. on: raised while open. "
        "off: lowered; boards with USB of their own then send nothing.",
    )  # fmt: skip
    rts: str = param(
        "leave", choices=LINES, live=False, label="RTS line",
        help="leave: the system raises it on opening, together with DTR. off: lowered.",
    )  # fmt: skip


class Serial(Transport):
    """Read a serial port by pyserial, found again by its USB identity after an unplug.

    The port is locked, so that two programs do not each get half of the bytes. Bytes that came
    before opening are thrown away: nobody knows when they were sent.
    """

    scheme = "serial"
    sends = True
    Params = SerialParams

    def __init__(self, target: str, params: SerialParams | None = None) -> None:
        self.target = target
        self.params: SerialParams = params or SerialParams()
        self.name = target
        self._port: Any = None
        native = "://" not in target and os.name == "posix"
        self._selectable = native or target.lower().startswith("socket://")
        self._known: Port | None = None
        self._next_s = 0.0
        self._reading = threading.Lock()
        _check_url(target)

    def open(self) -> None:
        self.close()
        path = self._path()
        if "://" not in path and (trouble := why_no_port(path)):
            raise SourceError(trouble)
        try:
            port = self._make(path)
            port.open()
        except REFUSED as error:
            raise SourceError(why_not_opened(path, self._wanted(), error)) from error
        _hold_dtr_on_closing(port, self.params.dtr == "leave")
        self._port = port

    def read(self) -> bytes:
        with self._reading:
            port = self._port
            if port is None:
                raise LinkLost(f"{self.name} is closed.")
            time.sleep(max(0.0, self._next_s - time.monotonic()))
            try:
                data = self._take(port)
            except GONE as error:
                raise self._lost() from error
            self._next_s = time.monotonic() + GATHER_S if 0 < len(data) < READ_BYTES else 0.0
            return data

    def send(self, data: bytes) -> int:
        with self._reading:
            port = self._port
            if port is None:
                raise LinkLost(f"{self.name} is closed.")
            try:
                if not self._selectable:
                    return int(port.write(data[:SEND_BYTES]) or 0)
                room = select.select([], [port], [], 0)[1]
                return os.write(port.fileno(), data[:SEND_BYTES]) if room else 0
            except (BlockingIOError, serial.SerialTimeoutException):
                return 0
            except GONE as error:
                raise self._lost() from error

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            with self._reading:  # never under a read, whose file number may be another's by then
                port.close()

    def _lost(self) -> LinkLost:
        return LinkLost(
            f"The link to {self.name} was lost: it was unplugged, switched off or closed at its "
            "other end."
        )

    def _take(self, port: Any) -> bytes:
        """Wait for bytes for 100 ms at most and return all there are, up to 64 kB."""
        if not self._selectable:
            first: bytes = port.read(1)
            return first + port.read(port.in_waiting) if first else first
        if not select.select([port], [], [], SILENCE_S)[0]:
            return b""
        data = bytearray(port.read(READ_BYTES))
        try:
            while len(data) < READ_BYTES and (more := port.read(READ_BYTES - len(data))):
                data += more
        except GONE:
            pass  # what came before the end counts; the next read finds the end again
        return bytes(data)

    def _path(self) -> str:
        """Return where the device is now, and remember which one it is."""
        if "://" in self.target:
            return self.target
        ports = serial_ports()
        if self._known is None:
            found = port_at(self.target, ports)
            if found is not None:
                self.name = found.name
                self._known = found if found.is_usb else None
            return self.target
        again = find_again(self._known, ports)
        if again is None:
            raise SourceError(missing(self.name))
        self.name = again.name
        return again.device

    def _make(self, path: str) -> Any:
        """Return pyserial's port, set up but not open.

        pyserial sets DTR and RTS on opening, right after the driver has raised both; "leave"
        takes that away. Raising or lowering them one after the other restarts an ESP32.
        """
        params = self.params
        port = serial.serial_for_url(
            path,
            do_not_open=True,
            baudrate=params.baud,
            bytesize=params.bytesize,
            parity=PARITIES[params.parity],
            stopbits=float(params.stopbits),
            timeout=0 if self._selectable else SILENCE_S,
            write_timeout=SEND_S if "://" not in path and not self._selectable else None,
            exclusive=True,
        )
        for line in ("dtr", "rts"):
            choice = getattr(params, line)
            if choice == "leave":
                setattr(port, f"_update_{line}_state", lambda: None)
            else:
                setattr(port, line, choice == "on")
        return port

    def _wanted(self) -> str:
        params = self.params
        frame = f"{params.bytesize}{PARITIES[params.parity]}{params.stopbits}"
        return f"{params.baud:,} baud, {frame}"


def _check_url(target: str) -> None:
    """Raise AddressError unless a target with :// is one of the kinds taken."""
    scheme, found, _ = target.partition("://")
    if not found:
        return
    if scheme.lower() not in URLS:
        known = ", ".join(f"{name}://" for name in URLS)
        raise AddressError(f"serial: does not take {scheme}://. It takes a port's name, {known}.")
    try:
        port = urlsplit(target).port
    except ValueError:
        port = None
    if port is None and scheme.lower() != "loop":
        raise AddressError(f"serial:{target} lacks the port's number: write {scheme}://host:port.")


def _hold_dtr_on_closing(port: Any, hold: bool) -> None:
    """Tell the driver whether DTR stays as it is on closing: then the next opening restarts no
    board. Windows and the URL kinds have no say in it."""
    if os.name == "posix" and getattr(port, "fd", None) is not None:
        attributes = termios.tcgetattr(port.fd)
        attributes[2] = attributes[2] & ~termios.HUPCL | (0 if hold else termios.HUPCL)
        termios.tcsetattr(port.fd, termios.TCSANOW, attributes)


PLUGIN = Serial
