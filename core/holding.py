"""While an alarm lasts, what is unusual is not to be learned; after a while it is the new usual."""

from __future__ import annotations

from driftscope.core.interfaces import Learner, State

MOST_S = 60.0
"""An alarm that lasts longer than this, in stream time, is taken for a new normal."""
REASON = "an alarm lasts"


class Holding:
    """Hold a learner while an alarm lasts, and let it go in the end. One stream's."""

    def __init__(self) -> None:
        self.held = False
        self._since_s: float | None = None
        self._accepted = False

    def accept(self, learner: Learner) -> None:
        """Let go now, and do not hold again while this alarm lasts: what is seen is normal."""
        self._accepted = True
        self._hold(learner, False)

    def follow(self, learner: Learner, alarm: bool, time_s: float) -> str:
        """Take in whether an alarm lasts at `time_s`; return a sentence if there is news."""
        if not alarm:
            self._since_s, self._accepted = None, False
            self._hold(learner, False)
        elif self._since_s is None:
            self._since_s = time_s
            self._hold(learner, not self._accepted)
        elif self.held and time_s - self._since_s >= MOST_S:
            self._hold(learner, False)
            return f"The alarm has lasted {MOST_S:.0f} s: this is taken for normal and learned."
        return ""

    def _hold(self, learner: Learner, held: bool) -> None:
        if held != self.held:
            self.held = held
            learner.hold(REASON if held else "")

    def state_dict(self) -> State:
        return dict(self.__dict__)

    def load_state_dict(self, state: State, learner: Learner) -> None:
        self.__dict__.update(state)
        learner.hold(REASON if self.held else "")
