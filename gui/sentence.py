"""Say in one plain sentence what is going on now. Pure functions of the session's state: no Qt."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Literal

from driftscope.core.health import Health
from driftscope.core.stream import Alarm, Clock, Event
from driftscope.gui import words
from driftscope.gui.watched import Watched

Phase = Literal[
    "nothing", "loading", "connecting", "waiting", "warming up", "learning", "held", "frozen",
    "lost", "released", "ended", "failed",
]  # fmt: skip
IN_SHORT: dict[Phase, str] = {
    "lost": "Link lost.", "released": "Port released.", "ended": "At its end.",
    "failed": "Not connected.",
}  # fmt: skip
LEARNING = ("learning", "held", "frozen")
LEARNS = ("warming up", *LEARNING)
"""The phases in which samples come in and are looked at."""
OFTEN_S, NOTE_S = 5.0, 8.0
IN_TIME = f" in the last {OFTEN_S:.0f} s."
TRIFLE = 0.05
"""Updates left out are worth a word if they are more than this share."""
SILENT_S, SILENT_PERIODS = 3.0, 10.0
"""A device is silent after so long, or so many of its periods if that is longer."""
UNREAD_BYTES = 500
TRY_BAUD = "try another baud rate, or look at what the device prints."
PLAIN_NAMES = {"last value": "same as before", "running mean": "same as the average"}


def phase(session: Watched) -> Phase:
    """Return what the session is doing, in one word."""
    link = session.health.link
    if not session.address:
        return "nothing"
    if link in ("lost", "released", "ended", "failed"):
        return link
    if session.info is not None:
        told = session.health.state
        return "warming up" if told not in LEARNING else told  # type: ignore[return-value]  # it is one of LEARNING, which are phases
    if session.health.state == "loading":
        return "loading"
    return "waiting" if link == "live" else "connecting"


class Strain:
    """Watch over the last seconds what could not be kept up with. One a session; any thread."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, dict[str, int]]] = deque()

    def text(self, health: Health, now_s: float) -> str:
        """Return what was lost or left out in the last 5 s as a sentence, "" if nothing was."""
        counts = dict(
            dropped=health.dropped, unscored=health.unscored,
            skipped=health.skipped_updates, updates=health.updates,
            rejected=health.rejected, samples=health.samples, bytes=health.bytes,
            empty=health.empty,
        )  # fmt: skip
        seen = self._seen
        if seen and any(counts[name] < seen[-1][1][name] for name in counts):
            seen.clear()  # a new connection counts from zero
        seen.append((now_s, counts))
        while now_s - seen[0][0] > OFTEN_S:
            seen.popleft()
        grown = {name: counts[name] - seen[0][1][name] for name in counts}
        unread = grown["bytes"] > UNREAD_BYTES and not grown["samples"]
        if unread or grown["rejected"] > max(3, grown["samples"]):
            return f"Most of what arrives is not numbers{_last_line(health)}: {TRY_BAUD}"
        if grown["empty"] == grown["samples"] > 0:
            return "Every value that arrives is missing (nan or empty): look at the sensor."
        if grown["dropped"]:
            return f"Overloaded: {_lately(grown['dropped'], 'sample')} lost{IN_TIME}"
        if grown["unscored"]:
            many = _lately(grown["unscored"], "sample")
            return f"Overloaded: {many} neither scored nor learned{IN_TIME}"
        due = grown["skipped"] + grown["updates"]
        if grown["skipped"] > TRIFLE * due and health.state not in ("frozen", "held"):
            many = _lately(grown["skipped"], "update")
            return f"Overloaded: {many} left out{IN_TIME}"
        return ""


class News:
    """Watch for notes of the core that deserve a while in the sentence. One a session."""

    def __init__(self) -> None:
        self._last: Event | None = None
        self._since_s = -math.inf

    def text(self, marks: list[Event], now_s: float) -> str:
        """Return the last note if it came less than 8 s ago, else ""."""
        last = next((m for m in reversed(marks[-20:]) if m.kind in ("note", "restored")), None)
        if last is not self._last:
            self._last, self._since_s = last, now_s
        if last is None or now_s - self._since_s > NOTE_S:
            return ""
        if last.kind == "restored":
            reason = str(last.data.get("reason", "it had gone astray")).rstrip(".")
            return (
                f"The model was set back to a sound state: {reason}. If that happens again, turn "
                "the learning rate down."
            )
        return str(last.data.get("message", ""))


def sentence(
    session: Watched, strain: str = "", news: str = "", now_s: float = math.nan, brief: bool = False
) -> str:
    """Return what is happening now, for a person who looks up from the bench.

    `strain` and `news` are what `Strain.text` and `News.text` said, `now_s` is of the steady
    clock. With `brief` what stands large elsewhere is said in two words.
    """
    now = phase(session)
    doing = (brief and IN_SHORT.get(now)) or state_words(session, now_s)
    if TRY_BAUD in doing:
        strain = ""
    if "baud" in doing + strain and "baud" in news:  # one advice is enough
        news = ""
    parts = [doing, strain, news]
    if session.info is not None and now not in ("nothing", "failed"):
        parts.append(alarm_words(session))
    if session.paused and now not in ("nothing", "ended", "failed"):
        parts.append("The view is paused; the work goes on.")
    return " ".join(part for part in parts if part)


def state_words(session: Watched, now_s: float = math.nan) -> str:
    """Return what the session is doing; `now_s` is of the steady clock."""
    now_s = time.monotonic() if math.isnan(now_s) else now_s
    now = phase(session)
    health, name = session.health, session.source_name or session.address
    since = words.duration(now_s - health.link_since_s)
    said = health.link_message.rstrip(". ")
    match now:
        case "nothing":
            return "Nothing is connected."
        case "loading":
            return "Loading the model; this takes a second or two."
        case "connecting":
            return f"Connecting to {name}."
        case "waiting":
            return f"Connected to {name}; {_what_came(session, now_s)}"
        case "warming up" | "learning" | "held" | "frozen" if _silent(session, now_s):
            quiet = words.duration(health.silent_s(now_s))
            return f"Nothing readable has come from {name} for {quiet}; it is waited for."
        case "warming up":
            samples = words.plural(health.samples, "sample")
            since = words.stretch(health.stream_s, _clock(session))
            return f"Warming up: {samples} in {since}, the first predictions come soon."
        case "learning":
            return f"Learning. {skill_words(health)}".rstrip()
        case "held":
            return "Held: the signal is unusual, so it is watched but not learned."
        case "frozen":
            return f"Frozen: it predicts but learns nothing. {skill_words(health)}".rstrip()
        case "lost":
            return lost_words(health, name, now_s)
        case "released":
            return f"The port has been released for other programs for {since}."
        case "ended":
            lasted = "" if _clock(session) == "rows" else f"{words.duration(health.stream_s)} and "
            return f"{name} has ended after {lasted}{words.plural(health.samples, 'sample')}."
        case _:
            return f"{said or 'The source could not be read'}."


def lost_words(health: Health, name: str, now_s: float) -> str:
    """Return since when the link is lost and when it is tried again."""
    text = f"The link to {name} has been lost for {words.duration(now_s - health.link_since_s)}"
    if health.next_try_s is None:
        return f"{text}. It is tried again by itself."
    wait_s = max(health.next_try_s - now_s, 0.0)
    return f"{text}; the next try is {'now' if wait_s < 0.5 else f'in {wait_s:.0f} s'}."


def skill_words(health: Health) -> str:
    """Return how much better the forecast is than the best plain baseline; "" if unknown."""
    skill, (_, baselines) = health.recent.skill(), health.recent.means()
    if 0.0 in baselines.values():
        return "The signal stands still."
    if not math.isfinite(skill):
        return ""
    best = min(baselines, key=lambda name: baselines[name]).replace("_", " ")
    plain = PLAIN_NAMES.get(best, best)
    percent = round(100 * abs(skill))
    if percent == 0:
        return f"The forecast is as good as “{plain}”."
    if skill > 0:
        return f"The forecast beats “{plain}” by {percent} %."
    if skill < -1:
        return f"The forecast is {words.rounded(1 - skill)} times worse than “{plain}” so far."
    return f"The forecast is {percent} % worse than “{plain}” so far."


def alarm_words(session: Watched) -> str:
    """Return what was unusual in the last minute of the stream; "" if nothing was."""
    now_s = session.health.last_time_s
    recent: list[Alarm] = []
    for alarm in reversed(session.alarms.values()):
        if alarm.end_s < now_s - 60 and alarm.end is not None:
            break
        recent.append(alarm)
    if not recent:
        return ""
    last = recent[0]
    length = words.stretch(ended_s(last, now_s) - last.start_s, _clock(session))
    what = f"{channels(last)} for {length}"
    lately = "in the last 60 rows" if _clock(session) == "rows" else "in the last minute"
    if last.end is None:
        return f"Alarm now: {what}, {words.rarity(last.rarity)}."
    if len(recent) == 1:
        return f"One alarm {lately}: {what}, {words.rarity(last.rarity)}."
    return f"{len(recent)} alarms {lately}, the last: {what}."


def _clock(session: Watched) -> Clock:
    return session.info.clock if session.info else "elapsed"


def ended_s(alarm: Alarm, now_s: float) -> float:
    """Return when an alarm ended, or how far it has come; `now_s` is the newest sample's time."""
    return max(alarm.end_s, now_s) if alarm.end is None else alarm.end_s


def channels(alarm: Alarm, most: int = 3) -> str:
    """Return the channels responsible for an alarm, those with a tenth of the blame or more."""
    names = [name for name, share in alarm.channels.items() if share >= 0.1]
    names = names or list(alarm.channels)[:1]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(words.shortened(name, 24) for name in names[:most]) + more


def _what_came(session: Watched, now_s: float) -> str:
    health = session.health
    if health.bytes:
        advice = TRY_BAUD if session.can_release() else "look at what the program prints."
        return f"no numbers have come yet{_last_line(health)}: {advice}"
    if now_s - health.link_since_s < SILENT_S:
        return "it has sent nothing yet."
    return "it has sent nothing yet: look whether its program runs and prints lines of numbers."


def _last_line(health: Health) -> str:
    last = words.shortened(health.rejects[-1][0], 24) if health.rejects else ""
    return f" (last line: ‘{last}’)" if last else ""


def _silent(session: Watched, now_s: float) -> bool:
    """Say whether a device that gave samples has not done so for longer than it should."""
    health = session.health
    limit_s = max(SILENT_S, SILENT_PERIODS / (health.rate_hz or math.inf))
    return session.can_release() and health.silent_s(now_s) > limit_s


def _lately(count: int, what: str) -> str:
    return f"{words.plural(count, what)} {'was' if count == 1 else 'were'}"
