"""Find out whether a window can be shown, before Qt aborts because it cannot."""

from __future__ import annotations

import ctypes
import os
import sys

LIBRARIES = {  # what Qt's xcb plugin loads and a bare Linux may lack, with Debian's package
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
HEADLESS = "To run without a window: driftscope watch SOURCE"


def why_no_window() -> str | None:
    """Return a sentence that says why no window can be shown, or None if one can."""
    if not sys.platform.startswith("linux"):
        return None
    if os.environ.get("QT_QPA_PLATFORM", "xcb").split(":")[0] not in ("xcb", "wayland"):
        return None
    missing = [package for library, package in LIBRARIES.items() if not _loads(library)]
    if missing:
        return (
            f"No window can be shown: system libraries are missing. On Debian or Ubuntu: "
            f"sudo apt-get install {' '.join(missing)}. {HEADLESS}"
        )
    if os.environ.get("WAYLAND_DISPLAY"):
        return None
    display = os.environ.get("DISPLAY")
    if not display:
        return f"No window can be shown: there is no display (DISPLAY is not set). {HEADLESS}"
    if not _x_server_answers():
        return f"No window can be shown: no X server answers at DISPLAY={display}. {HEADLESS}"
    return None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x_server_answers() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return answers
