"""Say in one plain sentence what is going on now. Pure functions of the session's state: no Qt."""

from __future__ import annotations

import math
import time
from typing import Literal

from driftscope.core.decoders._formats import FORMATS
from driftscope.core.health import Health
from driftscope.core.stream import Alarm, Clock, StreamInfo
from driftscope.gui import words
from driftscope.gui.grade_words import label_words
from driftscope.gui.news import TRY_BAUD, last_line
from driftscope.gui.watched import Connected, Watched

Phase = Literal[
    "nothing", "loading", "connecting", "waiting", "warming up", "learning", "held", "frozen",
    "stalled", "lost", "released", "ended", "failed",
]  # fmt: skip
IN_SHORT: dict[Phase, str] = {
    "stalled": "Stalled.", "lost": "Link lost.", "released": "Released.", "ended": "At its end.",
    "failed": "Not connected.",
}  # fmt: skip
LEARNING = ("learning", "held", "frozen")
LEARNS = ("warming up", *LEARNING)
"""The phases in which samples come in and are looked at."""
SILENT_S, SILENT_PERIODS = 3.0, 10.0
"""A device is silent after so long, or so many of its periods if that is longer."""
PLAIN_NAMES = {"last value": "same as before", "running mean": "same as the average"}


def phase(session: Connected) -> Phase:
    """Return what goes on with a source, or the one that is shown, in one word."""
    link = session.health.link
    if not session.address:
        return "nothing"
    if link in ("stalled", "lost", "released", "ended", "failed"):
        return link
    if session.info is not None:
        told = session.health.state
        return "warming up" if told not in LEARNING else told  # type: ignore[return-value]  # it is one of LEARNING, which are phases
    if session.health.state == "loading":
        return "loading"
    return "waiting" if link == "live" else "connecting"


def sentence(
    session: Watched, strain: str = "", news: str = "", now_s: float = math.nan, brief: bool = False
) -> str:
    """Return what is happening now, for a person who looks up from the bench.

    `strain` and `news` are what `Strain.text` and `News.text` said, `now_s` is of the steady
    clock. With `brief` what stands large elsewhere is said in two words.
    """
    now = phase(session)
    short = "Stopped." if now == "ended" and stopped(session) else IN_SHORT.get(now)
    doing = (brief and short) or state_words(session, now_s)
    if TRY_BAUD in doing or (now == "waiting" and TRY_BAUD in strain):
        strain = ""
    if "baud" in doing + strain and "baud" in news:  # one advice is enough
        news = ""
    parts = [doing, strain, news]
    if session.info is not None and now not in ("nothing", "failed"):
        parts.append(alarm_words(session))
    parts += [away_words(each) for each in session.sources if each.address != session.address]
    if session.paused and now not in ("nothing", "ended", "failed"):
        parts.append("The view is paused; the work goes on.")
    return " ".join(part for part in parts if part)


def state_words(session: Connected, now_s: float = math.nan) -> str:
    """Return what goes on with a source; `now_s` is of the steady clock."""
    now_s = time.monotonic() if math.isnan(now_s) else now_s
    now = phase(session)
    health, name = session.health, session.source_name or session.address
    what = sample_word(session)
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
            none = "No picture" if what == "picture" else "Nothing readable"
            return f"{none} has come from {name} for {quiet}; it is waited for."
        case "warming up":
            many = words.plural(health.samples, what)
            since = words.stretch(health.stream_s, _clock(session))
            soon = "predictions come again" if health.updates else "the first predictions come"
            if what == "picture":
                soon = "what is usual is found out"
            return f"Warming up: {many} in {since}, {soon} soon."
        case "learning":
            return f"Learning. {skill_words(session)}".rstrip()
        case "held":
            seen = "picture" if what == "picture" else "signal"
            return f"Held: the {seen} is unusual, so it is watched but not learned."
        case "frozen":
            does = "judges" if what == "picture" else "predicts"
            return f"Frozen: it {does} but learns nothing. {skill_words(session)}".rstrip()
        case "stalled":
            return stalled_words(health, name, what, now_s)
        case "lost":
            return lost_words(health, name, now_s)
        case "released":
            thing = "camera" if what == "picture" else "port"
            return f"The {thing} has been released for other programs for {since}."
        case "ended":
            lasted = "" if _clock(session) == "rows" else f"{words.duration(health.stream_s)} and "
            how = "was stopped" if stopped(session) else "has ended"
            return f"{name} {how} after {lasted}{words.plural(health.samples, what)}."
        case _:
            return f"{said or 'The source could not be read'}."


def stopped(session: Connected) -> bool:
    """Say whether a file that is read no more was left before its end."""
    part = session.health.progress
    return part is not None and part < 1


def sample_word(session: Connected) -> str:
    """Return what one sample of a source is called: a picture, or just a sample."""
    return "picture" if session.pictures else "sample"


def stalled_words(health: Health, name: str, what: str, now_s: float) -> str:
    """Return for how long a live source has given nothing, and when it is opened anew."""
    quiet = words.duration(max(health.silent_s(now_s), now_s - health.link_since_s))
    return f"No {what} has come from {name} for {quiet}{_next_try(health, now_s)}"


def lost_words(health: Health, name: str, now_s: float) -> str:
    """Return since when the link is lost and when it is tried again."""
    since = words.duration(now_s - health.link_since_s)
    return f"The link to {name} has been lost for {since}{_next_try(health, now_s)}"


def away_words(other: Connected) -> str:
    """Return what is wrong with a source that is not shown; "" if nothing is."""
    name = words.shortened(other.source_name or other.address, 32)
    match phase(other):
        case "stalled":
            return f"{name}: nothing comes."
        case "lost":
            return f"{name}: the link is lost."
        case "failed":
            return f"{name}: {other.health.link_message.rstrip('. ') or 'it could not be read'}."
        case _:
            return ""


def skill_words(session: Connected) -> str:
    """Return how well it is learned, beside the best plain way; "" if unknown."""
    health = session.health
    skill, (_, baselines) = health.recent.skill(), health.recent.means()
    if session.pictures:
        return _picture_words(session, skill)
    if session.info is not None and session.info.label is not None and session.report is not None:
        return label_words(session.info.label, session.report.figures)
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


def _picture_words(session: Connected, skill: float) -> str:
    figures = session.report.figures if session.report is not None else {}
    accuracy = figures.get("accuracy", math.nan)
    labelled = session.info is not None and bool(session.info.classes)
    if labelled and math.isfinite(accuracy):
        return f"{100 * accuracy:.0f} % of the latest pictures were named right before learned."
    if labelled or not math.isfinite(skill):
        return ""
    percent = round(100 * abs(skill))
    how = "better" if skill >= 0 else "worse"
    so_far = "" if skill >= 0 else " so far"
    if percent == 0:
        return "It rebuilds the picture as well as its running mean does."
    if skill < -1:
        much = words.rounded(1 - skill)
        return f"It rebuilds the picture {much} times worse than its running mean does so far."
    return f"It rebuilds the picture {percent} % {how} than its running mean does{so_far}."


def alarm_words(session: Connected) -> str:
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
    what = f"{where(last, session.info)} for {length}"
    lately = "in the last 60 rows" if _clock(session) == "rows" else "in the last minute"
    if last.end is None:
        return f"Alarm now: {what}, {words.rarity(last.rarity)}."
    if len(recent) == 1:
        return f"One alarm {lately}: {what}, {words.rarity(last.rarity)}."
    return f"{len(recent)} alarms {lately}, the last: {what}."


def ended_s(alarm: Alarm, now_s: float) -> float:
    """Return when an alarm ended, or how far it has come; `now_s` is the newest sample's time."""
    return max(alarm.end_s, now_s) if alarm.end is None else alarm.end_s


def where(alarm: Alarm, info: StreamInfo | None) -> str:
    """Return what of a stream was unusual: the channels responsible, or where in the picture."""
    if info is None or not info.pictures:
        return channels(alarm)
    places = channels(alarm) if alarm.channels.keys() - {*info.channels} else ""
    return f"picture, {places}" if places else "the picture"


def channels(alarm: Alarm, most: int = 3) -> str:
    """Return the channels responsible for an alarm, those with a tenth of the blame or more."""
    names = [name for name, share in alarm.channels.items() if share >= 0.1]
    names = names or list(alarm.channels)[:1]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(words.shortened(name, 24) for name in names[:most]) + more


def _clock(session: Connected) -> Clock:
    return session.info.clock if session.info else "elapsed"


def _next_try(health: Health, now_s: float) -> str:
    if health.next_try_s is None:
        return ". It is tried again by itself."
    wait_s = max(health.next_try_s - now_s, 0.0)
    return f"; the next try is {'now' if wait_s < 0.5 else f'in {wait_s:.0f} s'}."


def _what_came(session: Connected, now_s: float) -> str:
    health = session.health
    if health.bytes:
        fixed = _fixed_format(session)
        if fixed:
            return (
                f"no line of the format {fixed} has come yet{last_line(health)}: connect it anew "
                "with another text format."
            )
        advice = TRY_BAUD if session.can_release() else "look at what the program prints."
        return f"no numbers have come yet{last_line(health)}: {advice}"
    pictures = sample_word(session) == "picture"
    nothing = "it has sent no picture yet" if pictures else "it has sent nothing yet"
    if now_s - health.link_since_s < SILENT_S:
        return f"{nothing}."
    if pictures:
        return f"{nothing}: look whether another program shows one from it."
    return f"{nothing}: look whether its program runs and prints lines of numbers."


def _fixed_format(session: Connected) -> str:
    """Return what the text format is called that was chosen by hand, "" if none was."""
    chosen = getattr(session.params.sections.get("decoder"), "format", "auto")
    return FORMATS[chosen] if chosen != "auto" else ""


def _silent(session: Connected, now_s: float) -> bool:
    """Say whether a device that gave samples has not done so for longer than it should."""
    health = session.health
    limit_s = max(SILENT_S, SILENT_PERIODS / (health.rate_hz or math.inf))
    return session.can_release() and health.silent_s(now_s) > limit_s
