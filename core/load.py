"""When time is short: learning is skipped first, then whole steps go unscored."""

from __future__ import annotations

from collections import deque

SKIP_LEARNING_S = 0.025
LEAVE_UNSCORED_S = 0.060
STARTING_S = 2.0
REMEMBERED = 15
"""Steps whose time is remembered. Their median counts: the first ones take many times as long."""


class Load:
    """Weigh the backlog: how long would it take to work it off?

    A backlog of `age_s` seconds of stream takes age x rate x cost per sample. While that stays
    under 25 ms, a hiccup is simply caught up with; beyond it updates are skipped, and when even
    scoring alone would take more than 60 ms, whole steps are left unscored. The backlog that
    piled up while the model was loading is no overload: until it has been worked off once, it
    may take two seconds.
    """

    def __init__(self) -> None:
        self._score_s: deque[float] = deque(maxlen=REMEMBERED)
        self._learn_s: deque[float] = deque(maxlen=REMEMBERED)
        self._caught_up = False

    @property
    def score_s(self) -> float:
        """Return what scoring one sample usually takes."""
        return _median(self._score_s)

    @property
    def learn_s(self) -> float:
        """Return what learning one sample usually takes."""
        return _median(self._learn_s)

    def spent(self, score_s: float, learn_s: float | None, rows: int) -> None:
        """Take in what a step of `rows` samples took; learn_s None if it was skipped."""
        self._score_s.append(score_s / rows)
        if learn_s is not None:
            self._learn_s.append(learn_s / rows)

    def skip_learning(self, age_s: float, rate_hz: float | None) -> bool:
        """Say whether the next update must be left out."""
        if age_s < SKIP_LEARNING_S:
            # a fast stream falls behind at once while its rate is not known yet
            self._caught_up |= rate_hz is not None and len(self._score_s) == REMEMBERED
            return False
        work_s = age_s * (rate_hz or 0.0) * (self.score_s + self.learn_s)
        return work_s > (SKIP_LEARNING_S if self._caught_up else STARTING_S)

    def leave_unscored(self, age_s: float, rate_hz: float | None) -> bool:
        """Say whether the next steps must go unscored."""
        limit_s = LEAVE_UNSCORED_S if self._caught_up else STARTING_S
        return age_s > limit_s and age_s * (rate_hz or 0.0) * self.score_s > limit_s


def _median(taken_s: deque[float]) -> float:
    return sorted(taken_s)[len(taken_s) // 2] if len(taken_s) == REMEMBERED else 0.0
