"""Where on a slider a parameter's value stands, and how the value is written. No Qt in here."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Protocol

from driftscope.core.health import Health
from driftscope.core.own_model import is_own
from driftscope.core.params import Spec, Value
from driftscope.core.stream import StreamInfo
from driftscope.gui import words

NAMES = {
    "image_cnn": "Image CNN",
    "mlp": "MLP",
    "gru": "GRU",
    "tcn": "TCN",
    "sgd": "SGD",
    "rmsprop": "SGD, normalised",
    "adam": "Adam",
    "cpu": "processor",
    "cuda": "graphics card (CUDA)",
    "float32": "float32",
    "bfloat16": "bfloat16",
    "float16": "float16",
}
GOOD_FOR = {
    "linear": "Good for steady hums and swings; solved at once, it predicts from the first second.",
    "mlp": "Quick, and good enough for most sensors.",
    "gru": "For shapes that take long to tell apart; slow to compute and to learn.",
    "tcn": "For repeating shapes of several lengths, such as a heartbeat; looks back far.",
    "attention": "For patterns that come and go: looks for past moments like this one.",
    "sgd": "A step along the gradient as it is: plain and slow.",
    "rmsprop": "Each weight's step divided by how large it usually is (RMSprop).",
    "adam": "The same, smoothed: right for most.",
    "float32": "24 binary digits: right for small nets.",
    "bfloat16": "8 binary digits: for large nets, where the processor or the card has it.",
    "float16": "11 binary digits: for graphics cards.",
}
"""What one of several words to choose from is good for, in a line."""
STEPS = 1000
"""Positions of a slider from its left end to its right end."""
AUTO_STEPS = 40
"""Positions at the left end that all mean "auto"."""


class Scale:
    """Lay a parameter's range along a slider, linear or logarithmic.

    A value that means "choose for me" takes the left end. A logarithmic range that begins at 0
    has 0 at the left end and the default in the middle. `backwards` puts small values right.
    """

    def __init__(self, spec: Spec, backwards: bool = False) -> None:
        self.spec = spec
        self.backwards = backwards
        self.low, self.high = float(spec.low or 0.0), float(spec.high or 1.0)
        self.zero = spec.log and self.low == 0
        if self.zero:
            self.low = float(spec.default) ** 2 / self.high
        self.first = 0 if spec.auto is None else AUTO_STEPS

    def value(self, position: int) -> Value:
        """Return what a slider position means."""
        if self.backwards:
            position = STEPS - position
        if self.spec.auto is not None and position < self.first:
            return self.spec.auto
        if self.zero and position <= 0:
            return 0.0
        part = (position - self.first) / (STEPS - self.first)
        value: float
        if self.spec.log:
            value = self.low * (self.high / self.low) ** part
        else:
            value = self.low + (self.high - self.low) * part
        if self.spec.type is int:
            return min(max(round(value), math.ceil(self.low)), math.floor(self.high))
        return min(max(float(f"{value:.3g}"), 0.0 if self.zero else self.low), self.high)

    def position(self, value: Value) -> int:
        """Return the slider position of a value."""
        if self.spec.auto is not None and value == self.spec.auto:
            found = 0.0
        elif self.spec.log and float(value) < self.low:
            found = 0.0 if float(value) == 0 else 1.0
        else:
            number = min(float(value), self.high)
            if self.spec.log:
                part = math.log(number / self.low) / math.log(self.high / self.low)
            else:
                part = (number - self.low) / (self.high - self.low)
            found = self.first + part * (STEPS - self.first)
        place = round(min(max(found, 0), STEPS))
        return STEPS - place if self.backwards else place

    def beside(self, position: int, direction: int) -> int:
        """Return the next position, at least a hundredth away, that means another value."""
        before, place = self.value(position), position + direction * STEPS // 100
        while 0 < place < STEPS and self.value(place) == before:
            place += direction
        return min(max(place, 0), STEPS)


class Context(Protocol):
    """What a reading looks at to write a value in the user's own terms."""

    @property
    def info(self) -> StreamInfo | None: ...
    @property
    def health(self) -> Health: ...


class Nothing:
    """The context where no stream is open yet."""

    info: StreamInfo | None = None
    health: Health = Health()


class Reading:
    """Write a parameter's value for people, and read what they type."""

    backwards = False

    def __init__(self, spec: Spec, context: Context) -> None:
        self.spec = spec
        self.context = context

    def text(self, value: Value) -> str:
        """Return the value as shown beside its slider: '0.90', 'auto (16)'."""
        if self.spec.auto is None or value != self.spec.auto:
            return self.number(value)
        chosen = getattr(self.context.health, self.spec.name, 0)
        return f"auto ({self.number(chosen)})" if chosen else "auto"

    def number(self, value: Value) -> str:
        """Return the value itself: '0.90', '1,000', 'GRU', 'on'."""
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, str):
            return option_name(value) if self.spec.options() else value
        if self.spec.type is int or not isinstance(value, float):
            return words.thousands(float(value))
        fine = (self.spec.high or math.inf) <= 10 and not self.spec.log
        return f"{value:.2f}" if fine else words.rounded(value)

    def parse(self, text: str) -> object:
        """Return what a typed text means; the parameter itself says whether it may be."""
        return _plain(text)

    def caption(self, value: Value) -> str:
        """Return what stands in small letters under the slider, "" for nothing."""
        return ""

    def refusal(self, name: str, kept: Value) -> str:
        """Return what the parameter called `name` may be, for one to whom a value was refused."""
        spec = self.spec
        what = {int: "a whole number", float: "a number", bool: "on or off"}.get(spec.type, "")
        if spec.options():
            what = f"one of {', '.join(map(option_name, spec.options()))}"
        elif spec.low is not None and spec.high is not None:
            ends = (self.number(spec.type(spec.low)), self.number(spec.type(spec.high)))
            what = "between {} and {}".format(*(reversed(ends) if self.backwards else ends))
        auto = ", or auto" if spec.auto is not None else ""
        return f"{name} must be {what or 'something else'}{auto}; {self.text(kept)} stays."

    def rate_hz(self) -> float | None:
        """Return the stream's rate as far as it is known."""
        told = self.context.info.rate_hz if self.context.info else None
        return told or self.context.health.rate_hz


class Multiple(Reading):
    """A multiple of what is automatic: 'x 3.2'."""

    def number(self, value: Value) -> str:
        return f"x {words.rounded(float(value))}"

    def caption(self, value: Value) -> str:
        return "0 = frozen · 1 = auto · double-click = auto"


class Seconds(Reading):
    """A number of samples, written in seconds once the rate is known."""

    def number(self, value: Value) -> str:
        rate_hz = self.rate_hz()
        return (
            words.duration(float(value) / rate_hz)
            if rate_hz
            else words.plural(int(value), "sample")
        )

    def parse(self, text: str) -> object:
        rate_hz = self.rate_hz()
        plain = _plain(text)
        found = re.fullmatch(r"([\d.]+)\s*(ms|s|min|h)?", plain)
        if found is None or not rate_hz:
            return plain.removesuffix("samples").removesuffix("sample").strip()
        size = {"ms": 1e-3, "min": 60.0, "h": 3600.0}.get(found[2] or "s", 1.0)
        return max(1, round(float(found[1]) * size * rate_hz))


class AlarmsADay(Reading):
    """One alarm in N decisions, written as alarms a day once the rate is known."""

    backwards = True

    def per_day(self, value: Value) -> float | None:
        """Return decisions a day / N, or None while the rate is unknown."""
        rate_hz, rows = self.rate_hz(), self.context.health.decision_rows
        return words.DAY_S * rate_hz / rows / float(value) if rate_hz and rows else None

    def number(self, value: Value) -> str:
        times = self.per_day(value)
        return words.one_in(float(value)) if times is None else words.per_day(times)

    def parse(self, text: str) -> object:
        plain = re.sub(r"^1 in |(a|per) day$", "", _plain(text)).strip()
        decisions = self.per_day(1.0)
        if decisions is None or text.strip().startswith("1 in"):
            return plain
        try:
            return decisions / float(plain)
        except (ValueError, ZeroDivisionError):
            return plain

    def caption(self, value: Value) -> str:
        health = self.context.health
        so_far = words.so_far(health.alarms, health.stream_s)
        parts = [] if self.per_day(value) is None else [f"= 1 in {words.rounded(float(value), 3)}"]
        if health.calibrated:
            parts = [f"{part} decisions" for part in parts] + [f"so far: {so_far}"]
        else:
            parts.append("not yet calibrated to this rate")
        return " · ".join(parts)


READINGS: dict[str, type[Reading]] = {
    "learner.lr": Multiple,
    "learner.horizon": Seconds,
    "detector.one_in": AlarmsADay,
    "detector.decision_rows": Seconds,
}
"""Parameters written in other terms than their own unit."""


def good_for(option: str) -> str:
    """Return what one of several words to choose from is good for, "" if nothing is known."""
    return f"Your own code: {option}" if is_own(option) else GOOD_FOR.get(option, "")


def option_name(option: str) -> str:
    """Return one of several words to choose from as it is shown: 'GRU', 'Residual range'."""
    if is_own(option):  # my.py:make, wherever it lies
        return Path(option).name
    return NAMES.get(option, option.replace("_", " ").capitalize())


def reading(full: str, spec: Spec, context: Context) -> Reading:
    """Return how `section.name` is written."""
    return READINGS.get(full, Reading)(spec, context)


def _plain(text: str) -> str:
    """Return typed text without a leading x or thousands commas, a decimal comma as a point."""
    text = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", text.strip().lower())
    text = text.removeprefix("x").removeprefix("×").strip().replace(",", ".")
    return "auto" if text.startswith("auto") else text
