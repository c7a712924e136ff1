"""How exactly a net calculates, and where: turned while it runs, and sane with every choice."""

import numpy as np
import pytest
import torch
from forecasting import learner, run, same, sinusoids, skill, steps

from driftscope.core import devices, precision
from driftscope.core.errors import ParamError
from driftscope.core.params import ParamSet
from driftscope.core.sections import LearnerParams, default_params
from driftscope.core.training import Training

torch.set_num_threads(1)

HALVES = ("bfloat16", "float16")


@pytest.mark.parametrize("model", ["mlp", "tcn", "attention", "linear"])
def test_half_the_digits_calculate_otherwise_and_learn_as_well(model: str) -> None:
    n = 1600
    values = sinusoids(n, 2)
    whole = run(learner(2, 1000.0, model, lr=3.0), values, 16)
    half = run(learner(2, 1000.0, model, lr=3.0, precision="bfloat16"), values, 16)
    assert np.isfinite(half[0][200:]).all() and not np.array_equal(whole[2][200:], half[2][200:])
    skills = [skill(loss, baselines, n // 2) for loss, baselines, _ in (whole, half)]
    assert skills[1] > skills[0] - 0.05


def test_a_recurrent_net_learns_in_half_the_digits_too() -> None:
    made = learner(2, 1000.0, "gru", precision="bfloat16", rates=1)
    loss, _, _ = run(made, sinusoids(800, 2), 16)
    assert np.nanmean(loss[500:]) < np.nanmean(loss[:250])


def test_float16_learns_though_its_gradients_are_small() -> None:
    values = sinusoids(2400, 2)
    made = learner(2, 1000.0, precision="float16")
    loss, baselines, _ = run(made, values, 16)
    plain = run(learner(2, 1000.0), values, 16)
    assert skill(loss, baselines, 1200) > skill(plain[0], plain[1], 1200) - 0.05
    assert not [kind for kind, _ in made.take_events() if kind == "restored"]


def test_slopes_too_small_for_float16_survive_by_the_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    def gradient(name: str) -> torch.Tensor:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            net = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
        training = Training(net, LearnerParams(precision=name, lr=0.0))
        made = training.ask(torch.ones(64, 4))
        training.step((5e-7 * made).mean(), 1.0, 0.0)
        return training.optimizer.gradient.clone()

    exact = gradient("float32")
    assert torch.allclose(gradient("float16"), exact, 0.1)
    monkeypatch.setattr(precision, "SCALE", 1.0)
    assert not torch.allclose(gradient("float16"), exact, 0.5)


@pytest.mark.parametrize("half", HALVES)
def test_saved_loaded_and_continued_is_the_same_bit_for_bit(half: str) -> None:
    values = sinusoids(800, 2)
    whole, first, second = (learner(2, 1000.0, precision=half) for _ in range(3))
    run(whole, values, 8)
    run(first, values[:400], 8)
    second.load_state_dict(first.state_dict())
    for step in list(steps(values, 8))[50:]:
        second.learn(step, second.score(step))
    same(whole.state_dict(), second.state_dict())


def test_it_can_be_turned_while_it_runs_and_weights_stay_whole_numbers_of_float32() -> None:
    values = sinusoids(1600, 2)
    made = learner(2, 1000.0)
    before = run(made, values[:800], 8)
    made.params.precision = "bfloat16"
    after = run(made, values[800:], 8)
    assert np.nanmean(after[0][100:]) < np.nanmean(before[0][400:]) + 0.05
    assert {each.dtype for each in made.net.parameters()} == {torch.float32}


def test_exact_on_the_processor_the_net_is_asked_as_it_is() -> None:
    def net(inputs: torch.Tensor) -> torch.Tensor:
        return inputs

    given = torch.zeros(3)
    assert precision.asked(net, given, LearnerParams(), torch.device("cpu")) is given


def test_a_card_is_offered_where_there_is_one_and_refused_where_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(devices, "_cuda", False)
    params = ParamSet(learner=LearnerParams())
    assert params.spec("learner.device").options() == ("cpu",)
    with pytest.raises(ParamError, match="no graphics card that PyTorch can use"):
        params.set("learner.device", "cuda")
    with pytest.raises(ParamError, match="must be one of cpu, not 'tpu'"):
        params.set("learner.device", "tpu")
    assert params.learner.device == "cpu"
    monkeypatch.setattr(devices, "_cuda", True)
    assert params.spec("learner.device").options() == ("cpu", "cuda")
    assert params.set("learner.device", "cuda") == "cuda"


def test_a_net_moves_to_another_device_with_all_that_was_learned() -> None:
    made = learner(2, 1000.0, "linear")
    values = sinusoids(800, 2)
    run(made, values[:400], 8)
    copy = learner(2, 1000.0, "linear")
    copy.load_state_dict(made.state_dict())
    copy.training._move()  # to where it is: all of it is taken along
    after = [run(each, values[400:], 8) for each in (made, copy)]
    np.testing.assert_array_equal(after[0][2], after[1][2])
    assert torch.equal(made.training.optimizer.weights, copy.training.optimizer.weights)


def test_pictures_and_numbers_have_the_same_words_for_it() -> None:
    for pictures in (False, True):
        params = default_params(pictures=pictures)
        assert params.spec("learner.precision").options() == ("float32", *HALVES)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no graphics card here")
@pytest.mark.parametrize("name", ["float32", *HALVES])
@pytest.mark.parametrize("model", ["mlp", "gru", "linear"])
def test_on_a_graphics_card_it_learns_as_well(model: str, name: str) -> None:
    values = sinusoids(2400, 2)
    plain = run(learner(2, 1000.0, model), values, 16)
    made = learner(2, 1000.0, model, precision=name)
    run(made, values[:400], 16)
    made.params.device = "cuda"
    loss, baselines, _ = run(made, values[400:], 16)
    assert made.training.optimizer.weights.device.type == "cuda"
    assert skill(loss, baselines, 1200) > skill(plain[0], plain[1], 1600) - 0.1
    made.params.device = "cpu"
    run(made, values[:400], 16)
    assert made.training.optimizer.weights.device.type == "cpu"
