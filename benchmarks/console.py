"""What the console costs: frames a second with it and without, at 300 kB/s from a pty.

Run: xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/console.py
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from pathlib import Path

from _window import Pauses, open_window, wait

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from devices import PacedWriter, PtyDevice
from windows import lines

BYTES_PER_S, PIECE_BYTES, TURNS, SETTLE_S, LASTS_S = 300_000, 3000, 2, 1.5, 6.0


def main() -> None:
    """Print one line for each turn."""
    data = b"".join(lines(100_000))
    pieces = [data[i : i + PIECE_BYTES] for i in range(0, len(data), PIECE_BYTES)]
    app, session, window = open_window((1600, 1000), [])
    painted: list[int] = []
    window.panels.after_paint(painted.append)
    with tempfile.TemporaryDirectory() as folder, PtyDevice(Path(folder) / "tty") as device:
        session.connect_to(f"{device.address}?baud=3000000")
        wait(app, lambda: session.health.link == "live", 20)
        writer = PacedWriter(device, itertools.cycle(pieces), BYTES_PER_S)
        writer.start()
        wait(app, lambda: session.health.samples > 3000, 30)
        for shown in [True, False] * TURNS:
            window.panels.show_panel("console", shown)
            wait(app, lambda: False, SETTLE_S)
            pauses, before, begun_s = Pauses(), session.health.bytes, time.monotonic()
            painted.clear()
            wait(app, lambda: False, LASTS_S)
            lasted_s = time.monotonic() - begun_s
            print(
                f"{'with' if shown else 'without'} the console: {len(painted) / lasted_s:.0f} "
                f"frames/s, {(session.health.bytes - before) / lasted_s / 1000:.0f} kB/s, longest "
                f"pause {pauses.longest_ms:.0f} ms",
                flush=True,
            )
        writer.stop()
        window.close()


if __name__ == "__main__":
    main()
