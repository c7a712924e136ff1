"""Plugins: found by their file or entry point; a broken one is told and the rest goes on."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from driftscope.core import registry
from driftscope.core.alarms import AlarmLife
from driftscope.core.cli import main
from driftscope.core.detectors.residual_range import ResidualRange
from driftscope.core.errors import ParamError, PluginError
from driftscope.core.parts import make_detector
from driftscope.core.sections import default_params
from driftscope.core.stream import StreamInfo

INFO = StreamInfo("s", ("a",), ("",), 100.0)


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, EntryPoint]]:
    """Return what is installed beside the program, by kind and name, to be filled."""
    points: dict[str, dict[str, EntryPoint]] = {}
    monkeypatch.setattr(registry, "_entry_points", lambda kind: points.get(kind, {}))
    return points


def stranger(kind: str, name: str, value: str) -> dict[str, EntryPoint]:
    return {name: EntryPoint(name, value, f"driftscope.{kind}")}


def test_a_broken_source_is_told_and_the_others_are_there(
    strangers: dict[str, dict[str, EntryPoint]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    strangers["sources"] = stranger("sources", "lidar", "no_such_module:PLUGIN")
    (told,) = registry.broken()
    assert "'lidar' could not be loaded" in told and "no_such_module" in told
    table = tmp_path / "t.csv"
    table.write_text("a\n" + "\n".join(map(str, range(40))))
    assert main(["watch", str(table), "--speed", "max"]) == 0
    assert "'lidar' could not be loaded" in capsys.readouterr().err


def test_with_all_plugins_sound_nothing_is_told() -> None:
    assert registry.broken() == []


def test_a_strangers_detector_is_taken_only_when_chosen(
    strangers: dict[str, dict[str, EntryPoint]],
) -> None:
    other = "driftscope.core.alarms:AlarmLife"  # any class of two arguments will do
    strangers["detectors"] = stranger("detectors", "aaa", other)
    params = default_params()
    assert type(make_detector(INFO, params)) is ResidualRange
    params.set("detector.kind", "aaa")
    assert type(make_detector(INFO, params)) is AlarmLife
    with pytest.raises(ParamError, match="aaa, frames, residual_range"):
        params.set("detector.kind", "bbb")


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(PluginError, match="called 'x'; known: attention, gru, linear, mlp, tcn"):
        registry.load("models", "x")
