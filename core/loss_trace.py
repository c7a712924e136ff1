"""The losses since the start: however long a run lasts, in a few thousand means."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from driftscope.core.stream import F64, Graded, Result

LIMIT = 4096
LEARNER = "learner"
WIDE = 2.0
"""A gap is drawn if it lies between points this many times as far apart as most."""
GAP, CHANGE = 1, 2
MOST_PARTS = 12


class LossTrace:
    """Keep the mean loss of the learner and of each baseline over groups of rows, of the model
    before while it goes on to be compared, and of the parts the prediction is mixed from.

    Whenever LIMIT groups are full, neighbours are merged and groups become twice as large, so
    memory stays the same and the whole run remains to be seen.
    """

    def __init__(self) -> None:
        self.former = ""
        """Which model before is compared, "" if none is."""
        self.parts: tuple[str, ...] = ()
        """What the prediction is mixed from, such as "0.3x"."""
        self.group_rows = 1
        self._baselines: tuple[str, ...] = ()
        self._in_group = 0
        self._last = -1
        self._broken = 0
        self._time_s = np.empty(LIMIT)
        self._before = np.zeros(LIMIT, np.int8)
        """GAP or CHANGE in front of a group, else 0."""
        self._sum = np.empty((0, LIMIT))
        self._known = np.empty((0, LIMIT))

    @property
    def names(self) -> tuple[str, ...]:
        """Return whose losses these are beside those of the parts; that of the model before
        stands last."""
        former = (self.former,) if self.former else ()
        return (LEARNER, *self._baselines, *former) if self._baselines else ()

    def add(self, result: Result | Graded) -> None:
        """Take in losses of a result, or of what labels said of some; rows without any leave no
        trace. Losses of labels beside other baselines than the first are of another kind: left out.
        """
        if not self._baselines and result.baseline_loss:
            self._baselines = tuple(result.baseline_loss)
            self._sum = np.zeros((len(self._baselines) + 2, LIMIT))
            self._known = np.zeros((len(self._baselines) + 2, LIMIT))
        known = np.isfinite(result.loss)
        former: dict[str, F64] = {}
        parts: dict[str, F64] = {}
        if isinstance(result, Graded):
            known &= ~result.test  # what is held out would hide how well the others are known
            if self._baselines != tuple(result.baseline_loss):
                return
        else:
            former, parts = result.former_loss, result.parts
            self._compare(next(iter(former), ""))
        if not self._baselines or not known.any():
            return
        self._know(parts)
        others = [result.baseline_loss.get(name, result.loss) for name in self._baselines]
        none = np.full(len(known), np.nan)
        before, of_parts = former.get(self.former, none), [parts.get(p, none) for p in self.parts]
        losses = np.stack([result.loss, *others, before, *of_parts])[:, known]
        time_s = result.time_s[known]
        if self._last >= 0:  # a label may come late
            time_s = np.maximum(time_s, self._time_s[self._last])
            self._break(float(time_s[0]))
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

    def gap(self) -> None:
        """Let no mean, and no line, reach across this point if it is wide enough to be seen."""
        self._broken = max(self._broken, GAP)

    def means(self, points: int) -> tuple[F64, F64]:
        """Return (time_s (m,), loss (m, K)) since the start, K as in names and behind them parts,
        a row of NaN where there was a gap, and where the model was changed; m is at most `points`
        beside these.

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
            return np.empty(0), np.empty((0, len(self.names) + len(self.parts)))
        total = np.add.reduceat(self._sum[:, :count], starts, axis=1)
        known = np.add.reduceat(self._known[:, :count], starts, axis=1)
        with np.errstate(invalid="ignore"):
            mean = total / np.where(known > 0, known, np.nan)
        if not self.former:
            mean = np.delete(mean, self._of_former, axis=0)
        time_s = self._time_s[np.minimum(starts + merge, count) - 1]
        step_s = np.diff(time_s, prepend=time_s[0])
        wide = step_s > WIDE * np.median(step_s)
        before = np.maximum.reduceat(self._before[:count], starts)
        breaks = np.flatnonzero((before == CHANGE) | ((before == GAP) & wide))
        return np.insert(time_s, breaks, time_s[breaks]), np.insert(mean, breaks, np.nan, axis=1).T

    def _break(self, time_s: float) -> None:
        """Close the open group if there was a change, or a wide gap before `time_s`."""
        if self._broken:
            last_s = float(self._time_s[self._last])
            usual_s = (last_s - float(self._time_s[0])) / max(self._last, 1)
            if self._broken == CHANGE or time_s - last_s > WIDE * usual_s:
                self._in_group = self.group_rows
            else:
                self._broken = 0

    @property
    def _of_former(self) -> int:
        """Return the row of the model before; those of the parts stand behind it."""
        return 1 + len(self._baselines)

    def _know(self, parts: Collection[str]) -> None:
        """Have a row for each of these parts; those gone long ago make room for new ones."""
        new = [name for name in parts if name not in self.parts]
        if not new:
            return
        if len(self.parts) + len(new) > MOST_PARTS:
            first = self._of_former + 1
            stay = [k for k, name in enumerate(self.parts) if name in parts]
            rows = [*range(first), *(first + k for k in stay)]
            self._sum, self._known = self._sum[rows], self._known[rows]
            self.parts = tuple(self.parts[k] for k in stay)
            new = new[: MOST_PARTS - len(stay)]
        self.parts += tuple(new)
        more = np.zeros((len(new), LIMIT))
        self._sum, self._known = np.vstack([self._sum, more]), np.vstack([self._known, more])

    def _compare(self, former: str) -> None:
        """Begin anew with the curve of the model before if it is another one: where it begins,
        that of the one in use is another model's."""
        if former != self.former:
            self.former = former
            row = slice(self._of_former, self._of_former + 1)
            self._sum[row] = self._known[row] = 0.0
            self._broken = CHANGE if former else self._broken

    def _open(self) -> None:
        """Start the next group, merging neighbours first if there is no room."""
        if self._last + 1 == LIMIT:
            half = LIMIT // 2
            for sums in (self._sum, self._known):
                sums[:, :half] = sums[:, 0::2] + sums[:, 1::2]
                sums[:, half:] = 0
            self._time_s[:half] = self._time_s[1::2]
            self._before[:half] = np.maximum(self._before[0::2], self._before[1::2])
            self.group_rows *= 2
            self._last = half - 1
        self._last += 1
        self._in_group = 0
        self._before[self._last], self._broken = self._broken, 0
