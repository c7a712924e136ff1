"""What a computer keeps up with, in a sentence, as the load is turned up and down."""

from __future__ import annotations

from driftscope.core.health import Health

LOOK_S, AGAIN_S = 3.0, 20.0
"""How long is counted before something is said; the same is said again after 20 s."""
TRIFLE = 0.02
"""A smaller share that was left out is no overload."""


class KeepingUp:
    """Watch what was left out at each load that was asked for. One thread only."""

    def __init__(self) -> None:
        self._asked: tuple[float, int] | None = None
        self._counts: dict[str, int] = {}
        self._since_s = 0.0
        self._kept_hz: dict[int, float] = {}
        """The highest rate that was kept up with, by the number of channels."""
        self._said = ""
        self._said_s = -AGAIN_S

    def text(self, health: Health, asked: tuple[float, int], now_s: float) -> str:
        """Return what there is to say at `now_s` of the steady clock, "" most of the times.

        `asked` is how many samples a second of how many channels are given out now.
        """
        counts = dict(
            samples=health.samples, dropped=health.dropped, unscored=health.unscored,
            skipped=health.skipped_updates, updates=health.updates,
        )  # fmt: skip
        if asked != self._asked or not health.updates + health.skipped_updates:
            self._asked, self._counts, self._since_s = asked, counts, now_s
            return ""
        lasted_s = now_s - self._since_s
        if lasted_s < LOOK_S:
            return ""
        grown = {name: counts[name] - self._counts[name] for name in counts}
        self._counts, self._since_s = counts, now_s
        text = self._judge(grown, lasted_s)
        if text == self._said and now_s - self._said_s < AGAIN_S:
            return ""
        self._said, self._said_s = text, now_s
        return text

    def _judge(self, grown: dict[str, int], lasted_s: float) -> str:
        assert self._asked is not None
        asked_hz, channels = self._asked
        came_hz = (grown["samples"] + grown["dropped"]) / lasted_s
        what = f"{_round(asked_hz)} samples/s of {channels} channel{'s' * (channels != 1)}"
        lost = _share(grown["dropped"], grown["samples"])
        unscored = _share(grown["unscored"], grown["samples"] - grown["unscored"])
        skipped = _share(grown["skipped"], grown["updates"])
        told = [
            text
            for share, text in (
                (skipped, f"{skipped:.0%} of the updates are skipped"),
                (unscored, f"{unscored:.0%} of the samples go unscored"),
                (lost, f"{lost:.0%} of the samples are lost"),
            )
            if share > TRIFLE
        ]
        if not told and came_hz < 0.9 * asked_hz:
            return f"At {what} only {_round(came_hz)} can be made: that is the source's own limit."
        if not told:
            self._kept_hz[channels] = max(asked_hz, self._kept_hz.get(channels, 0.0))
            return f"Keeps up with {what}: all are judged and learned."
        kept_hz = self._kept_hz.get(channels, 0.0)
        before = f"Keeps up with {_round(kept_hz)} samples/s; at" if kept_hz else "At"
        return f"{before} {what} {' and '.join(told)}."


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part else 0.0


def _round(number: float) -> str:
    """Return a rate with two or three digits, as 84,000."""
    digits = max(0, len(str(int(number))) - 2)
    return f"{round(number, -digits):,.0f}"
