"""When time is short: learning is skipped first, then whole steps go unscored."""

from __future__ import annotations

from collections import deque

SKIP_LEARNING_S = 0.025
LEAVE_UNSCORED_S = 0.030
SPARE_S = 0.010
"""With less to work off than this there is time for what nobody waits for."""
REMEMBERED = 32
"""Steps whose time is remembered; nothing is left out before so many of one size were timed."""


class Load:
    """Weigh the backlog: how long would it take to work it off?

    A backlog of `age_s` seconds of stream takes age x rate x cost per sample. While that stays
    under 25 ms, a hiccup is simply caught up with; beyond it updates are skipped, and when even
    scoring alone would take more than 30 ms, whole steps are left unscored. The backlog that
    piled up while the model was loading, and in the first slow steps, is no overload as long as
    it melts: at least half a second of it a second.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._score_s: deque[float] = deque(maxlen=REMEMBERED)
        self._learn_s: deque[float] = deque(maxlen=REMEMBERED)
        self._decode_s = 0.0
        self._began: tuple[float, float] | None = None

    def decoded(self, took_s: float, rows: int) -> None:
        """Take in what decoding `rows` samples took."""
        if rows:
            self._decode_s += 0.1 * (took_s / rows - self._decode_s)

    def spent(self, score_s: float, learn_s: float | None, rows: int) -> None:
        """Take in what a step of `rows` samples took: to score and hand over, and to learn,
        None if that was skipped."""
        if rows != self._rows:
            self._rows = rows
            self._score_s.clear()
            self._learn_s.clear()
        self._score_s.append(score_s / rows)
        if learn_s is not None:
            self._learn_s.append(learn_s / rows)

    def skip_learning(self, age_s: float, now_s: float, rate_hz: float | None) -> bool:
        """Say whether the next update must be left out, `age_s` behind at `now_s` (steady)."""
        cost_s = self._decode_s + _mean(self._score_s) + _mean(self._learn_s)
        return self._late(age_s, now_s, rate_hz, cost_s, SKIP_LEARNING_S)

    def leave_unscored(self, age_s: float, now_s: float, rate_hz: float | None) -> bool:
        """Say whether the next steps must go unscored."""
        cost_s = self._decode_s + _mean(self._score_s)
        return self._late(age_s, now_s, rate_hz, cost_s, LEAVE_UNSCORED_S)

    def spare(self, age_s: float, rate_hz: float | None) -> bool:
        """Say whether there is time for what nobody waits for."""
        cost_s = self._decode_s + _mean(self._score_s) + _mean(self._learn_s)
        return age_s * (rate_hz * cost_s if rate_hz else 1.0) < SPARE_S

    def _late(
        self, age_s: float, now_s: float, rate_hz: float | None, cost_s: float, limit_s: float
    ) -> bool:
        if rate_hz is None or len(self._score_s) < REMEMBERED:
            return False
        if self._began is None:
            self._began = now_s, age_s
        began_s, backlog_s = self._began
        if age_s < limit_s or age_s <= backlog_s - 0.5 * (now_s - began_s):
            return False
        return age_s * rate_hz * cost_s > limit_s


def _mean(taken_s: deque[float]) -> float:
    return sum(taken_s) / len(taken_s) if taken_s else 0.0
