"""What is suspicious is hardly learned from; what has stayed so for long is the new normal."""

from __future__ import annotations

from driftscope.core.interfaces import Detector, Learner, State

SUSPECT = 2.0
"""Rarity from which on a decision is suspicious: 1 in 100."""
LEAST = 0.5
"""Trust never falls below this: no decision alone, however rare, may stop the learning."""
RECOVERY = 10.0
"""Decisions in which trust grows from 0 to 1 again."""
LONG_S, LONG_DECISIONS = 600.0, 10.0
"""An alarm that has lasted for both is a new normal. The minutes are for whoever has to see to a
fault before it is learned; the decisions tell a state from an event where one takes an hour."""
HELD_S = 60.0
"""In place of both where nothing at all is learned meanwhile."""
WILD, UNJUDGED = 20.0, 0.01
"""A step with a value so many deviations out is hardly trusted until a decision has judged it."""
REASON = "an alarm lasts"


class Suspicion:
    """Say how far each step may be trusted, and when an alarm has become the normal. One stream's.

    Behind a decision of tail probability p trust is at most p / 0.01, and comes back slowly. A
    learner that `holds` learns nothing while an alarm lasts. A new normal is learned fully, and
    calibrated from, until its alarm ends.
    """

    def __init__(self) -> None:
        self.trust = 1.0
        self.held = False
        self._behind = 1.0
        """What trust is but for a wild value."""
        self.normal = False
        """True while what the open alarm is about is taken for normal."""
        self._since_s: float | None = None
        self._decisions = self._wild = 0.0

    def accept(self, learner: Learner) -> None:
        """Trust what is seen, and do not doubt it again while this alarm lasts."""
        self.normal, self.trust, self._behind = True, 1.0, 1.0
        self._tell(learner, False)

    def follow(
        self, learner: Learner, rarity: float, alarm: bool, time_s: float, decisions: float,
        *, out: float = 0.0,
    ) -> str:  # fmt: skip
        """Take in the highest rarity in a step, whether an alarm lasts at its end `time_s`, and
        how many decisions it covers; tell the learner. `out` is how many deviations its furthest
        value is out. Return a sentence if there is news."""
        news = ""
        if not alarm:
            self._since_s, self._decisions, self.normal = None, 0.0, False
        elif self._since_s is None:
            self._since_s = time_s
        else:
            self._decisions += decisions
            lasted_s = time_s - self._since_s
            if not self.normal and self._long(lasted_s, learner.holds):
                self.normal = True
                long = f"{lasted_s:.0f} s" if lasted_s < 120 else f"{lasted_s / 60:,.0f} min"
                news = f"The alarm has lasted {long}: this is taken for normal and learned."
        most = min(1.0, 10.0 ** (SUSPECT - rarity))
        slowly = max(LEAST, min(most, self._behind + decisions / RECOVERY))
        self._behind = 1.0 if self.normal else slowly
        if out > WILD and self._wild < 1.0:
            self._wild, self.trust = self._wild + decisions, UNJUDGED
        else:
            self._wild, self.trust = max(0.0, self._wild - decisions / RECOVERY), self._behind
        self._tell(learner, alarm and not self.normal)
        return news

    def _long(self, lasted_s: float, holds: bool) -> bool:
        if holds:
            return lasted_s >= HELD_S
        return lasted_s >= LONG_S and self._decisions >= LONG_DECISIONS

    def _tell(self, learner: Learner, held: bool) -> None:
        learner.trust = self.trust
        if learner.holds and held != self.held:
            self.held = held
            learner.hold(REASON if held else "")

    def state_dict(self) -> State:
        return dict(self.__dict__)

    def load_state_dict(self, state: State, learner: Learner, detector: Detector) -> None:
        self.__dict__.update(state)
        learner.trust, detector.normal = self.trust, self.normal
        learner.hold(REASON if self.held else "")
