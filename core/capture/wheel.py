"""OpenCV comes in wheels of several names that overwrite each other; those with a window of their
own bring Qt plugins that clash with this program's."""

from __future__ import annotations

from importlib import metadata

OURS = "opencv-python-headless"
CLASHING = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
"""The last one has no window but the same folder: whichever came last is in it."""


def wrong_wheel() -> str:
    """Return a sentence that says what to run if a wheel is installed that clashes with ours,
    "" if all is well. Imports nothing of OpenCV."""
    found = [name for name in CLASHING if _installed(name)]
    if not found:
        return ""
    names = " ".join(found)
    return (
        f"{' and '.join(found)} cannot be installed beside Driftscope: it takes the place of "
        f"{OURS}, and its windows clash with this one. Run: pip uninstall -y {names} && "
        f"pip install --force-reinstall --no-deps {OURS}"
    )


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
