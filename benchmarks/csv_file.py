"""A large CSV in the window: how soon its first samples are painted, and when its end is reached.

Run: xvfb-run -a -s "-screen 0 1280x900x24" python benchmarks/csv_file.py [--megabytes 200]
     [--whole] [--warm]
The file, 8 channels of waves, is made in a temporary folder. It is connected as fast as possible;
with --warm after the demo has run, as torch is loaded then. With --whole it is played to its end,
which takes the learner minutes; else for 20 s, then stopped as by the button. Beside it:
numpy.loadtxt on the first 10 MB, which only reads.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from pathlib import Path

import numpy as np
from _window import Pauses, open_window, wait

CHANNELS, BLOCK_ROWS = 8, 20_000
PART_BYTES = 10 * 10**6


def written(folder: Path, megabytes: float) -> Path:
    """Write a file of about so many megabytes at 1 kHz."""
    path, random, row = folder / "run.csv", np.random.default_rng(0), 0
    turns = np.arange(1, CHANNELS + 1) / 97
    with path.open("wb") as file:
        file.write(b"time (s)," + b",".join(b"ch%d (V)" % k for k in range(CHANNELS)) + b"\n")
        base = ",".join(["%.3f"] + ["%.5f"] * CHANNELS)
        while file.tell() < megabytes * 10**6:
            at = np.arange(row, row + BLOCK_ROWS)
            values = np.sin(at[:, None] * turns) + 0.05 * random.standard_normal(
                (len(at), CHANNELS)
            )
            np.savetxt(file, np.column_stack([at / 1000, values]), fmt=base)
            row += BLOCK_ROWS
    return path


def only_read(path: Path) -> str:
    """Return how fast others turn the text into numbers."""
    with path.open("rb") as file:
        part = file.read(PART_BYTES).rpartition(b"\n")[0]
    begun_s = time.perf_counter()
    np.loadtxt(io.BytesIO(part), delimiter=",", skiprows=1)
    return f"numpy.loadtxt: {len(part) / 1e6 / (time.perf_counter() - begun_s):.0f} MB/s"


def main() -> None:
    """Print the figures, one a line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=float, default=200.0)
    asked.add_argument("--whole", action="store_true")
    asked.add_argument("--warm", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), options.megabytes)
        size_mb = path.stat().st_size / 1e6
        app, session, window = open_window((1280, 900), [])
        if options.warm:
            session.connect_to("demo:")
            wait(app, lambda: session.health.samples > 2000, 60)
        painted: list[float] = []

        def note(_: int) -> None:
            if session.address.startswith("csv:") and session.history is not None:
                painted.append(time.perf_counter())

        window.panels.after_paint(note)
        pauses = Pauses()
        address, begun_s = f"csv:{path}?speed=max", time.perf_counter()
        session.connect_to(address)
        wait(app, lambda: bool(painted), 60)
        kind = "warm" if options.warm else "cold, torch loaded meanwhile"
        first_s = (painted[0] if painted else time.perf_counter()) - begun_s
        print(f"{size_mb:.0f} MB, {kind}: first painted samples after {first_s:.2f} s")
        wait(app, lambda: not session.running, 3600 if options.whole else 20)
        lasted_s = time.perf_counter() - begun_s
        part = session.health.progress or 0.0
        rows_s = session.health.samples / lasted_s
        print(f"{part:.1%} after {lasted_s:.1f} s: {rows_s:,.0f} rows/s, all judged and learned")
        print(f"said: {window.progress.text.text()!r}")
        stopped_s = time.perf_counter()
        window.progress.stop.click()
        wait(app, lambda: not session.running, 30)
        print(f"stopped {time.perf_counter() - stopped_s:.2f} s after the button, "
              f"{len(session.history or ()):,} rows stay")  # fmt: skip
        print(f"longest pause of the window {pauses.longest_ms:.0f} ms")
        print(only_read(path))
        window.close()


if __name__ == "__main__":
    main()
