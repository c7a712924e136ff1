"""Models in files: they go on as if never stopped, and run nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from driftscope.core import registry
from driftscope.core.errors import DriftscopeError, StateError
from driftscope.core.export import model, state
from driftscope.core.export.model import Saved
from driftscope.core.interfaces import Learner
from driftscope.core.params import ParamSet
from driftscope.core.parts import make_learner, prepare_thread
from driftscope.core.sections import default_params
from driftscope.core.stream import Scored, Step, StreamInfo

prepare_thread(pictures=True)
SENSORS = StreamInfo("s", ("a", "b"), ("V", ""), 100.0)
CAMERA = StreamInfo(
    "cam", ("picture",), ("",), 30.0, sample_shape=(48, 64, 3), dtype="uint8",
    classes=("one", "two", "three"),
)  # fmt: skip
MODELS = [
    *((SENSORS, name) for name in registry.names("models")),
    *((CAMERA, name) for name in registry.names("picture_models")),
]
ROWS = 4
every_model = pytest.mark.parametrize(("info", "name"), MODELS, ids=[name for _, name in MODELS])


def steps(info: StreamInfo, count: int) -> list[Step]:
    draw = np.random.default_rng(0)
    found = []
    for number in range(count):
        time_s = (np.arange(ROWS) + number * ROWS) / (info.rate_hz or 1.0)
        y = None
        if info.pictures:
            y = draw.integers(0, 3, ROWS)
            values = draw.integers(0, 60, (ROWS, *info.sample_shape)) + 60 * y[:, None, None, None]
        else:
            values = np.sin(9 * time_s)[:, None] + 0.1 * draw.standard_normal((ROWS, 2))
        found.append(
            Step(info.key, number * ROWS, time_s, values.astype(info.dtype), ROWS, y,
                 None if y is None else np.zeros(ROWS, bool))
        )  # fmt: skip
    return found


def made(info: StreamInfo, name: str) -> tuple[ParamSet, Learner]:
    params = default_params(pictures=info.pictures)
    params.set("learner.model", name)
    params.set("learner.seed", 3)
    return params, make_learner(info, params)


def run(learner: Learner, some: list[Step]) -> list[tuple[Scored, float]]:
    found = []
    for step in some:
        scored = learner.score(Step(step.key, step.seq, step.time_s, step.values, step.n))
        found.append((scored, learner.learn(step, scored)))
    return found


def same(one: list[tuple[Scored, float]], two: list[tuple[Scored, float]]) -> bool:
    names = ("prediction", "loss", "error")
    return all(
        np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True)
        and np.array_equal(x, y, equal_nan=True)
        for (a, x), (b, y) in zip(one, two, strict=True)
        for name in names
    )


def learned(info: StreamInfo, name: str, count: int = 20) -> tuple[Saved, Learner]:
    params, learner = made(info, name)
    run(learner, steps(info, count))
    return Saved.of(info, params, learner), learner


@every_model
def test_a_model_goes_on_from_its_file_bit_for_bit(
    tmp_path: Path, info: StreamInfo, name: str
) -> None:
    saved, learner = learned(info, name)
    rest = steps(info, 30)[20:]
    path = model.save(saved, tmp_path / "m.safetensors")
    expected = run(learner, rest)
    loaded = model.load(path)
    assert loaded.info == info and loaded.model == name
    assert loaded.learner_params["seed"] == 3 and loaded.model_params == saved.model_params
    assert same(run(loaded.learner(), rest), expected), "and saving took a copy"
    assert [each.name for each in tmp_path.iterdir()] == ["m.safetensors"]


@every_model
def test_its_nets_stand_under_their_own_names(tmp_path: Path, info: StreamInfo, name: str) -> None:
    saved, learner = learned(info, name, 3)
    tensors = safetensors.torch.load_file(model.save(saved, tmp_path / "m.safetensors"))
    nets = dict(model.nets_in(learner))
    assert nets
    for place, net in nets.items():
        for at, tensor in net.state_dict().items():
            assert torch.equal(tensors[f"net.{place}.{at}"], tensor)


def test_every_net_is_exported_for_any_number_of_rows(tmp_path: Path) -> None:
    """In one other process: torch.export brings in more than these tests should carry."""
    others = [(info, name) for info, name in MODELS if name != "mlp"]  # which is tried below
    for info, name in others:
        saved, _ = learned(info, name, 3)
        model.save(saved, tmp_path / f"{name}.safetensors")
    script = """
import json, sys, warnings
from driftscope.core.export import pt2
warnings.simplefilter("ignore")
import torch
for name in sys.argv[2:]:
    given, to = f"{sys.argv[1]}/{name}.safetensors", f"{sys.argv[1]}/{name}.pt2"
    assert pt2.main([given, to]) == 0, name
    extra = {pt2.ABOUT: ""}
    net = torch.export.load(to, extra_files=extra).module()
    about = json.loads(extra[pt2.ABOUT])
    kinds = {str(kind): kind for kind in (torch.float32, torch.uint8)}
    given = [torch.zeros(5, *e["shape"], dtype=kinds[e["dtype"]]) for e in about["inputs"]]
    outputs = pt2._flat(net(*given))
    assert about["name"] == name and all(len(each) == 5 for each in outputs)
    assert len(outputs) == len({each["net"] for each in about["inputs"]})
print("all of them")
"""
    names = [name for _, name in others]
    command = [sys.executable, "-c", script, str(tmp_path), *names]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert ran.stdout.strip() == "all of them", ran.stderr


def test_a_pt2_is_made_by_a_process_of_its_own(tmp_path: Path) -> None:
    saved, _ = learned(SENSORS, "mlp", 3)
    before = {each for each in sys.modules if each.startswith("torch._dynamo")}
    path = model.save(saved, tmp_path / "m.pt2")
    assert path.read_bytes()[:2] == b"PK"
    assert {each for each in sys.modules if each.startswith("torch._dynamo")} == before
    assert [each.name for each in tmp_path.iterdir()] == ["m.pt2"]


def test_an_export_that_fails_or_hangs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, _ = learned(SENSORS, "mlp", 3)
    monkeypatch.setattr(model, "LIMIT_S", 0.01)
    with pytest.raises(DriftscopeError, match=r"took longer than .* as \.safetensors instead"):
        model.save(saved, tmp_path / "m.pt2")
    monkeypatch.setattr(
        model.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1, "", "x\nno way.")
    )
    with pytest.raises(DriftscopeError, match=r"'mlp' could not be exported: no way\. Save it"):
        model.save(saved, tmp_path / "m.pt2")
    assert not list(tmp_path.iterdir())


def test_files_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    saved, _ = learned(SENSORS, "mlp", 3)
    for name in ("absent/m.safetensors", "absent/m.pt2"):
        with pytest.raises(DriftscopeError, match="make it first"):
            model.save(saved, tmp_path / name)
    with pytest.raises(DriftscopeError, match="end its name with"):
        model.save(saved, tmp_path / "m.pth")


def test_files_that_hold_no_model_are_told(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"

    def told() -> str:
        with pytest.raises(StateError) as error:
            model.load(path)
        assert str(path) in str(error.value)
        return str(error.value)

    assert "no file" in told()
    saved, _ = learned(SENSORS, "mlp", 3)
    whole = model.save(saved, path).read_bytes()
    for data in (b"", b"\x80\x02cos\nsystem\n.", whole[:-100], whole[:50]):
        path.write_bytes(data)
        told()
    path.write_bytes(safetensors.torch.save({"a": torch.zeros(2)}))
    assert "not written by Driftscope" in told()
    with safetensors.safe_open(model.save(saved, path), "pt") as file:
        about = file.metadata()
    for change in (dict(state="{"), dict(model="[]"), dict(state='{"tensor": "gone"}')):
        path.write_bytes(safetensors.torch.save({"a": torch.zeros(2)}, {**about, **change}))
        told()


def test_a_model_that_is_not_installed_or_does_not_fit_is_told(tmp_path: Path) -> None:
    saved, _ = learned(SENSORS, "mlp", 3)
    path = model.save(saved, tmp_path / "m.safetensors")
    with safetensors.safe_open(path, "pt") as file:
        about, tensors = file.metadata(), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no dict

    def changed(**change: Any) -> Saved:
        said = json.dumps({**json.loads(about["model"]), **change})
        path.write_bytes(safetensors.torch.save(tensors, {**about, "model": said}))
        return model.load(path)

    with pytest.raises(DriftscopeError, match="nothing_such"):
        changed(name="nothing_such").learner()
    with pytest.raises(DriftscopeError, match="weights"):
        changed(parameters=dict(hidden=8, window=4)).learner()
    with pytest.raises(DriftscopeError, match="no parameter"):
        changed(learner=dict(surprise=1)).learner()
    with pytest.raises(DriftscopeError, match="does not fit"):
        Saved(saved.info, "mlp", {}, {}, {"weights": saved.state["weights"]}, {}).learner()


def test_a_state_of_any_plain_parts_comes_back() -> None:
    given = {
        "n": None, "t": True, "i": 2**100, "f": float("inf"), "words": "zwölf", "raw": b"\x00\x01",
        1: (1, [2.5, (3,)], deque([np.arange(3)], maxlen=4)), ("a", 2): {},
        "d.x": torch.arange(3, dtype=torch.int64),
        "d": {"x": torch.tensor(1.5, dtype=torch.float64)},
        "bools": np.array([True, False]), "zero": np.array(7.0), "scalar": np.float32(1.5),
        "grey": np.zeros((0, 3), np.uint8), "turned": np.arange(6).reshape(2, 3).T,
    }  # fmt: skip
    text, tensors = state.packed(given)
    found = state.unpacked(text, safetensors.torch.load(safetensors.torch.save(tensors)))
    assert list(found) == list(given)
    assert found[1][2].maxlen == 4 and np.array_equal(found[1][2][0], np.arange(3))
    assert isinstance(found[1], tuple) and found[1][:2] == given[1][:2]
    for name in ("bools", "zero", "grey", "turned", "scalar"):
        assert type(found[name]) is type(given[name]) and found[name].dtype == given[name].dtype
        assert np.array_equal(found[name], given[name])
    assert torch.equal(found["d.x"], given["d.x"]) and torch.equal(found["d"]["x"], given["d"]["x"])
    assert found["i"] == 2**100 and found["raw"] == b"\x00\x01" and found[("a", 2)] == {}
    with pytest.raises(StateError, match=r"a\.0 is a object"):
        state.packed({"a": [object()]})
    with pytest.raises(StateError, match="holds it"):
        state.packed({"a": np.array([object()])})
