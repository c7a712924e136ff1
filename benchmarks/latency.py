"""From a device's line to the pixel: how long until a sample is on the screen?

A process writes 1,000 lines a second of 8 values into a pty and notes the time just before each
line; the real window (1280x900) reads, learns (MLP) and draws. Prints, over 60 s, the time to the
end of the first paintEvent whose drawn range includes the line (asked: p99 50 ms), and the
longest pause of the GUI's event loop after the first prediction (asked: 100 ms). At the end a
marked sample is looked for in a screenshot of the X screen. `--seconds 10` makes it shorter.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import tty
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from _window import Numbers, Pauses, open_window, wait
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

RATE, CHANNELS, SETTLE_S, AFTER_S = 1000, 8, 5.0, 4.0


def screenshot(path: Path) -> subprocess.Popen[bytes]:
    """Take a picture of the whole X screen from outside the window's own process."""
    return subprocess.Popen(["import", "-window", "root", str(path)])


def tallest_stroke(picture: QImage, area: QRect) -> int:
    """Return the most pixels, in one column of an area, drawn as bright as a measured curve."""
    counts = [
        sum(
            picture.pixelColor(x, y).lightness() > 170
            and picture.pixelColor(x, y).saturation() < 60
            for y in range(area.top(), area.bottom())
        )
        for x in range(area.left(), area.right())
    ]
    return max(counts)


def last_lane(window: Any) -> QRect:
    """Return where the last channel's lane lies on the screen."""
    plot = window.signal.panel.plot
    area = plot.area().toRect()
    lane = QRect(area)
    lane.setTop(area.bottom() - area.height() // CHANNELS + 4)
    lane.setLeft(area.left() + 60)  # the channel's name
    return lane.translated(plot.mapToGlobal(plot.rect().topLeft()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    master, slave = os.openpty()
    tty.setraw(slave)
    numbers = Numbers()
    app, session, window = open_window((1280, 900), [numbers])
    paints: list[tuple[float, int]] = []
    window.signal.panel.after_paint.append(lambda seq: paints.append((time.monotonic(), seq)))
    session.connect_to(f"serial:{os.ttyname(slave)}")
    wait(app, lambda: session.health.link == "live", 10)
    pauses = Pauses()
    folder = tempfile.TemporaryDirectory()
    times_path = Path(folder.name) / "times.npy"
    whole_s = SETTLE_S + seconds + AFTER_S
    mark = int((SETTLE_S + seconds + 1.0) * RATE)
    begin_s = time.monotonic() + 1.0
    writer = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "_line_writer.py"), str(master), str(RATE),
         str(whole_s), str(begin_s), str(times_path), str(mark)],
        pass_fds=[master], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait(app, lambda: time.monotonic() > begin_s + SETTLE_S, 60)
    pauses.since()
    wait(app, lambda: time.monotonic() > begin_s + SETTLE_S + seconds, seconds + 60)
    longest_ms = pauses.since()
    step_ms = session.health.step_ms(50), session.health.step_ms(99)
    frames, late = session.frames_per_s, session.health.skipped_updates
    before, after = Path(folder.name) / "before.png", Path(folder.name) / "after.png"
    taking = screenshot(before)
    wait(app, lambda: taking.poll() is not None and numbers.last >= mark + 300, 20)
    taken = screenshot(after)
    wait(app, lambda: taken.poll() is not None, 20)
    wait(app, lambda: writer.poll() is not None, 60)
    told = json.loads((writer.communicate()[0]).strip().splitlines()[-1])
    wait(app, lambda: numbers.last >= told["lines"] - 1, 5)
    written_s = np.load(times_path)
    painted_s = np.array([at for at, _ in paints])
    painted = np.array([seq for _, seq in paints]) + numbers.first
    asked = np.arange(int(SETTLE_S * RATE), int((SETTLE_S + seconds) * RATE))
    first = np.searchsorted(np.maximum.accumulate(painted), asked)
    latency_ms = 1e3 * (painted_s[first] - written_s[asked])
    p50, p99, worst = np.percentile(latency_ms, [50, 99, 100])
    print(
        f"{RATE} lines/s x {CHANNELS}, horizon {session.health.horizon} samples, batch "
        f"{session.health.step_rows}, step {step_ms[0]:.2f} ms (p99 {step_ms[1]:.2f}), "
        f"{frames:.0f} frames/s, missing {numbers.missing}, skipped updates {late}"
    )
    print(
        f"line written to frame painted: p50 {p50:.1f} ms, p99 {p99:.1f} ms (asked: 50), "
        f"worst {worst:.1f} ms, over {len(asked):,} lines; the writer was at most "
        f"{1e3 * told['behind_s']:.0f} ms behind its clock"
    )
    print(f"longest pause of the GUI's event loop: {longest_ms:.0f} ms (asked: 100)")
    lane = last_lane(window)
    strokes = [tallest_stroke(QImage(str(path)), lane) for path in (before, after)]
    seen = strokes[1] - strokes[0] > lane.height() / 3
    print(
        f"marked sample on the X screen: {'seen' if seen else 'NOT SEEN'} (tallest stroke in its "
        f"lane of {lane.height()} pixels: {strokes[0]} before, {strokes[1]} after)"
    )
    window.close()
    os.close(slave)
    os.close(master)
    folder.cleanup()


if __name__ == "__main__":
    main()
