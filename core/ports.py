"""The serial ports that are there, by the names people know them by."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports

TTYS = Path("/sys/class/tty")


@dataclass(frozen=True, slots=True)
class Port:
    """Describe a serial port; of a USB device also which one it is."""

    device: str
    product: str | None = None
    manufacturer: str | None = None
    serial_number: str | None = None
    vid: int | None = None
    pid: int | None = None
    description: str = ""
    location: str | None = None

    @property
    def address(self) -> str:
        """Return what to write to open it."""
        return f"serial:{self.device}"

    @property
    def title(self) -> str:
        """Return what the device calls itself, "" if it does not."""
        short = self.device.rpartition("/")[2]
        title = (self.product or self.description).replace(f"({short})", "").strip()
        return "" if title == short else title

    @property
    def name(self) -> str:
        """Return "Arduino Uno (ttyACM0)", or the short device name where nothing is known."""
        short = self.device.rpartition("/")[2]
        return f"{self.title} ({short})" if self.title else short

    @property
    def is_usb(self) -> bool:
        """Say whether the port can be told from others, wherever it is plugged in."""
        return self.vid is not None


def serial_ports() -> list[Port]:
    """Return the ports that have hardware behind them, in natural order of their names.

    Pseudo-terminals are never among them. Takes a few milliseconds; any thread may call it.
    """
    return [
        Port(
            found.device,
            found.product,
            found.manufacturer,
            found.serial_number,
            found.vid,
            found.pid,
            "" if found.description in (None, "n/a") else found.description,
            found.location,
        )
        for found in sorted(list_ports.comports())
        if not _is_empty_socket(found.device)
    ]


def port_at(path: str, ports: list[Port]) -> Port | None:
    """Return the port that a path, or a link to it, leads to."""
    real = str(Path(path).resolve()) if path.startswith("/") else path
    return next((port for port in ports if port.device in (path, real)), None)


def find_again(known: Port, ports: list[Port]) -> Port | None:
    """Return the same USB device among `ports`, whatever its path is now.

    Two devices are the same if maker, product, serial number and channel (of an adapter with
    several) agree. Of several such, or without a serial number, it must be plugged in at the
    same place or have the same path; else it might be the twin beside it.
    """
    same = [port for port in ports if _identity(port) == _identity(known)]
    for port in same:
        if port.location == known.location:
            return port
    for port in same:
        if port.device == known.device:
            return port
    return same[0] if known.serial_number and len(same) == 1 else None


def ports_text(ports: list[Port]) -> str:
    """Return a sentence that names the ports there are."""
    if not ports:
        return "No serial port is there: plug the device in, with a cable that carries data."
    named = (f"{p.device} ({p.title})" if p.title else p.device for p in ports)
    return f"Ports that are there: {', '.join(named)}."


def _identity(port: Port) -> tuple[object, ...]:
    channel = (port.location or "").partition(":")[2]
    return port.vid, port.pid, port.serial_number, channel


def _is_empty_socket(device: str) -> bool:
    """Say whether Linux merely keeps a place for a built-in port (its UART type is 0)."""
    name = device.rpartition("/")[2]
    if not sys.platform.startswith("linux") or not name.startswith("ttyS"):
        return False
    try:
        return (TTYS / name / "type").read_text().strip() == "0"
    except OSError:
        return True
