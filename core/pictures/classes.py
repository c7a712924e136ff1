"""Classes taught by hand: right from the first sample, and better the longer they are learned."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from driftscope.core.arrays import F32, F64, Pixels
from driftscope.core.interfaces import State
from driftscope.core.metrics import NONE, ConfusionMatrix, Prequential
from driftscope.core.pictures.cells import cells
from driftscope.core.pictures.experts import NONE_OF_THESE, Experts
from driftscope.core.pictures.samples import MOST, MOST_CLASSES, MOST_OF_A_CLASS, Samples
from driftscope.core.pictures.trunk import Trunk
from driftscope.core.reports import Report, Sample
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.teaching import (
    DeleteSamples,
    LearnerCommand,
    NameClass,
    RelabelSamples,
    Teach,
    UndoSamples,
)

cv2.setNumThreads(1)

BLUR = (5, 5)
"""Cells to blur over: what moves by a cell or two is still much the same (with pictures shifted
by up to 6 % the nearest sample is right in 87 % instead of 72 %, else as often as without)."""
REPORT_S, CURVE_S = 0.25, 1.0
"""Between two reports, in stream time: of samples that changed, of the loss alone."""
TRUNK_S = 0.1
"""With a trunk a picture is looked at so often, in stream time; what was said stands meanwhile."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Hold one picture: as it came (H, W, 3), `small` (128, 128, 3), its cells (16, 16, 12)."""

    seq: int
    time_s: float
    picture: Pixels
    small: Pixels
    cells: F32


def smoothed(cells: F32) -> F32:
    """Return the features (3072,) float32 of cells (16, 16, 12) by which classes are told."""
    blurred = cv2.GaussianBlur(cells, BLUR, 0, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.float32).ravel()


class Classes:
    """Say of which of the classes a user taught a picture is, or none of these. One stream's.

    Samples are taken even while the learner is held or frozen, since someone gives them by hand;
    frozen, or at a learning rate of 0, only the head rests. When they are changed afterwards the
    head starts anew, so that nothing is left of what was taken back. `reset` keeps them: they
    are the user's work. With a trunk its features stand in place of the smoothed cells; it runs
    only once a class is in use. Call from one thread.
    """

    def __init__(
        self, key: str, params: PictureLearnerParams, names: tuple[str, ...] = (), trunk: str = ""
    ) -> None:
        self.key, self.params, self._given = key, params, names
        self._trunk = Trunk() if trunk == "imagenet" else None
        self.samples = Samples()
        self.experts = Experts(params)
        self._notes: list[str] = []
        self._seen: tuple[int, F32] | None = None
        self._last: tuple[float, F64] | None = None
        self._news = self._moved = False
        self._told_full: set[int] = set()
        """Classes of which no more samples are taken."""
        self.reset()

    def reset(self) -> None:
        """Learn the samples anew from fresh weights, and count anew how well it goes."""
        self.said = Prequential()
        self._reported_s = -math.inf
        self._changed()

    def take_over(self, old: Classes) -> None:
        """Learn the samples of another's, looked at anew where it went by other features."""
        self.samples.load_state_dict(old.samples.state_dict())
        if (self._trunk is None) != (old._trunk is None):
            self.samples.look_anew(self._look)
        self._changed()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the classes' names by number: those given, else 1, 2, 3 as on the keys."""
        own, given = self.samples.names, self._given
        most = max([*own, *(held.y for held in self.samples.all), len(given) - 1], default=-1)
        default = [*given, *(str(y + 1) for y in range(len(given), most + 1))]
        return tuple(own.get(y, default[y]) for y in range(most + 1))

    def chances(self, seen: Seen) -> F64 | None:
        """Return (K + 1,) probabilities, the last that of none; None before anything is taught.

        Changes nothing.
        """
        if self.experts.nearest is None:
            return None
        if self._last is not None and self._waits(seen.time_s):
            made = self._last[1]
        else:
            made = self.experts.say(self._features(seen)[None])[0]
        return np.append(made[: len(self.names)], made[NONE_OF_THESE])

    def take(self, seen: Seen, learn: bool = True) -> None:
        """Take a picture as a sample if a key is held and it is new; then train the head, if it
        is to `learn`."""
        in_use = self.experts.nearest is not None or self.samples.held is not None
        if self._trunk is None or (in_use and not self._waits(seen.time_s)):
            features = self._features(seen)
            if self._trunk is not None:
                known = self.experts.nearest is not None
                said = self.experts.say(features[None])[0] if known else np.zeros(MOST_CLASSES + 1)
                self._last = seen.time_s, said
            self.samples.follow(features)
            self._offer(seen, features)
        if learn and not self.params.frozen and self.params.lr > 0.0:
            for _ in range(self.params.updates):
                self._moved |= self.experts.train()

    def gap(self) -> None:
        """What comes next may be another picture at another time."""
        self._last = self._seen = None

    def obey(self, command: LearnerCommand) -> str:
        """Carry out what was asked; return why not, "" if it was done."""
        samples = self.samples
        y = getattr(command, "y", None)
        if y is not None and not 0 <= y < MOST_CLASSES:
            return f"There is room for {MOST_CLASSES} classes: choose a number from 0 on below it."
        before = samples.all
        match command:
            case Teach():
                samples.press(command.y)
                self._last = None
            case NameClass():
                samples.rename(command.y, command.name)
            case DeleteSamples() | RelabelSamples():
                if not {held.id for held in before}.intersection(command.ids):
                    return "These samples are no longer there: nothing was changed."
                if isinstance(command, DeleteSamples):
                    samples.delete(command.ids)
                else:
                    samples.relabel(command.ids, command.y)
            case UndoSamples():
                if not samples.undo():
                    return "There is nothing to undo: no sample was added or changed."
            case _:
                return f"This is not about classes: {type(command).__name__}."
        if samples.all != before:
            self._changed()
        self._news = True
        return ""

    def take_report(self, time_s: float) -> Report | None:
        """Return how well it goes at `time_s`, if that has changed and was not told just now."""
        since = time_s - self._reported_s
        least = REPORT_S if self._news else CURVE_S
        if not (self._news or self._moved) or 0.0 <= since < least:
            return None
        self._reported_s = time_s
        self._news = self._moved = False
        return self._report()

    def take_notes(self) -> list[str]:
        """Return what is worth a sentence since the last call."""
        notes, self._notes = self._notes, []
        return notes

    def _waits(self, time_s: float) -> bool:
        """Say whether it is too early to ask the trunk again."""
        return self._last is not None and 0.0 <= time_s - self._last[0] < TRUNK_S

    def _features(self, seen: Seen) -> F32:
        """Return (D,) features; of the picture seen last they are still there."""
        if self._seen is None or self._seen[0] != seen.seq:
            trunk = self._trunk
            self._seen = (
                seen.seq,
                smoothed(seen.cells) if trunk is None else trunk.features(seen.picture),
            )
        return self._seen[1]

    def _look(self, small: Pixels) -> F32:
        """Return (D,) features of a small picture (128, 128, 3), as a sample holds it."""
        return smoothed(cells(small)) if self._trunk is None else self._trunk.features(small)

    def _offer(self, seen: Seen, features: F32) -> None:
        answer = self.samples.offer(seen.seq, seen.time_s, features, seen.small)
        y = self.samples.held
        if answer == "full" and y is not None and y not in self._told_full:
            self._told_full.add(y)
            self._notes.append(
                f"No more samples of class {self.names[y]} are taken: {MOST_OF_A_CLASS} of a "
                f"class and {MOST} in all are kept. Delete some of it to teach it anew."
            )
        if answer != "taken":
            return
        taken = self.samples.all[-1]
        nearest = self.experts.nearest
        if nearest is not None and taken.y in nearest.taught:  # else it could only be wrong
            said = self.experts.judge(features, taken.y)
            self.said.add(np.array([taken.y]), np.array([NONE if said == NONE_OF_THESE else said]))
        if not taken.test:
            self._know()
        self._news = True

    def _changed(self) -> None:
        """Samples were changed by hand: learn from those that are left, anew."""
        self.experts.reset()
        self._told_full = set()
        self._know()
        self._news, self._moved = bool(self.samples.all), False

    def _know(self) -> None:
        """Go by the samples there are now."""
        self._usual = self.samples.usual
        self._last = None
        self._compare()

    def _compare(self) -> None:
        learned = [held for held in self.samples.all if not held.test]
        features = np.stack([h.features for h in learned]) if learned else np.zeros((0, 0), "f4")
        self.experts.know(features, np.array([h.y for h in learned], np.int64), self._usual)

    def _report(self) -> Report:
        names, all_ = self.names, self.samples.all
        nearest, matrix = self.experts.nearest, ConfusionMatrix(len(names))
        tests = [held for held in all_ if held.test]
        said = dict.fromkeys((held.id for held in all_), -1)
        figures = dict(self.said.figures(), overall_accuracy=self.said.overall)
        if nearest is not None:
            learned = (held.id for held in all_ if not held.test)
            said |= dict(zip(learned, nearest.left_out.tolist(), strict=True))
        if nearest is not None and tests:
            made = self.experts.say(np.stack([held.features for held in tests])).argmax(1)
            predicted = np.where(made == NONE_OF_THESE, len(names), made)
            said |= {held.id: int(k) for held, k in zip(tests, predicted, strict=True)}
            y = np.array([held.y for held in tests])
            matrix.add(y, predicted)
            figures["test_accuracy"] = float(np.mean(y == predicted))
        figures |= dict(samples=float(len(all_)), test_samples=float(len(tests)))
        return Report(
            self.key, names, matrix.counts, "test samples", figures,
            samples=tuple(
                Sample(h.id, h.seq, h.time_s, h.y, said[h.id], h.test, h.picture) for h in all_
            ),
            losses=np.array(self.experts.curve),
        )  # fmt: skip

    def state_dict(self) -> State:
        """Return everything a later result depends on."""
        return dict(
            samples=self.samples.state_dict(), said=self.said.state_dict(), usual=self._usual,
            experts=self.experts.state_dict(), last=self._last, reported_s=self._reported_s,
            news=(self._news, self._moved), full=sorted(self._told_full), notes=list(self._notes),
        )  # fmt: skip

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state."""
        self.samples.load_state_dict(state["samples"])
        self.said.load_state_dict(state["said"])
        self._usual = state["usual"]
        self._compare()
        self.experts.load_state_dict(state["experts"])
        self._seen, self._last, self._reported_s = None, state["last"], state["reported_s"]
        self._news, self._moved = state["news"]
        self._told_full, self._notes = set(state["full"]), list(state["notes"])
