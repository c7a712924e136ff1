"""Why a serial port cannot be opened, in a sentence that says what to try."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from driftscope.core.ports import ports_text, serial_ports

BUSY = (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK)
DENIED = (errno.EACCES, errno.EPERM)
MISSING = (errno.ENOENT, errno.ENXIO, errno.ENODEV)


def missing(path: str) -> str:
    """Say that a port is not there, and which are."""
    return f"{path} is not there. {ports_text(serial_ports())}"


def busy(path: str) -> str:
    return (
        f"{path} is in use by another program, such as the Arduino IDE's serial monitor. "
        f"Close it there, then try again."
    )


def why_no_port(path: str) -> str | None:
    """Look at a path before it is opened; return what is wrong with it, None if nothing is."""
    if not path:
        return f"No port was named: write serial: and then the port. {ports_text(serial_ports())}"
    if os.name == "posix":
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            return missing(path)
        except OSError:
            return None  # opening it will say why
        if stat.S_ISDIR(mode):
            return f"{path} is a directory, not a serial port. {ports_text(serial_ports())}"
        if not stat.S_ISCHR(mode):
            return (
                f"{path} is a file, not a serial port. "
                f"To read a table of numbers from it, write csv:{path}."
            )
    return None


def why_not_opened(path: str, wanted: str, error: Exception) -> str:
    """Turn what pyserial raised into a sentence; `wanted` is such as "9600 baud, 8N1"."""
    number, text = getattr(error, "errno", None), str(error)
    if "://" in path:
        return f"{path} could not be reached ({_cause(error)}). Check that its server runs there."
    if number in MISSING or "FileNotFoundError" in text:
        return missing(path)
    if number in BUSY or "PermissionError" in text:  # the latter is Windows' word for busy
        return busy(path)
    if number in DENIED:
        return _denied(path)
    if "(25," in text or number == errno.ENOTTY:
        return f"{path} is not a serial port. {ports_text(serial_ports())}"
    if isinstance(error, ValueError) or "configure" in text or not isinstance(error, OSError):
        return f"{path} does not take {wanted} ({_cause(error)}). Try other settings."
    return f"{path} could not be opened ({_cause(error)}). Unplug it and plug it in again."


def _denied(path: str) -> str:
    """Say whom a port belongs to, and how to become one of them."""
    start = f"You may not open {path}"
    try:
        import grp

        status = Path(path).stat()
        group = grp.getgrgid(status.st_gid).gr_name
    except (ImportError, OSError, KeyError):
        return f"{start}: ask who looks after this computer for permission."
    if group == "root" or status.st_mode & 0o060 != 0o060:
        return f"{start}: only its owner may. Try: sudo chmod a+rw {path}"
    return (
        f"{start}: it belongs to the group {group}. Add yourself with "
        f"sudo usermod -aG {group} $USER, then log out and in again."
    )


def _cause(error: Exception) -> str:
    """Return the system's own reason, without pyserial's words around it."""
    number = getattr(error, "errno", None) or (error.args[0] if error.args else None)
    if isinstance(number, int):
        return os.strerror(number)
    return re.sub(r".*\[Errno -?\d+\] ", "", str(error)).rstrip(".")
