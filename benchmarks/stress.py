"""What this computer keeps up with: demo:stress, turned up step by step, with no window.

Run: python benchmarks/stress.py [--channels 4] [--seconds 8] [rates ...]
Prints a line a rate: what came, and which shares went unlearned, unscored and lost.
"""

from __future__ import annotations

import argparse
import os
import threading
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from driftscope.core import address
from driftscope.core.commands import SetParam
from driftscope.core.health import Health
from driftscope.core.monitor import Monitor

RATES = (1_000, 5_000, 20_000, 50_000, 100_000, 200_000, 400_000)
SETTLE_S = 2.0
NAMES = ("samples", "unscored", "dropped", "updates", "skipped_updates")


def counts(health: Health) -> dict[str, int]:
    """Return what has been counted so far."""
    return {name: getattr(health, name) for name in NAMES}


def share(part: int, rest: int) -> str:
    """Return a part of a whole in percent."""
    return f"{part / (part + rest):.0%}" if part else "0%"


def main() -> None:
    """Print the figures, one line a rate."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rates", type=float, nargs="*", default=list(RATES))
    asked.add_argument("--channels", type=int, default=4)
    asked.add_argument("--seconds", type=float, default=8.0)
    options = asked.parse_args()
    device, params = address.configured(f"demo:stress?channels={options.channels}")
    monitor = Monitor({"stress": (device, params)}, [])
    thread = threading.Thread(target=monitor.run)
    thread.start()
    health = monitor.health
    print(f"{options.channels} channels; {os.cpu_count()} cores")
    print("asked/s      came/s   not learned  not scored  lost   told")
    for rate_hz in options.rates:
        monitor.send(SetParam("source.rows_per_s", rate_hz))
        while not health.updates:
            time.sleep(0.05)
        time.sleep(SETTLE_S)
        before, begun_s = counts(health), time.monotonic()
        time.sleep(options.seconds)
        grown = {name: value - before[name] for name, value in counts(health).items()}
        came_s = (grown["samples"] + grown["dropped"]) / (time.monotonic() - begun_s)
        notes = [event.data["message"] for event in list(health.events) if event.kind == "note"]
        skipped = share(grown["skipped_updates"], grown["updates"])
        print(
            f"{rate_hz:9,.0f} {came_s:11,.0f}   {skipped:>11}"
            f"  {share(grown['unscored'], grown['samples'] - grown['unscored']):>10}"
            f"  {share(grown['dropped'], grown['samples']):>4}   {notes[-1] if notes else ''}",
            flush=True,
        )
    monitor.stop()
    thread.join()


if __name__ == "__main__":
    main()
