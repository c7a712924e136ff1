"""What happened lately and is worth a while in the sentence. No Qt."""

from __future__ import annotations

import math
from collections import deque

from driftscope.core.health import Health
from driftscope.core.stream import Event
from driftscope.gui import words

OFTEN_S, NOTE_S = 5.0, 8.0
IN_TIME = f" in the last {OFTEN_S:.0f} s."
TRIFLE = 0.05
"""Updates and pictures left out are worth a word if they are more than this share."""
UNREAD_BYTES = 500
TRY_BAUD = "try another baud rate or text format, or look at what the device prints."


class Strain:
    """Watch over the last seconds what could not be kept up with. One a session; any thread."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, dict[str, int]]] = deque()

    def text(self, health: Health, now_s: float) -> str:
        """Return what was lost or left out in the last 5 s as a sentence, "" if nothing was."""
        counts = dict(
            dropped=health.dropped, unscored=health.unscored,
            skipped=health.skipped_updates, updates=health.updates,
            rejected=health.rejected - health.rejected_partly, samples=health.samples,
            bytes=health.bytes, empty=health.empty, missed=health.missed,
        )  # fmt: skip
        seen = self._seen
        if seen and any(counts[name] < seen[-1][1][name] for name in counts):
            seen.clear()  # another connection counts from zero
        seen.append((now_s, counts))
        while now_s - seen[0][0] > OFTEN_S:
            seen.popleft()
        grown = {name: counts[name] - seen[0][1][name] for name in counts}
        pictures = health.info is not None and health.info.pictures
        return _pictures_lost(grown, health) if pictures else _samples_lost(grown, health)


class News:
    """Watch for notes of the core that deserve a while in the sentence. One a session.

    What the window itself has to say goes through `say`.
    """

    def __init__(self) -> None:
        self._last: Event | None = None
        self._since_s = -math.inf
        self._said = ""
        self._said_s = -math.inf

    def say(self, text: str, now_s: float) -> None:
        """Have a sentence of the window's own told for a while."""
        self._said, self._said_s = text, now_s

    def text(self, marks: list[Event], now_s: float) -> str:
        """Return the last note if it came less than 8 s ago, else ""."""
        last = next((m for m in reversed(marks[-20:]) if m.kind in ("note", "restored")), None)
        if last is not self._last:
            self._last, self._since_s = last, now_s
        if now_s - self._said_s <= NOTE_S and self._said_s >= self._since_s:
            return self._said
        if last is None or now_s - self._since_s > NOTE_S:
            return ""
        if last.kind == "restored":
            reason = str(last.data.get("reason", "it had gone astray")).rstrip(".")
            return (
                f"The model was set back to a sound state: {reason}. If that happens again, turn "
                "the learning rate down."
            )
        return str(last.data.get("message", ""))


def last_line(health: Health) -> str:
    """Return the last rejected line in brackets, "" if there is none."""
    last = words.shortened(health.rejects[-1][0], 24) if health.rejects else ""
    return f" (last line: ‘{last}’)" if last else ""


def _samples_lost(grown: dict[str, int], health: Health) -> str:
    unread = grown["bytes"] > UNREAD_BYTES and not grown["samples"]
    if unread or grown["rejected"] > max(3, grown["samples"]):
        return f"Most of what arrives is not numbers{last_line(health)}: {TRY_BAUD}"
    if grown["empty"] == grown["samples"] > 0:
        return "Every value that arrives is missing (nan or empty): look at the sensor."
    return _overload(grown, health, "sample")


def _pictures_lost(grown: dict[str, int], health: Health) -> str:
    if grown["rejected"]:
        last = f", the last: {health.rejects[-1][1]}" if health.rejects else ""
        return f"{_lately(grown['rejected'], 'picture')} damaged{IN_TIME[:-1]}{last}."
    late = _overload(grown, health, "picture")
    if late:
        return late
    if grown["missed"] > TRIFLE * (grown["missed"] + grown["samples"]):
        many = words.plural(grown["missed"], "picture")
        return f"{many} left out{IN_TIME[:-1]}: the newest is always taken."
    return ""


def _overload(grown: dict[str, int], health: Health, what: str) -> str:
    if grown["dropped"]:
        return f"Overloaded: {_lately(grown['dropped'], what)} lost{IN_TIME}"
    if grown["unscored"]:
        many = _lately(grown["unscored"], what)
        return f"Overloaded: {many} neither scored nor learned{IN_TIME}"
    due = grown["skipped"] + grown["updates"]
    if grown["skipped"] > TRIFLE * due and health.state not in ("frozen", "held"):
        many = _lately(grown["skipped"], "update")
        return f"Overloaded: {many} left out{IN_TIME}"
    return ""


def _lately(count: int, what: str) -> str:
    return f"{words.plural(count, what)} {'was' if count == 1 else 'were'}"
