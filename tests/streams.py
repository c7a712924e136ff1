"""Seeded signals and sources for tests."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from driftscope.core.interfaces import Sink, Source
from driftscope.core.monitor import Monitor
from driftscope.core.params import Params
from driftscope.core.sections import default_params
from driftscope.core.stream import Alarm, Block, Event, Item, Learned, Output, Result, StreamInfo


def waves(rows: int, channels: int = 2, noise: float = 0.1, seed: int = 0) -> np.ndarray:
    """Return (rows, channels) sums of sines with noise."""
    random = np.random.default_rng(seed)
    t = np.arange(rows)[:, None]
    periods = 17.0 + 9 * np.arange(channels)
    clean = np.sin(2 * np.pi * t / periods) + 0.3 * np.sin(2 * np.pi * t / (periods * 2.7))
    return clean + noise * random.standard_normal((rows, channels))


class Listed(Source):
    """Give ready-made values, cut into blocks as told; `gaps` are rows before which to break."""

    scheme = "listed"

    def __init__(
        self,
        values: np.ndarray,
        cuts: Sequence[int] = (),
        rate_hz: float | None = 100.0,
        gaps: Sequence[int] = (),
        key: str = "s",
    ) -> None:
        self.name, self.params = "listed", Params()
        self.values, self.rate_hz, self.key = values, rate_hz, key
        self.borders = sorted({0, len(values), *cuts, *gaps})
        self.gaps = set(gaps)

    def open(self) -> None:
        channels = tuple(f"c{i}" for i in range(self.values.shape[1]))
        info = StreamInfo(self.key, channels, ("",) * len(channels), self.rate_hz)
        self._items: list[Item] = [info]
        step_s = 1 / (self.rate_hz or 100.0)
        for a, b in zip(self.borders, self.borders[1:], strict=False):
            if a in self.gaps:
                self._items.append(Event(self.key, a, a * step_s, "gap", dict(reason="test")))
            times = np.arange(a, b) * step_s
            self._items.append(Block(self.key, a, times, self.values[a:b], time.monotonic()))

    def read(self) -> Sequence[Item] | None:
        return [self._items.pop(0)] if self._items else None

    def close(self) -> None:
        self._items = []


class Kept(Sink):
    """Keep everything that comes out."""

    name = "the test"

    def __init__(self) -> None:
        self.all: list[Output] = []

    def write(self, item: Output) -> None:
        self.all.append(item)

    def close(self) -> None:
        self.all = list(self.all)

    @property
    def results(self) -> list[Result]:
        return [item for item in self.all if isinstance(item, Result)]

    @property
    def learned(self) -> list[Learned]:
        return [item for item in self.all if isinstance(item, Learned)]

    @property
    def alarms(self) -> list[Alarm]:
        return [item for item in self.all if isinstance(item, Alarm)]

    def events(self, kind: str) -> list[Event]:
        return [item for item in self.all if isinstance(item, Event) and item.kind == kind]

    def column(self, name: str) -> np.ndarray:
        """Return one column of all results, put together."""
        return np.concatenate([getattr(result, name) for result in self.results])

    def table(self) -> dict[str, np.ndarray]:
        """Return every column that must not depend on timing."""
        names = ("time_s", "values", "prediction", "loss", "rarity", "onset", "alarm")
        found = {name: self.column(name) for name in names}
        baselines = self.results[0].baseline_loss
        for name in baselines:
            found[name] = np.concatenate([r.baseline_loss[name] for r in self.results])
        return found


def monitored(source: Source, **settings: object) -> tuple[Monitor, Kept]:
    """Return a Monitor over a source and what keeps its results; `learner__lr=0.3` sets."""
    params = default_params(source.params)
    for name, value in settings.items():
        params.set(name.replace("__", "."), value)
    kept = Kept()
    return Monitor({"device": (source, params)}, [kept]), kept


def run(source: Source, **settings: object) -> Kept:
    """Run a source to its end and return all that came out."""
    monitor, kept = monitored(source, **settings)
    monitor.run()
    return kept


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray], rows: int | None = None) -> bool:
    """Say whether two tables are bit for bit the same in their first rows."""
    return all(np.array_equal(one[k][:rows], two[k][:rows], equal_nan=True) for k in one)
