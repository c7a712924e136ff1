"""What is known of one stream: its learner and detector, and how to change one's mind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from driftscope.core.clock import RateEstimate
from driftscope.core.drift import Drift
from driftscope.core.former import Former
from driftscope.core.interfaces import Learner, State
from driftscope.core.params import ParamSet
from driftscope.core.parts import make_detector, make_learner
from driftscope.core.settling import Settling
from driftscope.core.stream import Detected, Scored, Step, StreamInfo
from driftscope.core.suspicion import Suspicion
from driftscope.core.teaching import Accept, LearnerCommand
from driftscope.core.undo import CANNOT, Copy, Reversible, Undo

DRIFTED = "The loss has risen for good: the model learns faster for a while."


class Knowledge:
    """Hold a learner and a detector, and do what a user asks of what was learned.

    `undo` and `former` are the learner's past: what it knew lately, and the one in its place
    before. All commands come between two steps.
    """

    time_s = 0.0
    rate: RateEstimate

    def __init__(self, info: StreamInfo, params: ParamSet) -> None:
        self.info = info
        self.params = params
        self.learner = make_learner(info, params)
        self.detector = make_detector(info, params)
        self.undo, self.former = Undo(), Former()
        self.settling, self.suspicion, self.drift = Settling(), Suspicion(), Drift()

    def obey(self, command: LearnerCommand) -> str:
        """Have the learner carry out a command; return why it cannot, "" if it was done."""
        why_not = self.learner.obey(command)
        if not why_not and isinstance(command, Accept):
            self.suspicion.accept(self.learner)
        return why_not

    def turned(self) -> None:
        """Something of the learner was changed by hand: its errors are another's for a while."""
        self.settling.turned()
        self.drift = Drift()

    def replace(self, learner: Learner, name: str) -> None:
        """Go on with another learner; what was usual of the old one's errors is forgotten, and
        the old one goes on under its `name`, to be compared."""
        self.former.begin(self.learner, name)
        self.undo.forget()
        self.learner = learner
        self._begin_anew()

    def fresh_learner(self) -> Learner:
        """Make a learner that knows nothing, by the parameters as they are now."""
        made = make_learner(self.info, self.params)
        made.rate_hz = self.rate.rate_hz
        return made

    def reset(self) -> None:
        """Forget all that was learned, the sense of the usual included; what was learned can be
        gone back to."""
        self.learner.reset()
        self.former.end()
        self._begin_anew()

    def bookmark(self) -> str:
        """Remember what is learned now; return why not, "" if it was done."""
        return self.undo.bookmark(self.learner, self.detector, self.time_s, self.info)

    def come_since(self, seconds: float | None) -> tuple[str, ...]:
        """Return the channels of which nothing was known then: they begin anew with `go_back`."""
        found, _ = self.undo.find(seconds, self.time_s)
        return self.info.channels[len(found.info.channels) :] if found else ()

    def go_back(self, seconds: float | None) -> str:
        """Have what was learned, and what is usual of the errors, be as it was so many seconds of
        stream ago, or at the bookmark with None; return why not, "" if it was done. All else
        stays: parameters, alarms, and what was taught by hand."""
        if not isinstance(self.learner, Reversible):
            return CANNOT
        found, why_not = self.undo.find(seconds, self.time_s)
        if found is None:
            return why_not
        learned, usual = found.learned, found.usual
        if found.info.channels != self.info.channels:  # those that came since then begin anew
            learned, usual = self._extended(found)
        self.learner.go_back(learned)
        if isinstance(self.detector, Reversible):
            self.detector.go_back(usual)
        self.undo.gone_to(found, seconds, self.time_s)
        self.turned()
        return ""

    def _extended(self, found: Copy) -> tuple[State, State]:
        """Return what was known when there were fewer channels, with room for the others."""
        info, made = replace(found.info, rate_hz=self.rate.rate_hz), []
        for part, known in (
            (make_learner(info, self.params), found.learned),
            (make_detector(info, self.params), found.usual),
        ):
            if isinstance(part, Reversible):
                part.go_back(known)
                part.extend(self.info)
            made.append(part.learned() if isinstance(part, Reversible) else {})
        return made[0], made[1]

    def _begin_anew(self) -> None:
        self.detector.reset()
        self.settling, self.suspicion, self.drift = Settling(), Suspicion(), Drift()

    def _score(self, step: Step) -> tuple[Scored, Detected]:
        scored = self.learner.score(step)
        return scored, self.detector.score(step, scored)

    def _weigh(self, step: Step, scored: Scored, detected: Detected) -> str:
        """Tell learner and detector how far to trust the step; return a sentence if there is
        news."""
        was = self.suspicion.normal
        news = self.suspicion.follow(
            self.learner, float(detected.rarity.max()), bool(detected.alarm[-1]),
            float(step.time_s[-1]), self._decisions(step),
            out=float(np.abs(np.nan_to_num(scored.deviation)).max(initial=0.0)),
        )  # fmt: skip
        self.detector.normal = self.suspicion.normal
        if self.suspicion.normal and not was:
            self.learner.quicken()
            self.drift = Drift()
        return news

    def _take_in(self, step: Step, scored: Scored, detected: Detected) -> dict[str, str]:
        """Let the detector learn from the step as far as its errors are usual ones; return what
        is to be told of a drift, {} if there is none."""
        loss, decisions = float(scored.loss.mean()), self._decisions(step)
        settled = self.settling.settled(loss, decisions)
        settled = settled and not (self.params.learner.frozen or self.suspicion.held)
        self.detector.learn(step, scored, detected, settled)
        # in an alarm a fault is likelier than drift; once it is normal it has been learned fast
        if not settled or detected.alarm[-1] or self.learner.holds:
            return {}
        found = self.drift.follow(loss, decisions)
        if not found:
            return {}
        self.learner.quicken()
        return dict(detector=found, message=DRIFTED)

    def _decisions(self, step: Step) -> float:
        return step.rows / self.detector.decision_rows

    def _tell_rate(self) -> None:
        self.learner.rate_hz = self.detector.rate_hz = self.former.rate_hz = self.rate.rate_hz
