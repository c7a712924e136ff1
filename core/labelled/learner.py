"""Test-then-train for a stream with labels: say each row's label first, learn it after."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from driftscope.core.interfaces import Learner, State
from driftscope.core.labelled.labeller import Labeller
from driftscope.core.learner import Forecaster
from driftscope.core.past import LARGEST
from driftscope.core.stream import EventKind, Graded, Labels, Report, Scored, Step, StreamInfo


class LabelLearner(Forecaster):
    """Predict a stream's samples as the Forecaster does, and its labels beside them.

    What is learned of the labels does not depend on the model chosen. The slider turns the rates
    of the nets that say labels as well; frozen or held, or not trusted at all, nothing is learned
    of labels either. Threads as of the Forecaster.
    """

    def reset(self) -> None:
        """Start anew: fresh weights, empty books, nothing known."""
        super().reset()
        self.labels = Labeller(self.info, self.params)

    def take_over(self, old: Learner) -> None:
        """Go on from the learner before, with all it learned of the labels."""
        super().take_over(old)
        if isinstance(old, LabelLearner) and old.info.channels == self.info.channels:
            self.labels.load_state_dict(old.labels.state_dict())

    def score(self, step: Step) -> Scored:
        """Predict the samples; say the label of each row, and show that of the newest one."""
        scored = super().score(step)
        present = np.abs(step.values) < LARGEST
        z = self.normaliser.normalise(np.where(present, step.values, np.nan))
        extras = self.labels.say(step, z, present)
        return replace(scored, extras=scored.extras | extras) if extras else scored

    def learn(self, step: Step, scored: Scored) -> float:
        """Train on the step's samples, then on its labels as far as they are known."""
        if not self.labels.said(step):
            self.score(step)
        loss = super().learn(step, scored)
        self.labels.take(step, *self._learning())
        return loss

    def skip(self, step: Step, scored: Scored | None) -> None:
        """Take the step in, and grade its labels, without training."""
        if scored is not None and not self.labels.said(step):
            self.score(step)
        super().skip(step, scored)
        if scored is None:
            self.labels.skip_to(step.seq + step.n)
        else:
            self.labels.take(step, 0.0, 0.0)

    def label(self, labels: Labels) -> None:
        """Grade and learn labels of rows that are over; of those long gone only tell."""
        self.labels.grade(labels.seq, labels.y, labels.test, self._learning())

    def gap(self) -> None:
        """Forget the window, and the labels known last."""
        super().gap()
        self.labels.gap()

    def extend(self, info: StreamInfo) -> None:
        """Go on with more channels or classes: what was learned stays."""
        super().extend(info)
        self.labels.extend(len(info.channels), info.classes)

    def take_reports(self) -> list[Graded | Report]:
        """Return what was graded since the last call, and the books if they changed."""
        return self.labels.take_reports()

    def take_events(self) -> list[tuple[EventKind, dict[str, Any]]]:
        """Return (kind, data) of what happened since the last call, each once."""
        notes: list[tuple[EventKind, dict[str, Any]]]
        notes = [("note", dict(message=text)) for text in self.labels.notes]
        self.labels.notes = []
        return super().take_events() + notes

    def learned(self) -> State:
        """Return a copy of what was learned, to go back to."""
        return super().learned() | dict(labels=self.labels.learned())

    def go_back(self, learned: State) -> None:
        """Have what was learned be as it was; the window, the books and what came before stay."""
        super().go_back(learned)
        self.labels.go_back(learned["labels"])

    def state_dict(self) -> State:
        """Return everything a later result depends on, and the books."""
        return super().state_dict() | dict(labels=self.labels.state_dict())

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state; raise StateError if it is that of another model or stream."""
        super().load_state_dict(state)
        self.labels.load_state_dict(state["labels"])

    def _learning(self) -> tuple[float, float]:
        """Return the slider, and how much of a row each label counts now."""
        still = self.state in ("frozen", "held")
        return self.params.lr, 0.0 if still else self.trust
