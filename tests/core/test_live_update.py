"""Gradients and weights for a model that another thread uses meanwhile."""

from __future__ import annotations

import copy
import pickle
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from driftscope.core.errors import DriftscopeError, ParamError, StateError
from driftscope.core.live_update import LiveUpdate


def net(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))


def gradients(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> tuple[dict[str, Any], float]:
    loss = nn.functional.mse_loss(model(x), y)
    named = dict(model.named_parameters())
    found = torch.autograd.grad(loss, list(named.values()))
    return dict(zip(named, found, strict=True)), loss.item()


X, Y = torch.randn(16, 3), torch.randn(16, 2)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_plain_steps_are_those_of_torch(momentum: float) -> None:
    model, twin = net(), net()
    live = LiveUpdate(model, lr=0.1, momentum=momentum)
    theirs = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=momentum)
    for _ in range(5):
        live.update_parameters(gradients(model, X, Y)[0])
        theirs.zero_grad()
        nn.functional.mse_loss(twin(X), Y).backward()
        theirs.step()
    for one, two in zip(model.parameters(), twin.parameters(), strict=True):
        assert torch.allclose(one, two, atol=1e-6)
    assert live.updates == 5


def test_the_tensors_stay_and_gradients_may_come_in_order_or_in_part() -> None:
    model = net()
    before = {name: p.data_ptr() for name, p in model.named_parameters()}
    old = copy.deepcopy(model.state_dict())
    live = LiveUpdate(model, lr=1.0)
    live.update_parameters([None, torch.ones(4), None, np.ones(2)])
    assert {name: p.data_ptr() for name, p in model.named_parameters()} == before
    assert all(p.grad is None for p in model.parameters())
    assert torch.allclose(model[0].bias, old["0.bias"] - 1)
    assert torch.allclose(model[2].bias, old["2.bias"] - 1)
    assert torch.equal(model[0].weight, old["0.weight"])
    live.params.lr = 0.0
    live.update_parameters({"0.bias": torch.ones(4)})
    assert torch.allclose(model[0].bias, old["0.bias"] - 1)


def test_the_safe_step_learns_at_any_scale() -> None:
    for scale in (1e-3, 1.0, 1e3):
        model = net()
        live = LiveUpdate(model, 1.0, lr_mode="safe", optimizer="adam", momentum=0.9)
        first = gradients(model, X, scale * Y)[1]
        for _ in range(300):
            live.update_parameters(*gradients(model, X, scale * Y))
        assert gradients(model, X, scale * Y)[1] < 0.9 * first, scale


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_weights_keep_their_type(dtype: torch.dtype) -> None:
    model = net().to(dtype)
    LiveUpdate(model, lr=0.5).update_parameters({"0.bias": torch.ones(4)})
    assert model[0].bias.dtype == dtype


def test_new_weights_come_from_a_model_a_state_or_a_file(tmp_path: Path) -> None:
    model, other = net(0), net(1)
    live = LiveUpdate(model)
    for source in (other, other.state_dict(), tmp_path / "new.safetensors"):
        live.update_model(net(2))
        if isinstance(source, Path):
            save_file(other.state_dict(), source)
        live.update_model(source)
        assert torch.equal(model(X), other(X))
    assert live.updates == 6


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"5.weight": torch.ones(2)}, "no parameter '5.weight'"),
        ({"0.bias": torch.ones(5)}, "(4,)"),
        ({"0.bias": torch.tensor([1, 2, 3, float("nan")])}, "finite"),
        ({"0.bias": [1, 2, 3, float("inf")]}, "finite"),
        ({"0.bias": "much"}, "no tensor"),
        ({"0.bias": None}, "Not one"),
        ({}, "Not one"),
        ([torch.ones(4)], "4 parameters"),
        (3.0, "4 parameters"),
        ({"2.bias": torch.ones(2)}, "frozen"),
        ({"0.bias": torch.full((4,), 3e38)}, "finite"),
    ],
)
def test_what_cannot_be_applied_changes_nothing(given: Any, said: str) -> None:
    model = net()
    model[2].bias.requires_grad_(False)
    live = LiveUpdate(model, lr=100.0, momentum=0.9)
    live.update_parameters({"0.weight": torch.full((4, 3), 1e-3)})
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ParamError) as told:
        live.update_parameters(given)
    assert said in str(told.value) and str(told.value).endswith(".")
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())
    assert live.updates == 1
    live.update_parameters({"0.weight": torch.zeros(4, 3)})  # and the momentum is what it was
    assert torch.allclose(model[0].weight, before["0.weight"] - 0.09, atol=1e-6)


@pytest.mark.parametrize("loss", [float("nan"), -1.0, None])
def test_the_safe_step_wants_a_loss(loss: float | None) -> None:
    live = LiveUpdate(net(), lr_mode="safe")
    with pytest.raises(ParamError, match="loss"):
        live.update_parameters({"0.bias": torch.ones(4)}, loss)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: w.pop("0.bias"), "has no '0.bias'"),
        (lambda w: w.update(more=torch.ones(1)), "has 'more'"),
        (lambda w: w.update({"0.bias": torch.ones(3)}), "shape"),
        (lambda w: w.update({"0.bias": torch.full((4,), float("nan"))}), "finite"),
    ],
)
def test_weights_of_another_model_are_refused_whole(change: Any, said: str) -> None:
    model, weights = net(0), dict(net(1).state_dict())
    before = copy.deepcopy(model.state_dict())
    change(weights)
    with pytest.raises(StateError, match="Nothing was changed") as told:
        LiveUpdate(model).update_model(weights)
    assert said in str(told.value)
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())


def test_what_is_no_model_or_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match=r"nn\.Module"):
        LiveUpdate("net")  # type: ignore[arg-type]  # that is what is tested
    with pytest.raises(ParamError, match="lr"):
        LiveUpdate(net(), lr=-1.0)
    (tmp_path / "odd.safetensors").write_bytes(b"nothing of the kind")
    for name in ("odd.safetensors", "there.safetensors"):
        with pytest.raises(DriftscopeError, match=name):
            LiveUpdate(net()).update_model(tmp_path / name)


class Doubt(nn.Module):
    """Looks at its weight twice in a call, which must not change between."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.entered, self.go_on = threading.Event(), threading.Event()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = self.weight.clone()
        self.entered.set()
        assert self.go_on.wait(60)
        return x + torch.stack([first, self.weight])


def test_an_update_waits_for_the_call_that_runs() -> None:
    model = Doubt()
    live = LiveUpdate(model, lr=1.0)
    made: list[torch.Tensor] = []
    using = threading.Thread(target=lambda: made.append(model(torch.zeros(1))))
    using.start()
    assert model.entered.wait(60)
    changing = threading.Thread(target=live.update_parameters, args=({"weight": [-1.0]},))
    changing.start()
    changing.join(0.2)
    assert changing.is_alive() and live.updates == 0
    model.go_on.set()
    using.join(60)
    changing.join(60)
    assert made[0].tolist() == [[0.0], [0.0]] and model.weight.item() == 1.0


def test_a_training_loop_and_updates_from_two_threads_go_together() -> None:
    model = net()
    live, second = LiveUpdate(model, lr=0.0), LiveUpdate(model, lr=0.0)
    over, failed = threading.Event(), []

    def train() -> None:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        try:
            while not over.is_set():
                with live.step():
                    optimizer.zero_grad()
                    nn.functional.mse_loss(model(X), Y).backward()
                    optimizer.step()
        except Exception as error:  # whatever it is, the test is to show it
            failed.append(error)

    training = threading.Thread(target=train)
    training.start()
    for k in range(200):
        (live, second)[k % 2].update_parameters({"0.bias": torch.ones(4)})
    over.set()
    training.join(60)
    assert not failed and live.updates == second.updates == 100


def test_a_call_that_fails_lets_the_model_go() -> None:
    model = net()
    live = LiveUpdate(model, lr=0.1)
    with pytest.raises(RuntimeError):
        model(torch.ones(1, 99))
    changing = threading.Thread(target=live.update_parameters, args=({"0.bias": torch.ones(4)},))
    changing.start()
    changing.join(60)
    assert live.updates == 1


def test_a_model_can_still_be_copied_and_pickled() -> None:
    model = net()
    LiveUpdate(model)
    twin, again = copy.deepcopy(model), pickle.loads(pickle.dumps(model))
    assert torch.equal(twin(X), model(X)) and torch.equal(again(X), model(X))
    assert model.state_dict().keys() == net().state_dict().keys()
