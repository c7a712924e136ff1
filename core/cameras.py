"""The cameras that are there, by the names people know them by."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

VIDEO = Path("/sys/class/video4linux")
KEPT = ":/@-._~"
"""What of an identity stands in an address as it is."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Describe a camera. `index` and `backend` open it now and mean nothing later; `place` is
    where it is plugged in, or the system's own name of it."""

    index: int
    backend: int
    name: str
    path: str = ""
    vid: int | None = None
    pid: int | None = None
    serial_number: str = ""
    place: str = ""

    @property
    def identity(self) -> str:
        """Return what tells it from others: vid:pid:serial number, or @place without one."""
        last = self.serial_number or f"@{self.place or self.path}"
        if self.vid is None or self.pid is None:
            return last
        return f"{self.vid:04x}:{self.pid:04x}:{last}"

    @property
    def address(self) -> str:
        """Return what to write to open it, wherever it is plugged in later."""
        return f"camera:{quote(self.identity, safe=KEPT)}"


def cameras() -> list[Camera]:
    """Return the cameras there are, in the order of their numbers.

    Takes milliseconds, on Windows up to a second; any thread may call it.
    """
    import cv2_enumerate_cameras as system  # it imports cv2: only where a camera is wanted

    try:
        listed = system.enumerate_cameras(system.supported_backends[-1])
    except (OSError, RuntimeError, IndexError):  # the system would not say
        return []
    found = []
    for each in sorted(listed, key=lambda camera: camera.index):
        path = each.path or ""
        serial_number, place = _usb(path) if sys.platform.startswith("linux") else ("", path)
        name = each.name or f"camera {each.index}"
        found.append(
            Camera(each.index, each.backend, name, path, each.vid, each.pid, serial_number, place)
        )
    return _told_apart(found)


def find(wanted: str, there: list[Camera], others: Collection[str] = ()) -> Camera | None:
    """Return the camera that a target of an address means: a number, a path or an identity.

    One without a serial number may have been plugged in elsewhere: if it is not at its place, it
    is the only one of its kind; `others` are the identities of cameras that it is not.
    """
    wanted = unquote(wanted)
    if wanted.isdigit():
        return next((camera for camera in there if camera.index == int(wanted)), None)
    for camera in there:
        if wanted.lower() in (camera.identity.lower(), camera.path.lower()):
            return camera
    kind, at_a_place, _ = wanted.lower().partition(":@")
    if not at_a_place:
        return None
    alike = [
        camera for camera in there
        if camera.identity.lower().startswith(f"{kind}:@") and camera.identity not in others
    ]  # fmt: skip
    return alike[0] if len(alike) == 1 else None


def cameras_text(there: list[Camera]) -> str:
    """Return a sentence that names the cameras there are."""
    if not there:
        return "No camera is there: plug one in, and look whether this user may use it."
    return f"Cameras that are there: {', '.join(f'{c.address} ({c.name})' for c in there)}."


def _usb(path: str) -> tuple[str, str]:
    """Return serial number and place of a camera on Linux, "" where there is none."""
    device = VIDEO / Path(path).name / "device"
    if not device.exists():
        return "", ""
    interface = device.resolve()
    usb = interface.parent if ":" in interface.name else interface
    try:
        serial_number = (usb / "serial").read_text().strip()
    except OSError:
        serial_number = ""
    return serial_number, interface.name


def _told_apart(found: list[Camera]) -> list[Camera]:
    """Take the serial number from cameras that share theirs: it tells nothing."""
    times = [camera.identity for camera in found]
    return [
        Camera(c.index, c.backend, c.name, c.path, c.vid, c.pid, "", c.place)
        if times.count(c.identity) > 1 else c
        for c in found
    ]  # fmt: skip
