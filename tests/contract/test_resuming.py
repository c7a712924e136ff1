"""Saved to a file, killed and gone on from is the same as never stopped: of everything found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from streams import Kept, waves

from driftscope.core import address, going_on, registry, state_file
from driftscope.core.keeper import Keeper
from driftscope.core.monitor import Monitor
from driftscope.core.stream import Alarm, Graded, Learned, Report, Result

ROWS = 1500
RUN = [("source.speed", "max"), ("learner.step_rows", "8"), ("detector.decision_rows", "13")]
OUT_OF_ROWS = ("forecast", "extras", "arrived_s", "key", "seq", "threshold", "scored", "calibrated")


class Save(Keeper):
    """Save once, between two messages, when so many rows were handed over; go on."""

    def __init__(self, path: Path, after_rows: int) -> None:
        self.path, self.after_rows = path, after_rows

    def tick(self, monitor: Monitor) -> None:
        if not self.path.exists() and monitor.health.samples >= self.after_rows:
            state_file.Copied.of(monitor).write(self.path)


def run(
    text: str, settings: list[tuple[str, str]], path: Path, after_rows: int = 0, for_s: float = 1e9
) -> Kept:
    """Run a source to its end, saving on the way, or go on from what was saved."""
    saved = state_file.read(path) if path.exists() else None
    inputs = address.all_configured([text], RUN + settings)
    state = {} if saved is None else going_on.fit(saved, inputs)
    kept = Kept()
    monitor = Monitor(inputs, [kept], for_s, Save(path, after_rows))
    monitor.load_state_dict(state)
    monitor.run()
    return kept


def rows(kept: Kept, first: int) -> dict[str, np.ndarray]:
    """Return every number of the rows from `first` on."""
    found: dict[str, list[np.ndarray]] = {}
    for result in kept.results:
        cut = slice(max(0, first - result.seq), None)
        for field in fields(Result):
            value = getattr(result, field.name)
            if field.name in OUT_OF_ROWS:
                continue
            for name, column in value.items() if isinstance(value, Mapping) else [("", value)]:
                found.setdefault(f"{field.name} {name}", []).append(column[cut])
    return {name: np.concatenate(parts) for name, parts in found.items()}


def told(kept: Kept, kind: type, first: int) -> list[object]:
    """Return what else was handed over about rows from `first` on."""
    found: list[object] = []
    for item in kept.all:
        if not isinstance(item, kind):
            continue
        if isinstance(item, Alarm) and item.peak >= first and item.end is not None:
            found.append(item)
        elif isinstance(item, Learned) and item.seq >= first:
            found.append((item.seq, item.step, item.loss, item.state))
        elif isinstance(item, Graded) and item.seq.min() >= first:
            found += [list(item.seq), list(item.y), list(item.predicted), list(item.loss)]
        elif isinstance(item, Report):
            found = [item.figures]
    return found


def the_same_from_there(text: str, settings: list[tuple[str, str]], tmp_path: Path, **how) -> Kept:
    path = tmp_path / "s.safetensors"
    whole = run(text, settings, path, **how)
    first = learned(path)
    gone_on = run(text, [], path, for_s=how.get("for_s", 1e9))
    expected, found = rows(whole, first), rows(gone_on, first)
    both = min(len(expected["loss "]), len(found["loss "]))  # a demo never ends
    assert first > 0 and both > 0 and expected.keys() == found.keys()
    for name, column in found.items():
        assert np.array_equal(column[:both], expected[name][:both], equal_nan=True), name
    if "for_s" not in how:
        assert len(found["loss "]) == len(expected["loss "])
        for kind in (Alarm, Learned, Graded, Report):
            np.testing.assert_equal(told(gone_on, kind, first), told(whole, kind, first))
    return gone_on


def learned(path: Path) -> int:
    """Return how many rows had been learned by what was saved."""
    (source,) = state_file.read(path).sources.values()
    (lane,) = source.state["lanes"].values()
    return int(lane["seq"])


def table(path: Path, label: str = "", count: int = ROWS, jump_s: int = 0) -> str:
    """Write a table of two channels with holes, a fault, perhaps labels, or a jump in time."""
    values = waves(count, 2)
    values[700:760] *= 3
    values[np.random.default_rng(1).random((count, 2)) < 0.01] = np.nan
    lines = []
    for i, row in enumerate(values):
        cells = ["" if np.isnan(v) else f"{v:.5f}" for v in row]
        up = "" if i % 17 == 0 or np.isnan(row[0]) else ("up" if row[0] > 0 else "down")
        last = {"class": up, "value": f"{2 * np.nan_to_num(row).sum():.4f}"}.get(label)
        time_s = i / 100 + jump_s * (i > 600)
        lines.append(",".join([f"{time_s:.2f}", *cells, *([] if last is None else [last])]))
    head = "time_s,a,b" + (f",{label}" if label else "")
    path.write_text("\n".join([head, *lines, ""]))
    return str(path)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a file give few rows at a time, so that there is something between two of them."""
    monkeypatch.setattr("driftscope.core.sources.csv_file.block_rows", lambda channels: 37)


@pytest.mark.parametrize("model", registry.names("models"))
def test_every_model_goes_on(model: str, tmp_path: Path) -> None:
    text = table(tmp_path / "t.csv")
    the_same_from_there(text, [("learner.model", model)], tmp_path, after_rows=730)


@pytest.mark.parametrize("kind", ["class", "value"])
def test_labels_go_on(kind: str, tmp_path: Path) -> None:
    text = table(tmp_path / "t.csv", kind, 800)
    settings = [("stream.label", kind), ("stream.label_delay", "3")]
    kept = the_same_from_there(text, settings, tmp_path, after_rows=390)
    assert kept.events("loss") == [] and any(isinstance(item, Graded) for item in kept.all)


@pytest.mark.parametrize("text", ["demo:", "demo:ecg", "demo:temperature"])
def test_a_demo_goes_on(text: str, tmp_path: Path) -> None:
    ((_, params),) = address.all_configured([text]).values()
    rate_hz = float(params.sections["source"].rate_hz)  # type: ignore[attr-defined]  # of a demo
    the_same_from_there(text, [], tmp_path, after_rows=1100, for_s=2200 / rate_hz)


def folder(tmp_path: Path, labelled: bool) -> str:
    from driftscope.core.pictures.files import encoded

    random = np.random.default_rng(0)
    for i in range(60):
        place = tmp_path / "p" / (("a", "b")[i % 2] if labelled else "")
        place.mkdir(parents=True, exist_ok=True)
        picture = random.integers(0, 255, (32, 32, 3), dtype=np.uint8)
        picture[:, : 16 + 8 * (i % 2)] //= 4
        data = b"no picture" if i == 20 else encoded(picture, ".png")
        (place / f"{i}.png").write_bytes(data)
    return f"pictures:{tmp_path / 'p'}"


@pytest.mark.parametrize("model", registry.names("picture_models"))
def test_pictures_go_on(model: str, tmp_path: Path) -> None:
    text = folder(tmp_path, labelled=model == "image_cnn")
    settings = [("learner.model", model), ("source.passes", "2"), ("learner.step_rows", "4")]
    the_same_from_there(text, settings, tmp_path, after_rows=40)


@pytest.mark.parametrize("jump_s", [0, 30])
def test_a_run_that_was_stopped_within_a_block_goes_on(
    jump_s: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("driftscope.core.sources.csv_file.block_rows", lambda channels: 900)
    text, path = table(tmp_path / "t.csv", jump_s=jump_s), tmp_path / "s.safetensors"
    whole = run(text, [], tmp_path / "never", after_rows=10**9)

    class Stopped(Kept):
        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

        def write(self, item: object) -> None:
            super().write(item)
            if isinstance(item, Result) and item.seq == self.row:
                monitor.stop()

    class End(Keeper):
        def end(self, monitor: Monitor) -> None:
            state_file.Copied.of(monitor).write(path)

    for row in (200, 400):  # then what was left of the block is stopped within as well
        inputs = address.all_configured([text], RUN)
        state = going_on.fit(state_file.read(path), inputs) if path.exists() else {}
        monitor = Monitor(inputs, [Stopped(row)], None, End())
        monitor.load_state_dict(state)
        monitor.run()
        assert row < learned(path) < row + 300
    gone_on = run(text, [], path)
    first = learned(path)
    assert 400 < first < 700
    expected, found = rows(whole, first), rows(gone_on, first)
    assert len(found["loss "]) == len(expected["loss "])
    for name, column in found.items():
        assert np.array_equal(column, expected[name], equal_nan=True), name
