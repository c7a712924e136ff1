from dataclasses import replace

import numpy as np
import pytest
import torch
from forecasting import learner, noise, run, sinusoids, steps
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


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("model", ["mlp", "linear"])
def test_gradients_by_hand_are_those_of_autograd(model, rows):
    some, windows = nets(model)
    weights, gradient = flatten(some)
    bank = Bank(some, weights, gradient)
    goal = torch.randn(rows, 3)

    def judge(made):
        return np.square(made - goal.numpy()).sum((1, 2)), 2 * (made - goal.numpy())

    losses = bank.descend(windows[:rows].numpy(), judge)
    by_hand = gradient.clone()
    gradient.zero_()
    made = bank(windows[:rows])
    said = bank.say(windows[:rows].numpy())
    np.testing.assert_allclose(said, made.detach(), rtol=1e-4, atol=1e-5)
    squares = (made - goal).square().sum((1, 2))
    squares.sum().backward()
    np.testing.assert_allclose(losses, squares.detach(), rtol=1e-4)
    torch.testing.assert_close(by_hand, gradient, rtol=1e-4, atol=1e-5)


def test_what_is_not_known_is_not_learned():
    net = nn.Linear(4, 2)
    made = Training(net, LearnerParams(optimizer="sgd"))
    before = made.net.weight.detach().clone()
    x, known = torch.randn(6, 4), torch.ones(6, 2, dtype=torch.bool)
    known[:, 1] = False
    with torch.no_grad():
        wanted = torch.nn.functional.huber_loss(net(x)[:, 0], torch.ones(6))
    loss = made.fit((x.numpy(), np.ones((6, 2), np.float32), known.numpy()), 1.0, 0.0)
    assert loss == pytest.approx(float(wanted), rel=1e-4)
    moved = (made.net.weight.detach() - before).abs().sum(1)
    assert moved[0] > 0
    assert moved[1] < 1e-9


def test_each_copy_keeps_its_own_weights_when_a_channel_is_added():
    made = learner(2, horizon=8)
    run(made, sinusoids(200, 2))
    before = made.training.optimizer.weights.clone()
    info = made.info
    made.extend(replace(info, channels=(*info.channels, "new"), units=("",) * 3, sample_shape=()))
    assert len(made.training.nets) == 4
    outer = [net.outer.weight.detach()[:2] for net in made.training.nets]
    assert all((outer[0] - other).abs().max() > 0 for other in outer[1:])
    assert before.shape[0] == made.training.optimizer.weights.shape[0]


def test_the_names_of_the_copies_are_the_parts_of_a_prediction():
    made = learner(2, horizon=8)
    scored = made.score(next(steps(noise(8), 8)))
    assert set(scored.parts) == {"0.1x", "0.3x", "1x", "3x", "closed form", "echo"}
