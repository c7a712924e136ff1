"""Devices for tests: a serial device that can be unplugged, and a writer that keeps time.

Import it as `from devices import PtyDevice`: pytest finds it by `pythonpath` in pyproject.toml.
"""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Iterable
from pathlib import Path


class PtyDevice:
    """Stand for a serial device: a pseudo-terminal behind a link that outlives unplugging.

    A pty has no baud rate and no loss: when nobody reads, some kilobytes fit and then `write`
    waits. Any thread may call it.
    """

    def __init__(self, link_path: Path) -> None:
        self.link = link_path
        self._lock = threading.Lock()
        self._master: int | None = None
        self.replug()

    @property
    def path(self) -> str:
        """Return the path to open."""
        return str(self.link)

    @property
    def address(self) -> str:
        return f"serial:{self.link}"

    def replug(self) -> None:
        """Plug it in: a new terminal behind the same link."""
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(slave))
        os.close(slave)
        self._master = master

    def unplug(self) -> None:
        """Pull it out: whoever reads is hung up on, and the path is gone."""
        with self._lock:
            if self._master is not None:
                self.link.unlink(missing_ok=True)
                os.close(self._master)
                self._master = None

    def write(self, data: bytes) -> bool:
        """Send all of it, waiting for room; return False if it is unplugged."""
        while data:
            with self._lock:
                if self._master is None:
                    return False
                if select.select([], [self._master], [], 0.01)[1]:
                    data = data[os.write(self._master, data) :]
        return True

    close = unplug

    def __enter__(self) -> PtyDevice:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PacedWriter(threading.Thread):
    """Send pieces by the clock, `bytes_per_s` of them, until they end, the plug is pulled or
    `stop` is called. `late_s` is how far it ever fell behind its clock."""

    def __init__(self, device: PtyDevice, pieces: Iterable[bytes], bytes_per_s: float) -> None:
        super().__init__(name="paced writer", daemon=True)
        self.late_s = 0.0
        self.sent_bytes = 0
        self._device = device
        self._pieces = pieces
        self._bytes_per_s = bytes_per_s
        self._stopped = threading.Event()

    def run(self) -> None:
        start_s = time.monotonic()
        for piece in self._pieces:
            behind_s = time.monotonic() - start_s - self.sent_bytes / self._bytes_per_s
            self.late_s = max(self.late_s, behind_s)
            if self._stopped.wait(-behind_s) if behind_s < -0.001 else self._stopped.is_set():
                return
            if not self._device.write(piece):
                return
            self.sent_bytes += len(piece)

    def stop(self) -> None:
        self._stopped.set()
        self.join()
