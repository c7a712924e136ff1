import subprocess
import sys

import pytest
import torch
from torch import nn

from driftscope.core.bank import copies
from driftscope.core.optimizers import Optimizer
from driftscope.core.sections import LearnerParams

torch.set_num_threads(1)

AGAINST_TORCH = """
import torch
from torch import nn
from driftscope.core.bank import copies
from driftscope.core.optimizers import Optimizer
from driftscope.core.sections import LearnerParams

torch.set_num_threads(1)
for name, momentum in (
    ("sgd", 0.9), ("sgd", 0.0), ("rmsprop", 0.9), ("rmsprop", 0.0), ("adam", 0.9), ("adam", 0.5)
):
    torch.manual_seed(1)
    ours, theirs = (nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2)) for _ in range(2))
    theirs.load_state_dict(ours.state_dict())
    lr = 0.002 if name == "rmsprop" else 0.05
    params = LearnerParams(optimizer=name, momentum=momentum, lr=lr, lr_mode="absolute")
    mine = Optimizer(ours, params)
    if name == "sgd":
        other = torch.optim.SGD(theirs.parameters(), lr=lr, momentum=momentum)
    elif name == "rmsprop":
        other = torch.optim.RMSprop(theirs.parameters(), lr=lr, momentum=momentum)
    else:
        other = torch.optim.Adam(theirs.parameters(), lr=lr, betas=(momentum, 0.999))
    for _ in range(100):
        x, y = torch.randn(4, 6), torch.randn(4, 2)
        mine.clear()
        loss = (ours(x) - y).square().mean()
        loss.backward()
        mine.step([float(loss.detach())], [1.0])
        other.zero_grad()
        (theirs(x) - y).square().mean().backward()
        other.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)
print("same")
"""


def test_absolute_steps_are_those_of_torch_optim():
    done = subprocess.run(
        [sys.executable, "-c", AGAINST_TORCH], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "same", done.stderr


def trained(updates, scale=1.0, **params):
    torch.manual_seed(0)
    net = nn.Linear(8, 2)
    nn.init.zeros_(net.weight)
    nn.init.zeros_(net.bias)
    optimizer = Optimizer(net, LearnerParams(**params))
    goal = torch.randn(2, 8)
    losses = []
    for _ in range(updates):
        x = torch.randn(4, 8)
        optimizer.clear()
        loss = 0.5 * (net(x) - scale * x @ goal.T).square().mean()
        loss.backward()
        losses.append(float(loss.detach()))
        optimizer.step([losses[-1]], [1.0])
    return optimizer, losses


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_safe_step_learns_whatever_the_unit(name, scale):
    _, losses = trained(3000, scale, optimizer=name)
    assert sum(losses[-100:]) < 0.05 * sum(losses[:100])


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("momentum", [0.0, 0.99])
def test_a_hundred_times_the_safe_step_stays_finite(name, momentum):
    optimizer, losses = trained(1000, optimizer=name, lr=100.0, momentum=momentum)
    assert torch.isfinite(optimizer.weights).all()
    assert max(losses) < 1e3 * losses[0]


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("mode", ["safe", "absolute"])
def test_at_learning_rate_zero_no_weight_changes(name, mode):
    optimizer, _ = trained(50, optimizer=name)
    before = optimizer.weights.clone()
    optimizer.params.lr, optimizer.params.lr_mode = 0.0, mode
    optimizer.gradient.fill_(1.0)
    assert optimizer.step([1.0], [1.0]) == [True]
    assert torch.equal(optimizer.weights, before)


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam"])
def test_a_gradient_that_is_not_finite_changes_nothing(name):
    optimizer, _ = trained(50, optimizer=name)
    before = optimizer.state_dict() | {"weights": optimizer.weights.clone()}
    optimizer.gradient[0, 3] = float("nan")
    assert optimizer.step([1.0], [1.0]) == [False]
    after = optimizer.state_dict() | {"weights": optimizer.weights}
    assert after.pop("kind") == before.pop("kind")
    for key, value in before.items():
        assert torch.equal(torch.as_tensor(after[key]), torch.as_tensor(value))


def test_a_slider_keeps_the_moments_and_another_optimizer_forgets_them():
    optimizer, _ = trained(50, optimizer="adam")
    optimizer.params.lr, optimizer.params.momentum = 3.0, 0.5
    optimizer.step([1.0], [1.0])
    assert optimizer.updates == [51]
    optimizer.params.optimizer = "sgd"
    optimizer.step([1.0], [1.0])
    assert optimizer.updates == [1]
    assert not optimizer.second.any()


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam"])
def test_dead_units_leave_no_denormal_numbers(name):
    optimizer, _ = trained(10, optimizer=name)
    for _ in range(2000):
        optimizer.clear()
        optimizer.step([1.0], [1.0])
    for moment in (optimizer.first, optimizer.second):
        small = moment[moment != 0].abs()
        assert not len(small) or small.min() >= torch.finfo(torch.float32).tiny


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("mode", ["safe", "absolute"])
def test_copies_side_by_side_step_as_each_would_alone(name, mode):
    rates = (0.1, 1.0, 3.0)

    def made(lr, count):
        torch.manual_seed(0)
        nets = copies(nn.Linear(4, 2), count)
        params = LearnerParams(optimizer=name, lr_mode=mode, lr=lr)
        return Optimizer(nets, params, rates=rates if count > 1 else (1.0,)), nets

    together, nets = made(0.01, 3)
    alone = [made(0.01 * rate, 1) for rate in rates]
    torch.manual_seed(5)
    for k in range(40):
        x, y = torch.randn(3, 4), torch.randn(3, 2)
        losses = []
        for optimizer, some in ((together, nets), *alone):
            optimizer.clear()
            mean = torch.stack([(net(x) - y).square().mean() for net in some])
            mean.sum().backward()
            losses.append(mean.tolist())
        if k == 20:
            together.gradient[1, 2] = float("inf")
            alone[1][0].gradient[0, 2] = float("inf")
        done = together.step(losses[0], [1.0] * 3)
        assert done == [True, k != 20, True]
        for (optimizer, _), loss in zip(alone, losses[1:], strict=True):
            optimizer.step(loss, [1.0])
    for k, (optimizer, _) in enumerate(alone):
        torch.testing.assert_close(together.weights[k], optimizer.weights[0])
        assert together.updates[k] == optimizer.updates[0]


def test_one_copy_is_put_back_and_the_others_stay():
    torch.manual_seed(0)
    params = LearnerParams()
    optimizer = Optimizer(copies(nn.Linear(4, 2), 2), params, rates=(0.3, 1.0))
    before = optimizer.row(1)
    optimizer.gradient.fill_(1.0)
    optimizer.step([1.0] * 2, [1.0] * 2)
    other = optimizer.weights[0].clone()
    assert not torch.equal(optimizer.weights[1], before["weights"][0])
    optimizer.put(1, before)
    assert torch.equal(optimizer.weights[1], before["weights"][0])
    assert torch.equal(optimizer.weights[0], other)
    assert optimizer.updates == [1, 0]
