"""Drift: has the loss changed for good? Two small detectors, and what they are fed with."""

from __future__ import annotations

import math

from driftscope.core.interfaces import State

DELTA = 1e-3
"""ADWIN: the chance that a window without any change is cut."""
ROWS_EACH, CUT_LEAST = 5, 5
"""ADWIN: buckets of a size before two are merged; values on either side of a cut at least."""
SLACK, THRESHOLD, FIRST = 0.5, 30.0, 30
"""Page-Hinkley: deviations a value may be over the mean, and their sum at which it is drift; the
values before that."""
RATE, SETTLED, CLIP = 1 / 300, 30, 4.0
"""Standardisation: rate of mean and spread, values before they are believed, deviations at most."""
TINY = 1e-9


class Adwin:
    """Keep a window of what came since the last change (Bifet and Gavalda 2007, "Learning from
    time-changing data with adaptive windowing"), in buckets whose sizes are powers of two.

    A window is cut where the means of its two parts, of harmonic mean size m, are further apart
    than sqrt(2 var / m ln(2 ln n / delta)) + 2 / (3 m) ln(2 ln n / delta).
    """

    def __init__(self, delta: float = DELTA) -> None:
        self.delta = delta
        self._buckets: list[list[tuple[float, float]]] = [[]]
        """By size 2^i, the oldest first: (sum, sum of squares)."""
        self._count, self._sum, self._squares = 0, 0.0, 0.0

    def __len__(self) -> int:
        return self._count

    @property
    def mean(self) -> float:
        return self._sum / self._count if self._count else 0.0

    def add(self, value: float) -> bool:
        """Take a value in; forget what is older than a change. Return True if the mean rose."""
        self._buckets[0].append((value, value * value))
        self._count += 1
        self._sum += value
        self._squares += value * value
        self._merge()
        rose, last = False, self.mean
        while self._cut():
            self._drop()
            rose = self.mean > last
        return rose

    def _merge(self) -> None:
        for size, row in enumerate(self._buckets):
            if len(row) <= ROWS_EACH:
                break
            if size + 1 == len(self._buckets):
                self._buckets.append([])
            one, two = row.pop(0), row.pop(0)
            self._buckets[size + 1].append((one[0] + two[0], one[1] + two[1]))

    def _cut(self) -> bool:
        n = self._count
        if n < 2 * CUT_LEAST:
            return False
        variance = max(0.0, self._squares / n - self.mean**2)
        sure = math.log(2 * math.log(n) / self.delta)
        old, old_sum = 0, 0.0
        for size in range(len(self._buckets) - 1, -1, -1):
            for total, _ in self._buckets[size]:
                old += 1 << size
                old_sum += total
                new = n - old
                if new < CUT_LEAST:
                    return False
                if old < CUT_LEAST:
                    continue
                m = 1 / (1 / old + 1 / new)
                apart = abs(old_sum / old - (self._sum - old_sum) / new)
                if apart > math.sqrt(2 / m * variance * sure) + 2 / (3 * m) * sure:
                    return True
        return False

    def _drop(self) -> None:
        total, squares = self._buckets[-1].pop(0)
        self._count -= 1 << (len(self._buckets) - 1)
        self._sum -= total
        self._squares -= squares
        while len(self._buckets) > 1 and not self._buckets[-1]:
            self._buckets.pop()

    def state_dict(self) -> State:
        return dict(self.__dict__, _buckets=[list(row) for row in self._buckets])

    def load_state_dict(self, state: State) -> None:
        self.__dict__.update(state, _buckets=[[(a, b) for a, b in r] for r in state["_buckets"]])


class PageHinkley:
    """Sum up by how much values lie over their mean so far, less a slack; tell when the sum has
    risen by `threshold` over its lowest (Page 1954; Hinkley 1971). It begins anew then."""

    def __init__(self, slack: float = SLACK, threshold: float = THRESHOLD) -> None:
        self.slack, self.threshold = slack, threshold
        self._begin()

    def _begin(self) -> None:
        self._count, self._mean, self._sum, self._lowest = 0, 0.0, 0.0, 0.0

    def add(self, value: float) -> bool:
        """Take a value in; return True if the mean rose."""
        self._count += 1
        self._mean += (value - self._mean) / self._count
        self._sum += value - self._mean - self.slack
        self._lowest = min(self._lowest, self._sum)
        if self._count < FIRST or self._sum - self._lowest <= self.threshold:
            return False
        self._begin()
        return True

    def state_dict(self) -> State:
        return dict(self.__dict__)

    def load_state_dict(self, state: State) -> None:
        self.__dict__.update(state)


class Drift:
    """Ask both detectors about each decision's mean loss, and begin anew after a drift.

    What they see is the logarithm of the loss in deviations from its slow running mean: so a
    change counts by its ratio, whatever the stream. A loss that falls is no drift.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._adwin, self._page_hinkley = Adwin(), PageHinkley()
        self._mean, self._variance, self._seen = 0.0, 1.0, 0
        self._loss = self._share = 0.0

    def follow(self, loss: float, decisions: float) -> str:
        """Take in a step's mean loss, NaN for none, and the share of a decision that it covers.
        Return the name of the detector that sees a drift, "" if none does."""
        if math.isnan(loss):
            return ""
        self._loss += loss * decisions
        self._share += decisions
        if self._share < 1 - 1e-9:
            return ""
        value = self._standardised(math.log(self._loss / self._share + TINY))
        self._loss = self._share = 0.0
        if math.isnan(value):
            return ""
        adwin, page_hinkley = self._adwin.add(value), self._page_hinkley.add(value)
        found = "ADWIN" if adwin else "Page-Hinkley" if page_hinkley else ""
        if found:
            self._begin()
        return found

    def _standardised(self, value: float) -> float:
        """Return a value in deviations, measured before it is taken in; NaN at first."""
        self._seen += 1
        rate = max(RATE, 1 / self._seen)
        off = value - self._mean
        if self._seen > 1:
            bound = CLIP * math.sqrt(self._variance) if self._seen > SETTLED else abs(off)
            bounded = max(-bound, min(bound, off))
        else:
            bounded = off
        z = off / math.sqrt(self._variance + TINY)
        self._mean += rate * bounded
        old = 1.0 - rate if self._seen > 1 else 0.0
        self._variance = old * (self._variance + rate * bounded * bounded)
        return max(-CLIP, min(CLIP, z)) if self._seen > SETTLED else math.nan

    def state_dict(self) -> State:
        parts = dict(_adwin=self._adwin.state_dict(), _page_hinkley=self._page_hinkley.state_dict())
        return dict(self.__dict__, **parts)

    def load_state_dict(self, state: State) -> None:
        parts = ("_adwin", "_page_hinkley")
        self.__dict__.update({name: state[name] for name in state if name not in parts})
        for name in parts:
            getattr(self, name).load_state_dict(state[name])
