"""The divergence guard: sane snapshots kept in memory, and the way back to them."""

from __future__ import annotations

import math
from typing import Any

from driftscope.core.stream import EventKind

SNAPSHOT_S = 5.0
SNAPSHOT_UPDATES = 64
HALVED_S, HALVED_UPDATES = 30.0, 64
"""The step stays halved for so many seconds, and so many updates."""
PATIENCE_UPDATES, PATIENCE_S, PATIENCE_LEAST = 64, 0.5, 16
"""A loss has diverged after so many bad updates in a row, or so many seconds with as many."""
BAD = 10.0
"""Times its slow median from which a loss counts as diverged."""
FINE = 3.0
"""Times its slow median up to which a loss counts as usual."""
USUAL = 0.05
"""A median loss below this counts as this: what is nearly perfect may become ten times worse."""
FOLLOW, RECENT = 0.01, 1 / 16
QUICK, QUICK_UPDATES = 3.0, 200
"""After a drift the step is so much longer, for so many updates."""


class Median:
    """Follow the median of positive numbers slowly: each one moves it by 1 % up or down."""

    def __init__(self) -> None:
        self.value = math.nan

    def add(self, number: float) -> None:
        if math.isnan(self.value):
            self.value = number
        else:
            self.value *= 1.0 + FOLLOW if number > self.value else 1.0 - FOLLOW


class Guard:
    """Judge each update's loss; say when to keep a snapshot and when to go back to it.

    Times are stream time in seconds, so that a replay does the same.
    """

    def __init__(self) -> None:
        self.snapshot: dict[str, Any] = {}
        self.events: list[tuple[EventKind, dict[str, Any]]] = []
        self._loss, self._baseline = Median(), Median()
        self._bad, self._bad_since_s = 0, 0.0
        self._recent = 0.0
        """Running mean of the loss; a lucky one of a broken net is not sane."""
        self._updates = 0
        self._kept_s = -math.inf
        self._lately_until_s, self._lately_updates = -math.inf, 0
        self._turned = False
        """True if the learning rate was turned since something was restored."""
        self._in_vain = False
        """True from a going back until a loss is usual again."""
        self._factor = 1.0
        self._rate = (1.0, "safe")
        self._quick = 0

    def quicken(self) -> None:
        """Lengthen the step for the next QUICK_UPDATES."""
        self._quick = QUICK_UPDATES

    def lately(self, time_s: float) -> bool:
        """Say whether something was restored lately: what follows is of one disturbance."""
        return time_s < self._lately_until_s or self._lately_updates > 0

    def factor(self, time_s: float, rate: tuple[float, str] = (1.0, "safe")) -> float:
        """Return what the step is to be multiplied by. Where the learning `rate` and what it
        means are others than before, a step that was too long is no longer taken."""
        if rate != self._rate:
            self._rate, self._turned = rate, True
        if self._turned or not self.lately(time_s):
            self._factor = 1.0
        return self._factor * (QUICK if self._quick else 1.0)

    def judge(self, loss: float, baseline: float, made: bool, time_s: float) -> str:
        """Return why the learner must go back, or "" if all is well.

        `loss` and `baseline` are the update's and the last value's mean losses; `made` says
        whether the update could be made, that is, everything was finite.
        """
        self._updates += 1
        self._quick = max(0, self._quick - 1)
        self._lately_updates = max(0, self._lately_updates - 1)
        if not made:
            return "the model's numbers were no longer finite"
        if math.isnan(baseline):
            return ""
        self._recent += RECENT * (min(loss, 1e6) - self._recent)
        if loss > BAD * max(self._loss.value, USUAL) and baseline <= FINE * self._baseline.value:
            if not self._bad:
                self._bad_since_s = time_s
            self._bad += 1
            lasted = time_s >= self._bad_since_s + PATIENCE_S and self._bad >= PATIENCE_LEAST
            if lasted or self._bad >= PATIENCE_UPDATES:
                if self._in_vain:  # not the net, the stream has become another
                    self._bad, self._in_vain, self._loss.value = 0, False, loss
                    return ""
                return "the loss stayed over ten times its median while the last value did fine"
            return ""
        self._bad, self._in_vain = 0, False
        self._loss.add(loss)
        self._baseline.add(baseline)
        return ""

    def due(self, loss: float, time_s: float) -> bool:
        """Say whether a snapshot is to be kept now: it is time, and the loss is a usual one."""
        if self._updates < SNAPSHOT_UPDATES or time_s < self._kept_s + SNAPSHOT_S:
            return False
        return max(loss, self._recent) <= FINE * max(self._loss.value, USUAL)

    def keep(self, snapshot: dict[str, Any], time_s: float) -> None:
        """Keep a snapshot in the place of the one before."""
        self.snapshot = snapshot
        self._kept_s = time_s
        self._updates = 0

    def restored(self, reason: str, time_s: float) -> None:
        """Halve the step for HALVED_S; say so unless the last time was only so long ago, be it
        before the learning rate was turned back."""
        if not self.lately(time_s):
            self._factor = 1.0
            self.events.append(("restored", {"reason": reason}))
        self._factor *= 0.5
        self._lately_until_s, self._lately_updates = time_s + HALVED_S, HALVED_UPDATES
        self._turned = False
        self._bad, self._in_vain = 0, True

    def state_dict(self) -> dict[str, Any]:
        medians = {"_loss": self._loss.value, "_baseline": self._baseline.value}
        return {k: v for k, v in self.__dict__.items() if k != "events"} | medians

    def load_state_dict(self, state: dict[str, Any]) -> None:
        medians = ("_loss", "_baseline")
        self.__dict__.update({k: v for k, v in state.items() if k not in medians})
        for name in medians:
            getattr(self, name).value = state[name]
