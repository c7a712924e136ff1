"""A user's own model is run only where the command line names it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from forecasting import run, sinusoids

from driftscope.core import own_model, profile_file, registry
from driftscope.core.cli import main
from driftscope.core.errors import DriftscopeError, ParamError
from driftscope.core.export import model as export
from driftscope.core.export.model import Saved
from driftscope.core.parts import make_learner
from driftscope.core.sections import default_params
from driftscope.core.stream import StreamInfo

torch.set_num_threads(1)

NET = """\
from torch import nn

class Net(nn.Module):
    def __init__(self, channels, window):
        super().__init__()
        self.outer = nn.Linear(window * channels, channels)

    def forward(self, x):
        return self.outer(x.flatten(1))

"""


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a test allows be allowed in it alone."""
    monkeypatch.setattr(registry, "_added", {})


def written(folder: Path, code: str = "", name: str = "my.py") -> str:
    """Write a file; return what names the factory in it."""
    (folder / name).write_text(NET + code)
    return f"{folder / name}:{'make' if 'make' in code else 'Net'}"


def info() -> StreamInfo:
    return StreamInfo("s", ("a", "b"), ("", ""), 1000.0)


def test_only_the_command_line_lets_code_be_run(tmp_path: Path) -> None:
    marker = tmp_path / "was_run"
    text = written(tmp_path, f"open({str(marker)!r}, 'w')\ndef make(c, w): return Net(c, w)\n")
    params = default_params()
    with pytest.raises(ParamError, match="only run when the command line names it"):
        params.set("learner.model", text)
    profile = tmp_path / "p.toml"
    profile.write_text(f"[learner]\nmodel = {json.dumps(text)}\n")
    with pytest.raises(DriftscopeError, match=r"p.toml, line 2: .* --model"):
        profile_file.read(profile).inputs(["demo:"])
    with pytest.raises(ParamError, match="pictures have models of their own"):
        default_params(pictures=True).set("learner.model", text)
    assert not marker.exists()
    own_model.allow(text)
    assert not marker.exists(), "it is only looked at until it is needed"
    params.set("learner.model", text)
    registry.load("models", text)
    assert marker.exists()
    assert profile_file.read(profile).inputs(["demo:"])["demo:"][1].learner.model == text


def test_watch_runs_it_says_so_and_gives_2_for_one_that_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = tmp_path / "s.json"
    words = ["watch", "demo:", "--for", "1s", "--speed", "max", "--summary", str(told)]
    assert main([*words, "--model", written(tmp_path), "--set", "model.window=8"]) == 0
    assert "your own code, run with all your rights" in capsys.readouterr().err
    assert json.loads(told.read_text())["updates"] > 0
    wrong = written(tmp_path, "def make(channels): ...", "wrong.py")
    assert main([*words, "--model", wrong]) == 2
    error = capsys.readouterr().err
    assert "called as make(channels, window)" in error and "Opening" not in error
    assert main([*words, "--model", "linear"]) == 0


def test_it_is_saved_exported_and_loaded_only_where_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = written(tmp_path)
    own_model.allow(text)
    params = default_params()
    params.set("learner.model", text)
    made = make_learner(info(), params)
    run(made, sinusoids(400, 2), 8)
    saved = Saved.of(info(), params, made)
    model_file, net_file = tmp_path / "m.safetensors", tmp_path / "m.pt2"
    export.save(saved, model_file)
    export.save(saved, net_file)
    assert net_file.stat().st_size > 1000, "the exported net was asked, and said the same"
    again = export.load(model_file).learner()
    more = sinusoids(480, 2)[400:]
    np.testing.assert_array_equal(run(again, more, 8)[2], run(made, more, 8)[2])
    monkeypatch.setattr(registry, "_added", {})
    with pytest.raises(ParamError, match="only run when the command line names it"):
        export.load(model_file).learner()
