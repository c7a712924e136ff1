"""What is known of a stream's labels: how they are said, graded and learned."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from driftscope.core.arrays import F64, UNKNOWN, Array, Bools
from driftscope.core.interfaces import State
from driftscope.core.label_column import MOST_CLASSES
from driftscope.core.labelled.again import Again
from driftscope.core.labelled.books import Books
from driftscope.core.labelled.context import NEVER, Context, Last
from driftscope.core.labelled.experts import PLAIN, Experts
from driftscope.core.labelled.pending import Pending, Said
from driftscope.core.normaliser import Normaliser
from driftscope.core.past import LARGEST
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import Graded, Report, Step, StreamInfo


class Opened(NamedTuple):
    """Hold what was said of an open step's rows, and the context behind its first n."""

    seq: int
    n: int
    inputs: F64
    each: F64
    mixed: F64
    context: tuple[F64, F64]


class Labeller:
    """Say the labels of rows, keep what was said until they are known, grade it and learn.

    All rows of a step are said before any of them is learned; then they are learned one by one.
    A gap is never looked across: the label before it is not that of the row before. New classes
    may come with any label. Values are learned in deviations, by statistics of their own.
    """

    def __init__(self, info: StreamInfo, params: LearnerParams) -> None:
        self.by_class = info.label is None or info.label.kind == "class"
        self.classes = info.classes if self.by_class else ()
        self._names = self.classes
        self.books = Books(info.key, self.classes if self.by_class else None)
        self.context = Context(len(info.channels), max(1, len(self.classes)))
        self.experts = Experts(self.context, self.by_class, params.seed)
        self._seed = params.seed
        self._again = Again(params, self.by_class)
        self._values = Normaliser(1)
        self._pending = Pending()
        self.opened: Opened | None = None
        self._next_seq = 0
        self._told = False
        self._changed = False
        self._graded: list[Graded] = []
        self.notes: list[str] = []

    def say(self, step: Step, z: Array, present: Bools) -> dict[str, Array]:
        """Say the label of each row, z (B, C) in deviations; return what is to be shown of the
        newest one. Nothing that a later result depends on changes."""
        inputs, means, seen = self.context.look(z, present, step.n)
        each = self.experts.say(inputs, self._last(), step.seq)
        mixed = self.experts.hedge.mix(each)
        self.opened = Opened(step.seq, step.n, inputs, each, mixed, (means, seen))
        if not self.experts.learned:
            return {}
        newest = mixed[step.n - 1]
        if self.by_class:
            none = max(len(self._names) - len(newest), 0) + 1
            return {"classes": np.pad(newest, (0, none))}
        mean, scale = self._units()
        return {"value": np.array([newest[0] * scale + mean, math.nan])}

    def said(self, step: Step) -> bool:
        """Say whether this step, with as many rows, was the one said last."""
        return self.opened is not None and (self.opened.seq, self.opened.n) == (step.seq, step.n)

    def take(self, step: Step, lr: float, trust: float) -> None:
        """Close the step said last: grade and learn the rows whose labels are known."""
        opened = self.opened
        assert opened is not None
        last, (mean, scale) = self._last(), self._units()
        nothing = np.empty(0)
        for row in range(step.n):
            self._pending.add(Said(
                step.seq + row, float(step.time_s[row]), opened.inputs[row], opened.each[row],
                opened.mixed[row] if self.experts.learned else nothing, last, mean, scale,
            ))  # fmt: skip
        self.context.take(*opened.context)
        self._next_seq, self.opened = step.seq + step.n, None
        if step.y is not None:
            self.grade(step.seq, step.y[: step.n], step.test, (lr, trust))

    def grade(self, seq: int, y: Array, test: Bools | None, learn: tuple[float, float]) -> None:
        """Grade the labels of rows from `seq` on, and learn from those that are not in test:
        `learn` is the slider, and how much of a row each counts; with 0 nothing is learned."""
        y = self._usable(y)
        known = np.flatnonzero(~np.isnan(y)).tolist()
        rows: list[tuple[Said, float, bool]] = []
        for row in known:
            said = self._pending.take(seq + row)
            if said is not None:
                rows.append((said, float(y[row]), test is not None and bool(test[row])))
        if len(rows) < len(known):
            gone = len(known) - len(rows)
            self.notes.append(f"{gone:,} labels came after their rows were forgotten.")
        first, second = self.experts.names[:PLAIN]
        for held_out in (False, True):
            mine = [(said, label) for said, label, out in rows if out == held_out]
            if mine:
                graded = self.books.add(self.experts.target, mine, (first, second), held_out)
                self._graded.append(graded)
                self._changed = True
            if not held_out:
                for said, label in mine:
                    self._know(said, label, *learn)

    def skip_to(self, seq: int) -> None:
        """Let nothing of the rows before `seq` count as what came before: nobody looked."""
        self._next_seq = seq
        self.gap()

    def gap(self) -> None:
        """Let nothing cross this point."""
        self.context.clear(self._next_seq)
        self.books.gap()
        self.opened = None

    def extend(self, channels: int, names: tuple[str, ...]) -> None:
        """Go on with more channels, or more names of classes. A class that has a name by now is
        reckoned with once a label says it, so that its name gives nothing away."""
        if self.by_class:
            self._names = names
            self._grow(channels, names[: len(self.classes)] + self.classes[len(names) :])
        else:
            self._grow(channels, ())

    def _grow(self, channels: int, classes: tuple[str, ...]) -> None:
        """Make room for more channels and classes, or call classes by other names."""
        outputs = max(1, len(classes))
        if (channels, outputs) != (self.context.channels, self.context.outputs):
            places = self.context.extend(channels, outputs)
            self.experts.extend(self.context, places)
            self._pending.extend(self.context.inputs, outputs, places)
            self._again.forget()
        if classes != self.classes:
            self.classes = classes
            self.books.extend(classes)
        self.opened = None

    def take_reports(self) -> list[Graded | Report]:
        """Return what was graded since the last call, and the books if they changed."""
        made: list[Graded | Report] = [*self._graded]
        if self._changed:
            made.append(self.books.report())
        self._graded, self._changed = [], False
        return made

    def _units(self) -> tuple[float, float]:
        """Return the mean and scale of values; 0 and 1 for classes."""
        if self.by_class:
            return 0.0, 1.0
        return float(self._values.mean[0]), float(self._values.scale[0])

    def _last(self) -> Last:
        """Return the label known last, a value in deviations."""
        mean, scale = self._units()
        last = self.context.last
        return last if last.seq == NEVER else last._replace(y=(last.y - mean) / scale)

    def _know(self, said: Said, label: float, lr: float, trust: float) -> None:
        """Take a label in as the one known last, and learn it."""
        y = label
        if not self.by_class:
            sample = np.array([[label]])
            scale = self._values.scale_with(sample)
            y = float(((sample - self._values.mean) / scale)[0, 0])
            if trust > 0.0:
                self._values.update(sample, trust)
        if trust > 0.0:
            self.experts.learn(said, y, lr, trust)
            usual, unit = self._units()
            for inputs, before in self._again.beside(said, label, trust):
                self.experts.nets.learn(inputs, (before - usual) / unit, lr, trust)
        self.context.know(said.seq, label, self.experts.target.code(y))

    def _usable(self, y: Array) -> F64:
        """Return labels as float64, NaN where there is none or nothing usable; make room for new
        classes."""
        made = y.astype(np.float64)
        if not self.by_class:
            return np.where(np.abs(made) < LARGEST, made, math.nan)
        made[made == UNKNOWN] = math.nan
        absurd = (made < 0) | (made >= MOST_CLASSES)
        if absurd.any() and not self._told:
            self._told = True
            self.notes.append(
                f"Labels that are no number from 0 to {MOST_CLASSES - 1} are left out. If they "
                "are values, set stream.label_kind=value."
            )
        made[absurd] = math.nan
        known = made[~np.isnan(made)]
        most = int(known.max()) + 1 if len(known) else 0
        if most > len(self.classes):
            names = self._names
            numbers = range(len(self.classes), most)
            more = (names[k] if k < len(names) else f"class {k}" for k in numbers)
            classes = (*self.classes, *more)
            self._grow(self.context.channels, classes)
        return made

    def learned(self) -> State:
        """Return a copy of what was learned, to go back to."""
        return dict(
            experts=self.experts.state_dict(), values=self._values.state_dict(),
            channels=self.context.channels, outputs=self.context.outputs,
        )  # fmt: skip

    def go_back(self, learned: State) -> None:
        """Have what was learned be as it was, perhaps when there were fewer channels or classes;
        the books, and what came before, stay; of what was seen since nothing is learned again."""
        then = Context(learned["channels"], learned["outputs"])
        self.experts = Experts(then, self.by_class, self._seed)
        self.experts.load_state_dict(learned["experts"])
        self._values.load_state_dict(learned["values"])
        places = then.extend(self.context.channels, self.context.outputs)
        self.experts.extend(then, places)
        self._again.forget()
        self.opened = None

    def state_dict(self) -> State:
        return dict(
            learned=self.learned(), context=self.context.state_dict(),
            pending=self._pending.state_dict(), books=self.books.state_dict(),
            again=self._again.state_dict(),
            classes=list(self.classes), names=list(self._names), next_seq=self._next_seq,
            told=self._told,
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        self.classes, self._names = tuple(state["classes"]), tuple(state["names"])
        # anew: by their names there may be more classes than labels had said by then
        self.books = Books(self.books.key, self.classes if self.by_class else None)
        self.context = Context(state["learned"]["channels"], state["learned"]["outputs"])
        self.context.load_state_dict(state["context"])
        self.go_back(state["learned"])
        self._pending.load_state_dict(state["pending"])
        self._again.load_state_dict(state["again"])
        self.books.load_state_dict(state["books"])
        self._next_seq, self._told = state["next_seq"], state["told"]
