"""What is known of one stream: its learner and detector, and how to change one's mind."""

from __future__ import annotations

from driftscope.core.clock import RateEstimate
from driftscope.core.former import Former
from driftscope.core.holding import Holding
from driftscope.core.interfaces import Learner
from driftscope.core.params import ParamSet
from driftscope.core.parts import make_detector, make_learner
from driftscope.core.settling import Settling
from driftscope.core.stream import Detected, Scored, Step, StreamInfo
from driftscope.core.teaching import Accept, LearnerCommand
from driftscope.core.undo import Undo


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
        self.settling, self._holding = Settling(), Holding()

    def obey(self, command: LearnerCommand) -> str:
        """Have the learner carry out a command; return why it cannot, "" if it was done."""
        why_not = self.learner.obey(command)
        if not why_not and isinstance(command, Accept):
            self._holding.accept(self.learner)
        return why_not

    def turned(self) -> None:
        """A parameter of the learner was turned: its errors are another's for a while."""
        self.settling.turned()

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

    def go_back(self, seconds: float | None) -> str:
        """Have what was learned be as it was so many seconds of stream ago, or at the bookmark
        with None; return why not, "" if it was done. All else stays: what is usual of the
        errors, parameters, and what was taught by hand."""
        why_not = self.undo.go_back(self.learner, seconds, self.time_s)
        if not why_not:
            self.settling.turned()
        return why_not

    def _begin_anew(self) -> None:
        self.detector.reset()
        self.settling, self._holding = Settling(), Holding()

    def _score(self, step: Step) -> tuple[Scored, Detected]:
        scored = self.learner.score(step)
        return scored, self.detector.score(step, scored)

    def _tell_rate(self) -> None:
        self.learner.rate_hz = self.detector.rate_hz = self.former.rate_hz = self.rate.rate_hz
