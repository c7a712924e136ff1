"""A user's own model: named on the command line, found out when it is wrong, used like any."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
import torch
from forecasting import run, same, sinusoids, skill, steps
from safetensors.torch import save_file

from driftscope.core import own_model, own_net, registry
from driftscope.core.errors import DriftscopeError, ParamError, PluginError
from driftscope.core.learner import Forecaster
from driftscope.core.own_net import load_weights
from driftscope.core.sections import LearnerParams, default_params
from driftscope.core.stream import StreamInfo

torch.set_num_threads(1)

START = """\
import torch
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
    (folder / name).write_text(START + code)
    return f"{folder / name}:{'make' if 'make' in code else 'Net'}"


def info(channels: int = 2, version: int = 1) -> StreamInfo:
    names = tuple(f"c{k}" for k in range(channels))
    return StreamInfo("s", names, ("",) * channels, 1000.0, version)


def learner(text: str, channels: int = 2, **params: object) -> Forecaster:
    """Make the learner with the model a factory makes."""
    own_model.allow(text)
    plugin = registry.load("models", text)
    return Forecaster(info(channels), LearnerParams(model=text), plugin.Params(**params))


def refusal(text: str, channels: int = 2, **params: object) -> str:
    with pytest.raises(DriftscopeError) as refused:
        learner(text, channels, **params)
    return str(refused.value)


def notes(made: Forecaster) -> list[str]:
    return [data["message"] for kind, data in made.take_events() if kind == "note"]


def test_a_class_that_takes_channels_and_window_is_a_factory_and_learns(tmp_path: Path) -> None:
    made = learner(written(tmp_path), window=16)
    assert "your own code" in notes(made)[0] and not notes(made)
    loss, baselines, _ = run(made, sinusoids(4000, 2), 8)
    assert skill(loss, baselines, 2000) > 0.3


def test_saved_loaded_and_continued_it_is_as_if_never_stopped(tmp_path: Path) -> None:
    text, values = written(tmp_path), sinusoids(900, 2)
    whole = learner(text)
    run(whole, values, 8)
    first, second = learner(text), learner(text)
    run(first, values[:400], 8)
    second.load_state_dict(first.state_dict())
    for step in list(steps(values, 8))[50:]:
        second.learn(step, second.score(step))
    same(whole.state_dict(), second.state_dict())


def test_sliders_of_its_own_are_declared_by_the_third_argument(tmp_path: Path) -> None:
    code = """\
from __future__ import annotations
import torch
from dataclasses import dataclass
from driftscope.core.params import Params, param

@dataclass
class Mine(Params):
    hidden: int = param(8, low=1, high=64, label="Hidden units", help="How many.")

def make(channels: int, window: int, mine: Mine) -> torch.nn.Module:
    return torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(window * channels, mine.hidden), torch.nn.Tanh(),
        torch.nn.Linear(mine.hidden, channels),
    )
"""
    (tmp_path / "mine.py").write_text(code)
    text = f"{tmp_path / 'mine.py'}:make"
    made = learner(text, hidden=5, window=7)
    assert [tuple(each.shape) for each in made.net.parameters()][:2] == [(5, 14), (5,)]
    assert set(registry.load("models", text).Params.specs()) == {"hidden", "window", "weights"}
    with pytest.raises(ParamError, match="between 1 and 64"):
        learner(text, hidden=65)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def make(channels): return Net(channels, 4)", r"takes \(channels\), but is called as"),
        ("def make(channels, window, more): ...", "annotated with a dataclass of param"),
        ("def make(channels, window): return 3", "made int: it must return a torch.nn.Module"),
        ("def make(channels, window):\n    raise KeyError('x')", "line 13: KeyError: 'x'"),
        ("def make(channels, window): return torch.nn.Flatten()", "without weights"),
        ("def make(channels, window): return Net(3, window)", "line 10: RuntimeError: mat1"),
        ("def make(c, w): return torch.nn.Linear(c, c)",
         r"gives \(1, 32, 2\) for windows \(1, 32, 2\): it must give \(1, 2\)"),
        ("class make(Net):\n    def forward(self, x): return super().forward(x).squeeze()",
         r"gives \(2,\) for windows \(1, 32, 2\)"),
        ("class make(Net):\n    def forward(self, x): return x, x", "gives tuple"),
        ("class make(Net):\n    def forward(self, x): return super().forward(x).detach()",
         "does not depend on its weights"),
        ("class make(Net):\n    def forward(self, x): return super().forward(x / (1 + x.std()))",
         "depends on the others in its batch"),
        ("class make(Net):\n    def forward(self, x): return super().forward(x).log()",
         "not finite for a window of noise"),
        ("class make(Net):\n    def forward(self, x):\n        s = x.std(1, keepdim=True)\n"
         "        return super().forward(x / s)", "not finite for a window of zeros"),
        ("class make(Net):\n    def forward(self, x):\n"
         "        return super().forward(x) + torch.randn(1)", "another result when it is asked"),
        ("class make(Net):\n    def forward(self, x):\n"
         "        made = super().forward(x)\n        return made - made.mean(0)",
         "depends on the others in its batch"),
        ("def make(channels, window): exit(3)", "line 12: SystemExit: 3"),
        ("class make(Net):\n    def forward(self, x): exit(3)", "line 13: SystemExit: 3"),
        ("class make(Net):\n    def __init__(self, channels, window):\n"
         "        super().__init__(channels, window)\n        self.file = open(__file__)",
         "cannot be copied, as is done to learn at several rates: .* '_io.TextIOWrapper'"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said(tmp_path: Path, code: str, told: str) -> None:
    with pytest.raises(PluginError, match=told):
        learner(written(tmp_path, code))


def test_a_file_that_is_not_there_not_python_or_fails_is_told_by_its_line(tmp_path: Path) -> None:
    assert "No such file" in refusal(f"{tmp_path / 'no.py'}:make")
    (tmp_path / "bad.py").write_text("x = 1\ndef make(:\n")
    assert "bad.py, line 2: SyntaxError" in refusal(f"{tmp_path / 'bad.py'}:make")
    (tmp_path / "ends.py").write_text("import sys\nsys.exit(3)\n")
    assert "ends.py, line 2: SystemExit: 3" in refusal(f"{tmp_path / 'ends.py'}:make")
    assert "There is no made in" in refusal(written(tmp_path).replace(":Net", ":made"))
    assert "is no model: write FILE.py:FACTORY" in refusal("nonsense")
    (tmp_path / "number.py").write_text("make = 3\n")
    assert "is int, nothing that can be called" in refusal(f"{tmp_path / 'number.py'}:make")


def test_a_file_that_was_wrong_is_run_anew_when_it_is_tried_again(tmp_path: Path) -> None:
    text = written(tmp_path, "def make(channels, window): return 3\n")
    assert "made int" in refusal(text)
    written(tmp_path, "def make(channels, window): return Net(channels, window)\n")
    made = learner(text)
    assert made.net is not None and notes(made)
    written(tmp_path, "def make(channels, window): return 4\n")
    learner(text)  # in use it stays as it is


def test_what_fails_only_later_is_told_by_its_line(tmp_path: Path) -> None:
    code = """
class make(Net):
    def forward(self, x):
        if len(x) > 3:
            raise ValueError("too many")
        return super().forward(x)
"""
    made = learner(written(tmp_path, code))
    with pytest.raises(PluginError, match=r"my.py, line 16: ValueError: too many"):
        run(made, sinusoids(100, 2), 8)


@pytest.mark.parametrize(
    ("later", "told"),
    [("made.detach()", "cannot learn: what it gives"), ("exit(3)", "line 19: SystemExit: 3")],
)
def test_what_goes_wrong_in_a_later_call_is_told(tmp_path: Path, later: str, told: str) -> None:
    code = f"""
class make(Net):
    calls = 0

    def forward(self, x):
        self.calls += 1
        made = super().forward(x)
        return made if self.calls < 50 else {later}
"""
    made = learner(written(tmp_path, code))
    with pytest.raises(PluginError, match=told):
        run(made, sinusoids(500, 2), 8)


def test_layers_that_train_otherwise_and_frozen_weights_are_told(tmp_path: Path) -> None:
    code = """
def make(channels, window):
    net = Net(channels, window)
    net.outer.bias.requires_grad_(False)
    return torch.nn.Sequential(net, torch.nn.Dropout(0.5), torch.nn.BatchNorm1d(channels))
"""
    made = learner(written(tmp_path, code))
    frozen = [each for name, each in made.net.named_buffers() if name.endswith("outer.bias")]
    before = frozen[0].clone()
    told = " ".join(notes(made))
    assert "BatchNorm1d, Dropout" in told and "keeps 0.outer.bias as it is" in told
    run(made, sinusoids(600, 2), 8)
    assert torch.equal(frozen[0], before), "it was not stepped"


def test_weights_come_from_safetensors_and_what_does_not_fit_is_named(tmp_path: Path) -> None:
    text, file = written(tmp_path), tmp_path / "w.safetensors"
    weight = torch.full((2, 64), 0.25)
    save_file({"outer.weight": weight, "outer.bias": torch.zeros(2)}, file)
    made = learner(text, weights=str(file))
    assert any(torch.equal(each, weight) for each in made.net.parameters())
    assert "fit the model: another shape: outer.weight (2, 64), not (3, 96)" in refusal(
        text, 3, weights=str(file)
    )
    save_file({"outer.wait": weight}, file)
    told = refusal(text, weights=str(file))
    assert "without outer.weight, outer.bias; it has no outer.wait" in told
    assert "only loaded from .safetensors" in refusal(text, weights="w.pt")
    assert "There is no file" in refusal(text, weights="no.safetensors")
    file.write_bytes(b"nonsense")
    assert "no weights that can be read" in refusal(text, weights=str(file))
    with pytest.raises(PluginError, match=r"only loaded from \.safetensors"):
        load_weights(torch.nn.Linear(1, 1), "model.pth")


def test_a_channel_that_appears_makes_it_anew_without_the_weights_given(tmp_path: Path) -> None:
    file = tmp_path / "w.safetensors"
    save_file({"outer.weight": torch.ones(2, 64), "outer.bias": torch.zeros(2)}, file)
    made = learner(written(tmp_path), weights=str(file))
    notes(made)
    made.extend(info(3, version=2))
    told = " ".join(notes(made))
    assert "starts anew" in told and "It goes on with fresh weights" in told
    assert np.isfinite(run(made, sinusoids(200, 3), 8)[0][100:]).all()


def test_an_entry_point_may_name_a_factory(monkeypatch: pytest.MonkeyPatch) -> None:
    factory = f"{__name__}:Installed"
    monkeypatch.setattr(EntryPoint, "load", lambda self: Installed)
    points = {"mine": EntryPoint("mine", factory, "driftscope.models")}
    found = lambda kind: points if kind == "models" else {}  # noqa: E731  the smallest stand-in
    monkeypatch.setattr(registry, "_entry_points", found)
    params = default_params()
    params.set("learner.model", "mine")
    plugin = registry.load("models", "mine")
    assert plugin.Params is registry.load("models", "mine").Params
    made = Forecaster(info(), params.learner, plugin.Params(window=4))
    assert made.net(torch.zeros(5, 4, 2)).shape == (5, 2)


class Installed(torch.nn.Module):
    """Predict the mean of the window, times a weight that is learned."""

    def __init__(self, channels: int, window: int) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(channels))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        return windows.mean(1) * self.weight


def test_a_slow_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = written(tmp_path)
    assert not [told for told in notes(learner(text)) if "ms to predict and learn" in told]
    monkeypatch.setattr(own_net, "SLOW_MS", 0.0)
    assert [told for told in notes(learner(text)) if "ms to predict and learn" in told]


def test_what_stands_beside_the_file_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "beside_my_model.py").write_text("WIDTH = 5\n")
    code = """
from beside_my_model import WIDTH

def make(channels, window):
    return torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(channels * window, WIDTH),
        torch.nn.Linear(WIDTH, channels),
    )
"""
    assert learner(written(tmp_path, code)).net.net[1].out_features == 5
