import pytest
import torch
from torch import nn

from driftscope.core import registry
from driftscope.core.bank import SPREADS, Bank, copies, flatten, names
from driftscope.core.sections import LearnerParams
from driftscope.core.stream import StreamInfo
from driftscope.core.training import Training

torch.set_num_threads(1)
MODELS = registry.names("models")


def nets(model, count=3, channels=3):
    plugin = registry.load("models", model)
    params = plugin.Params()
    torch.manual_seed(0)
    info = StreamInfo("s", tuple("abc"), ("",) * channels, 100.0)
    made = copies(plugin.build(params, info).eval(), count)
    with torch.no_grad():
        for net in made:
            for p in net.parameters():
                p.normal_(0, 0.1)
    return made, torch.randn(5, params.window, channels)


def training(rates, **params):
    torch.manual_seed(0)
    made = Training(nn.Linear(4, 2), LearnerParams(**params), rates=rates)
    x = torch.randn(200, 4)
    return made, x, x[:, :2] * 2


def step(made, x, y, time_s=0.0):
    mean = (made.predict(x) - y).square().mean((1, 2))
    return made.step(mean, 1.0, time_s)


@pytest.mark.parametrize("model", MODELS)
def test_copies_asked_together_say_what_each_says_alone(model):
    some, windows = nets(model)
    weights, gradient = flatten(some)
    made = Bank(some, weights, gradient)(windows)
    alone = torch.stack([net(windows) for net in some])
    torch.testing.assert_close(made, alone)
    assert (made[0] - made[1]).abs().max() > 0
    goal = torch.randn(made.shape)
    found = []
    for each in (made, alone):
        gradient.zero_()
        (each - goal).square().sum().backward()
        found.append(gradient.clone())
    torch.testing.assert_close(found[0], found[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_a_stacked_net_shares_its_weights_with_the_single_ones(model):
    some, windows = nets(model)
    weights, gradient = flatten(some)
    bank = Bank(some, weights, gradient)
    weights.mul_(0.5)
    torch.testing.assert_close(bank(windows), torch.stack([net(windows) for net in some]))
    with torch.no_grad():
        next(some[1].parameters()).zero_()
    torch.testing.assert_close(bank(windows)[1], some[1](windows))


def test_every_spread_holds_the_slider_itself():
    for count, rates in SPREADS.items():
        assert len(rates) == count
        assert 1.0 in rates
        assert len(set(names(rates))) == count


def test_a_copy_with_a_larger_rate_moves_further():
    made, x, y = training((0.1, 1.0), optimizer="sgd")
    before = made.optimizer.weights.clone()
    for _ in range(5):
        step(made, x, y)
    moved = (made.optimizer.weights - before).norm(dim=1)
    assert 0 < moved[0] < 0.5 * moved[1]


def test_at_learning_rate_zero_no_copy_moves():
    made, x, y = training((0.1, 1.0, 3.0), lr=0.0)
    before = made.optimizer.weights.clone()
    step(made, x, y)
    assert torch.equal(made.optimizer.weights, before)


def test_without_trust_nothing_moves():
    made, x, y = training((0.1, 1.0, 3.0))
    before = made.optimizer.weights.clone()
    mean = (made.predict(x) - y).square().mean((1, 2))
    made.step(mean, 1.0, 0.0, trust=0.0)
    assert torch.equal(made.optimizer.weights, before)


def test_a_copy_that_breaks_is_restored_alone_and_it_is_said_once():
    made, x, y = training((0.1, 1.0, 3.0))
    for k in range(10):
        step(made, x, y, k)
    whole = made.optimizer.weights.clone()
    with torch.no_grad():
        made.optimizer.weights[1:] = float("nan")
    assert not step(made, x, y, 11.0)[1]
    assert torch.isfinite(made.optimizer.weights).all()
    assert (made.optimizer.weights[0] - whole[0]).abs().max() < 0.1, "it had only one more update"
    assert [kind for kind, _ in made.take_events()] == ["restored"]
    assert made.take_events() == []


def test_going_on_from_a_saved_state_changes_nothing():
    (one, x, y), (two, _, _) = training((0.3, 1.0)), training((0.3, 1.0))
    for _ in range(5):
        step(one, x, y)
    two.load_state_dict(one.state_dict())
    for made in (one, two):
        step(made, x, y)
    assert torch.equal(one.optimizer.weights, two.optimizer.weights)
