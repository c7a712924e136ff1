"""An alarm's life: it starts at a decision, may peak higher, and ends at a later one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

import numpy as np

from driftscope.core.interfaces import State
from driftscope.core.stream import F64, Alarm, StreamInfo

SHARES_FROM = 0.5
"""A channel with less than this part of the worst channel's score is not held responsible."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Hold what one decision said, taken with row `seq`; `before_s` is the row before's time."""

    seq: int
    time_s: float
    before_s: float
    rarity: float = 0.0
    channel_score: F64 = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True)
class AlarmLife:
    """Hold where a stream stands with its alarms. Never changed: each verb returns the next.

    `number` alarms have begun so far, `open` is the one that lasts, and for `rest` more
    decisions none may begin.
    """

    number: int = 0
    open: Alarm | None = None
    rest: int = 0

    def decide(
        self, info: StreamInfo, decision: Decision, threshold: float, refractory: int
    ) -> tuple[AlarmLife, Alarm | None]:
        """Take a decision in; return the life after it and the alarm it began, raised or ended.

        An alarm begins on the deciding row and ends on the row before the first decision that
        is not above the threshold. The refractory period counts decisions from the end.
        """
        hot = decision.rarity > threshold
        if self.open is not None:
            if not hot:
                return self.end(decision.seq - 1, decision.before_s, refractory)
            if decision.rarity <= self.open.rarity:
                return self, None
            risen = replace(
                self.open,
                peak=decision.seq,
                end_s=decision.time_s,
                channels=responsible(info.channels, decision.channel_score),
                rarity=decision.rarity,
            )
            return replace(self, open=risen), risen
        if self.rest:
            return replace(self, rest=self.rest - 1), None
        if not hot:
            return self, None
        begun = Alarm(
            self.number + 1, info.key, decision.seq, decision.seq, None,
            decision.time_s, decision.time_s,
            responsible(info.channels, decision.channel_score), decision.rarity,
        )  # fmt: skip
        return AlarmLife(self.number + 1, begun), begun

    def end(self, seq: int, time_s: float, refractory: int) -> tuple[AlarmLife, Alarm | None]:
        """End the open alarm, if there is one, with row `seq`."""
        if self.open is None:
            return self, None
        ended = replace(self.open, end=seq, end_s=time_s)
        return AlarmLife(self.number, None, refractory), ended

    def state_dict(self) -> State:
        return dict(
            number=self.number, rest=self.rest, open=asdict(self.open) if self.open else None
        )

    @classmethod
    def from_state(cls, state: State) -> AlarmLife:
        return cls(
            state["number"], Alarm(**state["open"]) if state["open"] else None, state["rest"]
        )


def responsible(channels: tuple[str, ...], channel_score: F64) -> dict[str, float]:
    """Share the blame among the channels that stand out, largest first, adding up to 1."""
    worst = float(channel_score.max(initial=0.0))
    if worst <= 0:
        return {}
    order = (-channel_score).argsort(kind="stable")
    out = [int(c) for c in order if channel_score[c] >= SHARES_FROM * worst]
    total = float(channel_score[out].sum())
    return {channels[c]: float(channel_score[c]) / total for c in out}
