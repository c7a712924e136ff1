"""Switch models in the real window: how long until the next prediction, how long a pause?

The window (1600x1000) runs the demo at 1 kHz. Each model is chosen in the box as a user would,
`--rounds` times over. Prints, as medians and worst, the time from the choice to the first
prediction of the new model that came true (asked: 1 s) and the longest pause of the GUI's event
loop from the choice to a second after it (asked: 100 ms), beside that of a second without any
choice, and the CPU time that the GUI thread spends in one go, on which other programs have no
influence; then what the model before costs that goes on beside the new one: CPU of the whole
process with it and after "stop comparing".
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import psutil
from _window import Pauses, open_window, wait

from driftscope.core.interfaces import Sink
from driftscope.core.stream import Output, Result

MODELS = ("linear", "tcn", "attention", "gru", "mlp")
SETTLE_S, AFTER_S, CPU_S = 4.0, 1.0, 4.0


class Bursts(Pauses):
    """Measure the most work the GUI thread does in one go, in ms of its own CPU time: what its
    pauses are on a machine that does nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self._spent_s = time.thread_time()

    def _beat(self) -> None:
        spent_s = time.thread_time()
        self.longest_ms = max(self.longest_ms, 1e3 * (spent_s - self._spent_s))
        self._spent_s = spent_s


class Predictions(Sink):
    """Note when predictions stopped, as a model was changed, and when they came again."""

    name = "the predictions"

    def __init__(self) -> None:
        self.blank = False
        self.again_s = 0.0

    def begin(self) -> None:
        self.blank, self.again_s = False, 0.0

    def write(self, item: Output) -> None:
        if isinstance(item, Result) and not self.again_s:
            known = bool(np.isfinite(item.prediction[-1]).all())
            if self.blank and known:
                self.again_s = time.monotonic()
            self.blank |= not known

    def close(self) -> None:
        """Keep the figures."""


def choose(window: Any, model: str) -> None:
    """Choose a model in its box."""
    combo = window.controls.panel.learning.fields["learner.model"].combo
    combo.setCurrentIndex(combo.findData(model))
    combo.activated.emit(combo.currentIndex())


def rest(app: Any, seconds: float) -> None:
    """Let the window run for a while."""
    ends_s = time.monotonic() + seconds
    wait(app, lambda: time.monotonic() >= ends_s, seconds + 1)


def cpu(app: Any, seconds: float) -> float:
    """Return how much of one core the process takes, in percent."""
    process = psutil.Process()
    before, began_s = process.cpu_times(), time.monotonic()
    rest(app, seconds)
    now = process.cpu_times()
    used_s = now.user + now.system - before.user - before.system
    return 100 * used_s / (time.monotonic() - began_s)


def tell(what: str, found: dict[str, list[float]]) -> None:
    """Print the median and the worst of all, and the median of each model."""
    every = [value for values in found.values() for value in values]
    each = ", ".join(f"{model} {np.median(values):.2f}" for model, values in found.items())
    print(f"{what}: median {np.median(every):.2f}, worst {max(every):.2f}; {each}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    seen = Predictions()
    app, session, window = open_window((1600, 1000), [seen])
    pauses, bursts = Pauses(), Bursts()
    session.connect_to("demo:")
    wait(app, lambda: session.health.state == "learning", 30)
    rest(app, SETTLE_S)
    first_s: dict[str, list[float]] = {model: [] for model in MODELS}
    pause_ms: dict[str, list[float]] = {model: [] for model in MODELS}
    cost: dict[str, tuple[float, float]] = {}
    burst_ms: dict[str, list[float]] = {model: [] for model in MODELS}
    idle_ms: list[float] = []
    for turn in range(options.rounds):
        for model in MODELS:
            pauses.since()
            rest(app, AFTER_S)
            idle_ms.append(pauses.since())
            bursts.since()
            before = session.params.get("learner.model")
            pauses.since()
            seen.begin()
            chosen_s = time.monotonic()
            choose(window, model)
            if not wait(app, lambda: seen.again_s > 0, 10):
                print(f"{model}: no prediction within 10 s")
                return 1
            first_s[model].append(seen.again_s - chosen_s)
            rest(app, AFTER_S)
            pause_ms[model].append(pauses.since())
            burst_ms[model].append(bursts.since())
            if turn == options.rounds - 1:
                beside = cpu(app, CPU_S)
                session.stop_comparing()
                cost[str(before)] = beside, cpu(app, CPU_S)
    tell("first prediction, s", first_s)
    tell("longest pause, ms", pause_ms)
    tell("longest pause without, ms", {"none": idle_ms})
    tell("most work of the GUI thread in one go, ms of CPU", burst_ms)
    print("CPU of the process, % of one core, with a model before beside the next one -> without:")
    print(", ".join(f"{name} {a:.0f} -> {b:.0f}" for name, (a, b) in cost.items()))
    skipped = session.health.skipped_updates
    print(f"updates skipped {skipped}, unscored {session.health.unscored}")
    session.close()
    window.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
