"""Which spectrum is shown: worked out of the stretch in view, a few times a second at most."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from driftscope.core.history import History
from driftscope.core.spectrum import (
    FEWEST_ROWS,
    FILLED,
    Peak,
    Spectrum,
    Stretch,
    auto_window,
    largest_window,
    peak_at,
    peaks,
    spectrum,
    stretch,
)
from driftscope.core.stream import F64, StreamInfo
from driftscope.gui import frequencies, words
from driftscope.gui.time_view import TimeView
from driftscope.gui.traces import Traces
from driftscope.gui.watched import Watched

EVERY_S, SHARE = 0.2, 0.1
"""It is worked out anew after so long, or later where that took more than this share of it."""
MOST_ROWS, MOST_CURVES, MOST_PEAKS = 2**18, 8, 5
"""Samples looked at, of all curves together, unless one window is longer; the newest count."""
EMPTY = "The spectrum stands here once there are samples in view."


@dataclass(frozen=True, slots=True)
class Choices:
    """Say what is wanted: `rows` of a window, 0 to choose for itself; `channel` is the name of
    one in the plot that is looked at, "" for the first plot."""

    density: bool = False
    rows: int = 0
    scale: Literal["linear", "log", "dB"] = "log"
    log_frequency: bool = False
    channel: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Hold what is drawn: spectra of channels, their peaks, and of one channel its forecast's."""

    channels: list[int]
    names: tuple[str, ...]
    measured: Spectrum
    predicted: Spectrum | None
    peaks: list[tuple[int, Peak]]
    found: Stretch
    rated: bool
    there: int
    last_seq: int
    history: int

    def bin(self, frequency: float) -> int:
        """Return the bin nearest to a frequency."""
        last = len(self.measured.frequency) - 1
        return min(max(round(frequency / self.measured.step), 0), last)

    def frequency(self, frequency: float) -> str:
        """Return a frequency as it is read out."""
        made = self.measured
        return frequencies.text(frequency, made.step, float(made.frequency[-1]), self.rated)


class ShownSpectrum:
    """Work out the spectrum of what `view` shows as `choices` ask. GUI thread only.

    `now` is None while there is none; `sentence` says why.
    """

    def __init__(self, session: Watched, view: TimeView, traces: Traces) -> None:
        self.session, self.view, self.traces = session, view, traces
        self.choices = Choices()
        self.now: Shown | None = None
        self.sentence = EMPTY
        self._of: object = None
        self._due_s = -math.inf

    def update(self, now_s: float) -> None:
        """Take in what has changed, unless it is too soon; `now_s` is of any steady clock."""
        session, view = self.session, self.view
        view.update(session.history, session.paused)
        history, info = session.history, session.info
        if history is None or info is None or view.unset or not len(history):
            self.now, self._of, self.sentence = None, None, EMPTY
            return
        channels = self.plot(info)
        asked = (self.choices, id(history), tuple(channels), info)
        of = (*asked, view.lo_s, min(view.hi_s, view.now_s))
        other = not isinstance(self._of, tuple) or self._of[: len(asked)] != asked
        if of == self._of or (not other and now_s < self._due_s):
            return
        self._of = of
        begun_s = time.perf_counter()
        self.now = self._work_out(history, info, channels[:MOST_CURVES])
        self._due_s = now_s + max(EVERY_S, (time.perf_counter() - begun_s) / SHARE)

    def plot(self, info: StreamInfo) -> list[int]:
        """Return the channels of the plot that is looked at."""
        plots = self.traces.plots(info)
        chosen = self.choices.channel
        return next(
            (p for p in plots if chosen in [info.channels[k] for k in p]), *plots[:1] or [[]]
        )

    def unit(self) -> str:
        """Return the unit of the channels and of what is drawn: 'g', 'g²/Hz'; "" if they differ."""
        info, now = self.session.info, self.now
        if info is None or now is None:
            return ""
        units = {self.traces.unit(info, k) for k in now.channels}
        unit = units.pop() if len(units) == 1 else ""
        if not self.choices.density:
            return unit
        squared = f"{unit}²" if len(unit) < 3 and unit.isalpha() else f"({unit})²"
        return f"{squared if unit else '1'}/{'Hz' if now.rated else '(cycle/sample)'}"

    def caption(self) -> str:
        """Return what the vertical axis shows: 'amplitude (g)', 'amplitude, dB re 1 g'."""
        kind, unit = "power density" if self.choices.density else "amplitude", self.unit()
        if self.choices.scale == "dB":
            return f"{kind}, dB re 1{f' {unit}' if unit else ''}"
        return f"{kind} ({unit})" if unit else kind

    def heights(self, found: Spectrum, place: int) -> F64:
        """Return (m,) what is drawn of a channel: the figure itself, or decibels of it."""
        return self._scaled((found.density if self.choices.density else found.amplitude)[place])

    def value(self, found: Spectrum, place: int, peak: Peak) -> float:
        """Return how high a peak is drawn: an amplitude as it is between two bins."""
        if self.choices.density:
            return float(self.heights(found, place)[peak.bin])
        return float(self._scaled(np.array(peak.amplitude)))

    def height(self, found: Spectrum, place: int, at: Peak | int) -> str:
        """Return what stands at a peak or in a bin, as it is read out: '1.00 g', '-3.0 dB'."""
        whole = self.heights(found, place)
        value = float(whole[at]) if isinstance(at, int) else self.value(found, place, at)
        if self.choices.scale == "dB":
            return f"{value:.1f} dB" if math.isfinite(value) else "none"
        if self.choices.scale == "log":
            value = 10 ** (value / self._per_decade)
        shown = f"{value:#.3g}" if 1e-3 <= value < 1e3 else f"{value:.2e}" if value else "0"
        return f"{shown.rstrip('.')} {self.unit()}".rstrip()

    def read(self, frequency: float, k: int, at_peak: bool) -> list[str]:
        """Return what stands at a frequency, in bin k, in a few words each."""
        now = self.now
        if now is None:
            return []
        parts = [now.frequency(frequency)]
        if every := frequencies.period(frequency, now.rated):
            parts.append(f"every {every}")
        for place, name in enumerate(now.names):
            called = f"{words.shortened(name, 20)} " if len(now.names) > 1 else ""
            at = peak_at(now.measured, place, k) if at_peak else k
            parts.append(called + self.height(now.measured, place, at))
        if now.predicted is not None:
            at = peak_at(now.predicted, 0, k) if at_peak else k
            parts.append(f"predicted {self.height(now.predicted, 0, at)}")
        return parts

    @property
    def _per_decade(self) -> float:
        return 10.0 if self.choices.density else 20.0

    def _scaled(self, values: F64) -> F64:
        if self.choices.scale == "linear":
            return values
        with np.errstate(divide="ignore"):
            return np.asarray(self._per_decade * np.log10(values))

    def note(self) -> str:
        """Return how it was made: window, averages, and how far a bin reaches."""
        now = self.now
        if now is None:
            return ""
        made = now.measured
        averaged = f"{made.averaged} averaged" if made.averaged > 1 else "not averaged"
        found = [f"{made.rows:,} samples, Hann, {averaged}"]
        rows = sum(map(len, now.found.pieces))
        if now.there > rows and now.rated:
            found.append(f"the newest {words.duration(rows / made.rate_hz)} of the view")
        info = self.session.info
        many = len(self.plot(info)) if info is not None else 0
        if many > MOST_CURVES:
            found.append(f"{MOST_CURVES} of {many} channels")
        return " · ".join(found)

    def warning(self) -> str:
        """Return what one must know to trust it, "" if nothing."""
        now = self.now
        if now is None:
            return ""
        missing = float(now.found.missing.max())
        many = f"{words.rounded(100 * missing)} %"
        if missing > FILLED:
            name = words.shortened(now.names[int(now.found.missing.argmax())], 24)
            return f"{many} of {name} is missing: too much for a spectrum."
        if self.choices.rows > now.measured.rows:
            return (
                f"{self.choices.rows:,} samples are not in view in one piece: "
                f"{now.measured.rows:,} are used. Zoom out."
            )
        if not now.rated:
            return "No rate is known: frequencies are per sample."
        if now.found.uneven:
            jitter = f"{100 * now.found.jitter:.0f} %"
            return f"Samples come unevenly, intervals vary by {jitter}: peaks are blurred."
        if missing:
            return f"{many} of the samples are missing: filled in between."
        return ""

    def _work_out(self, history: History, info: StreamInfo, channels: list[int]) -> Shown | None:
        view, asked = self.view, self.choices.rows
        if not channels:
            self.sentence = "No channel is ticked."
            return None
        curves = len(channels) + (len(channels) == 1)
        most = max(MOST_ROWS // curves, asked)
        samples = history.samples(view.lo_s, min(view.hi_s, view.now_s), most, channels)
        rated = info.clock != "rows"
        found = stretch(samples.time_s, samples.values, samples.breaks, rated)
        rows = min(asked or auto_window(found.longest), largest_window(found.longest))
        measured = spectrum(found, rows)
        if measured is None:
            self.sentence = (
                f"Too few samples in view in one piece: {found.longest}, and {FEWEST_ROWS} are "
                "needed. Zoom out, or wait for more."
            )
            return None
        if not np.any(measured.power > 0):
            constant = np.isfinite(measured.power).all()
            self.sentence = (
                "The signal does not change here: its spectrum is empty."
                if constant
                else "Too many samples are missing here for a spectrum."
            )
            return None
        predicted = None
        if len(channels) == 1:
            before = stretch(samples.time_s, samples.prediction, samples.breaks, rated)
            predicted = spectrum(before, rows) if before.missing[0] <= FILLED else None
        each = MOST_PEAKS if len(channels) == 1 else 3
        tops = [(k, peak) for k in range(len(channels)) for peak in peaks(measured, k, each)]
        tops = sorted(tops, key=lambda top: -top[1].amplitude)[: MOST_PEAKS + 1]
        names = tuple(info.channels[k] for k in channels)
        return Shown(
            channels, names, measured, predicted, tops, found,
            math.isfinite(found.rate_hz), samples.there, history.seq_at(view.now_s), id(history),
        )  # fmt: skip
