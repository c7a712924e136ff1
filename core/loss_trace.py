"""The losses since the start: however long a run lasts, in a few thousand means."""

from __future__ import annotations

import numpy as np

from driftscope.core.stream import F64, Graded, Result

LIMIT = 4096
LEARNER = "learner"


class LossTrace:
    """Keep the mean loss of the learner and of each baseline over groups of rows.

    Whenever LIMIT groups are full, neighbours are merged and groups become twice as large, so
    memory stays the same and the whole run remains to be seen.
    """

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.group_rows = 1
        self._in_group = 0
        self._last = -1
        self._time_s = np.empty(LIMIT)
        self._sum = np.empty((0, LIMIT))
        self._known = np.empty((0, LIMIT))

    def add(self, result: Result | Graded) -> None:
        """Take in losses of a result, or of what labels said of some; rows without any leave no
        trace. Losses of labels beside other baselines than the first are of another kind: left out.
        """
        if not self.names and result.baseline_loss:
            self.names = (LEARNER, *result.baseline_loss)
            self._sum = np.zeros((len(self.names), LIMIT))
            self._known = np.zeros((len(self.names), LIMIT))
        known = np.isfinite(result.loss)
        if isinstance(result, Graded):
            known &= ~result.test  # what is held out would hide how well the others are known
            if self.names[1:] != tuple(result.baseline_loss):
                return
        if not self.names or not known.any():
            return
        losses = np.stack(
            [result.loss, *(result.baseline_loss.get(n, result.loss) for n in self.names[1:])]
        )[:, known]
        time_s = result.time_s[known]
        if self._last >= 0:  # a label may come late
            time_s = np.maximum(time_s, self._time_s[self._last])
        done = 0
        while done < len(time_s):
            if self._last < 0 or self._in_group == self.group_rows:
                self._open()
            take = min(self.group_rows - self._in_group, len(time_s) - done)
            part = losses[:, done : done + take]
            finite = np.isfinite(part)
            self._sum[:, self._last] += np.where(finite, part, 0.0).sum(axis=1)
            self._known[:, self._last] += finite.sum(axis=1)
            done += take
            self._in_group += take
            self._time_s[self._last] = time_s[done - 1]

    def means(self, points: int) -> tuple[F64, F64]:
        """Return (time_s (m,), loss (m, K)) since the start, m at most `points`, K as in names.

        A mean stands at its last row's time. Groups are merged by powers of two, so that what
        was drawn once keeps its shape while the trace grows; the last one waits until it is full.
        """
        count = self._last + 1
        if count > 8 and self._in_group < self.group_rows:
            count -= 1
        merge = 1
        while count > points * merge:
            merge *= 2
        if count > 8 * merge:
            count -= count % merge
        starts = np.arange(0, count, merge)
        if not count:
            return np.empty(0), np.empty((0, len(self.names)))
        total = np.add.reduceat(self._sum[:, :count], starts, axis=1)
        known = np.add.reduceat(self._known[:, :count], starts, axis=1)
        with np.errstate(invalid="ignore"):
            mean = total / np.where(known > 0, known, np.nan)
        ends = np.minimum(starts + merge, count) - 1
        return self._time_s[ends], mean.T

    def _open(self) -> None:
        """Start the next group, merging neighbours first if there is no room."""
        if self._last + 1 == LIMIT:
            half = LIMIT // 2
            for sums in (self._sum, self._known):
                sums[:, :half] = sums[:, 0::2] + sums[:, 1::2]
                sums[:, half:] = 0
            self._time_s[:half] = self._time_s[1::2]
            self.group_rows *= 2
            self._last = half - 1
        self._last += 1
        self._in_group = 0
