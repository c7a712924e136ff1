"""How soon the window is there, how soon it predicts, and what memory it takes.

Opens the real window on the demo in a fresh process, five times, and prints medians: command
to window shown (asked 1.0 s), command to first prediction (asked 3 s), longest pause of the
GUI before it (asked 700 ms), resident memory three seconds later, with next to
no history (asked 450 MB).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

RUNS = 5


def one() -> None:
    """Measure one start in this process; print it as JSON."""
    from _window import Pauses, open_window, process_age_s, wait

    app, session, window = open_window((1280, 900), [])
    app.processEvents()
    shown_s = process_age_s()
    pauses = Pauses()
    session.connect_to("demo:")
    wait(app, lambda: session.health.first_prediction_s is not None, 30)
    first_s = process_age_s()
    before_ms = pauses.since()
    wait(app, lambda: False, 3)
    import psutil

    rss_mb = psutil.Process().memory_info().rss / 1e6
    window.close()
    print(json.dumps(dict(
        shown_s=shown_s, first_prediction_s=first_s, pause_ms=before_ms,
        memory_mb=rss_mb,
    )))  # fmt: skip


def main() -> None:
    if "--one" in sys.argv:
        one()
        return
    runs = []
    for _ in range(RUNS):
        out = subprocess.run(
            [sys.executable, __file__, "--one"], capture_output=True, text=True, check=True
        )
        runs.append(json.loads(out.stdout.strip().splitlines()[-1]))
    for name, asked in (
        ("shown_s", "1.0 s"), ("first_prediction_s", "3 s"), ("pause_ms", "700 ms"),
        ("memory_mb", "450 MB and the history"),
    ):  # fmt: skip
        values = [run[name] for run in runs]
        print(f"{name:20} median {median(values):7.2f}, of {RUNS}: "
              f"{min(values):.2f} to {max(values):.2f} (asked: {asked} or less)")  # fmt: skip


if __name__ == "__main__":
    main()
