import numpy as np
import pytest
import torch
from forecasting import learner, noise, run, same, sinusoids, skill, steps

from driftscope.core import registry
from driftscope.core.closed_form import FOLD
from driftscope.core.errors import StateError
from driftscope.core.stream import Step

torch.set_num_threads(1)


@pytest.mark.parametrize(("channels", "rows", "n"), [(1, 1, 4000), (8, 8, 10000), (3, 64, 20000)])
def test_on_white_noise_it_is_as_good_as_the_best_baseline(channels, rows, n):
    loss, baselines, _ = run(learner(channels, horizon=8), noise(n, channels), rows)
    assert abs(skill(loss, baselines, 2000)) < 0.02


def test_on_a_random_walk_it_is_hardly_worse_than_the_last_value():
    walk = np.cumsum(noise(3000), 0)
    loss, baselines, _ = run(learner(horizon=8), walk)
    assert skill(loss, baselines, 1000) > -0.04


def test_it_learns_a_signal_within_seconds_of_stream():
    loss, baselines, _ = run(learner(3, 1000.0), sinusoids(15_000), 8)
    assert skill(loss[:10_000], {k: v[:10_000] for k, v in baselines.items()}, 8000) > 0.3
    assert skill(loss, baselines, 12_000) > 0.5


def test_a_prediction_is_kept_as_made_and_the_forecast_is_the_last_of_them():
    made, values = learner(horizon=5), sinusoids(60, 2)
    forecasts, predictions = {}, {}
    for step in steps(values):
        scored = made.score(step)
        predictions[step.seq] = scored.prediction[0]
        forecasts[step.seq] = scored.forecast
        made.learn(step, scored)
    first = made.window - 1
    assert all(forecasts[i] is None for i in range(first))
    assert all(np.isnan(predictions[i]).all() for i in range(first + 5))
    for i in range(first, 50):
        np.testing.assert_array_equal(forecasts[i][-1], predictions[i + 5])


def test_baselines_are_last_value_and_running_mean_at_the_same_horizon():
    made, values = learner(horizon=4), sinusoids(400, 2)
    means = []
    for step in steps(values):
        means.append(made.normaliser.mean)
        scored = made.score(step)
        if step.seq >= 100:
            scale = made.normaliser.scale_with(step.values)
            for name, guess in (("last value", values[step.seq - 4]), ("running mean", means[-5])):
                size = np.abs(step.values - guess) / scale
                huber = np.where(size < 1, 0.5 * size**2, size - 0.5).mean()
                assert scored.baseline_loss[name][0] == pytest.approx(huber)
        made.learn(step, scored)


@pytest.mark.parametrize("model", registry.names("models"))
@pytest.mark.parametrize("rows", [1, 8, 64])
def test_a_growing_step_comes_out_bit_for_bit_the_same(model, rows):
    values = sinusoids(rows * 12 + 64, 3)
    values[70:75, 1] = np.nan
    made = learner(3, 100.0, model)
    for step in steps(values, rows):
        arrived = sorted({1, max(1, rows // 3), max(1, rows - 1), rows})
        parts = []
        for n in arrived:
            cut = step.values.copy()
            cut[n:] = 0.0
            parts.append((n, made.score(Step("s", step.seq, step.time_s, cut, n))))
        whole = parts[-1][1]
        for n, part in parts:
            for name in ("prediction", "loss", "error", "deviation"):
                a, b = getattr(part, name)[:n], getattr(whole, name)[:n]
                np.testing.assert_array_equal(a, b, name)
        made.learn(step, whole)


@pytest.mark.parametrize("model", registry.names("models"))
def test_going_on_from_a_saved_state_changes_nothing(model):
    values = sinusoids(800, 3)
    values[100:105, 1] = np.nan
    whole, before, after = (learner(3, 1000.0, model) for _ in range(3))
    loss, _, prediction = run(whole, values, 8)
    run(before, values[:400], 8)
    after.load_state_dict(before.state_dict())
    resumed = []
    for step in steps(values, 8):
        if step.seq >= 400:
            resumed.append(after.score(step))
            after.learn(step, resumed[-1])
    np.testing.assert_array_equal(np.concatenate([s.loss for s in resumed]), loss[400:])
    np.testing.assert_array_equal(np.concatenate([s.prediction for s in resumed]), prediction[400:])
    same(after.state_dict(), whole.state_dict())


def test_a_state_of_another_model_is_turned_down():
    with pytest.raises(StateError, match="weights"):
        learner(2).load_state_dict(learner(3).state_dict())


def test_the_state_does_not_grow():
    made = learner(2, horizon=8)

    def size(state):
        return sum(size(v) if isinstance(v, dict) else np.asarray(v).nbytes for v in state.values())

    run(made, noise(1000))
    early, held = size(made.state_dict()), made.forecasts.past.held.nbytes
    run(made, noise(6000), 8)
    gathered = 8 * 3 * FOLD  # rows that wait to be learned together
    assert abs(size(made.state_dict()) - early) < gathered
    assert made.forecasts.past.held.nbytes == held


def test_at_learning_rate_zero_weights_hold_and_frozen_holds_everything():
    made = learner(horizon=8)
    run(made, sinusoids(300, 2))
    weights, mean = made.training.optimizer.weights.clone(), made.normaliser.mean
    made.params.lr = 0.0
    run(made, 5 + noise(50))
    assert torch.equal(made.training.optimizer.weights, weights)
    assert not np.array_equal(made.normaliser.mean, mean)
    assert made.state == "frozen"
    made.params.lr, made.params.frozen = 1.0, True
    normaliser, mix = made.normaliser.state_dict(), made.forecasts.mix.state_dict()
    run(made, 5 + noise(50))
    assert torch.equal(made.training.optimizer.weights, weights)
    same(made.normaliser.state_dict(), normaliser)
    same(made.forecasts.mix.state_dict(), mix)


def test_nothing_crosses_a_gap():
    made, values = learner(horizon=4), sinusoids(300, 2)
    run(made, values)
    assert made.warm
    assert made.state == "learning"
    made.gap()
    assert not made.warm
    assert made.state == "warming up"
    weights = made.training.optimizer.weights.clone()
    loss, baselines, prediction = run(made, values[: made.window + 4])
    assert np.isnan(loss[: made.window + 3]).all()
    assert np.isnan(baselines["last value"][:4]).all()
    assert np.isnan(prediction[: made.window + 3]).all()
    assert np.isfinite(loss[made.window + 3])
    assert not torch.equal(made.training.optimizer.weights, weights), (
        "its first update is due just there"
    )


def test_a_part_step_and_a_skipped_one_train_nothing():
    made, values = learner(horizon=8), sinusoids(640, 2)
    run(made, values, 8)
    weights, mean = made.training.optimizer.weights.clone(), made.normaliser.mean
    part = Step("s", 640, np.arange(8.0), np.zeros((8, 2)), 3)
    made.skip(part, made.score(part))
    assert np.array_equal(made.normaliser.mean, mean)
    full = Step("s", 643, np.arange(8.0), np.ones((8, 2)), 8)
    made.skip(full, made.score(full))
    assert not np.array_equal(made.normaliser.mean, mean)
    bulk = Step("s", 651, np.arange(1024.0), noise(1024), 1024)
    made.skip(bulk, None)
    assert torch.equal(made.training.optimizer.weights, weights)
    step = next(steps(values, 8))
    scored = made.score(step)
    assert np.isnan(scored.prediction).all(), "no prediction was made in an unscored step"
    assert np.isfinite(scored.forecast).any()


def test_a_new_horizon_counts_from_the_next_step():
    made, values = learner(horizon=8), sinusoids(400, 2)
    run(made, values[:200])
    made.rate_hz = 1000.0
    made.params.horizon = 0
    step = Step("s", 200, np.zeros(1), values[200:201], 1)
    scored = made.score(step)
    assert made.horizon == 50
    assert np.isnan(scored.prediction).all()
    made.learn(step, scored)
    _, _, prediction = run(made, values[201:])
    assert np.isnan(prediction[:48]).all()
    assert np.isfinite(prediction[49:]).all()


def test_what_was_wanted_at_another_horizon_is_not_replayed():
    made, values = learner(horizon=8, replay=4), sinusoids(400, 2)
    run(made, values[:200])
    assert made.recall.state_dict()["replay"]["count"] > 100
    made.params.horizon = 1
    step = Step("s", 200, np.full(1, 200.0), values[200:201], 1)
    made.learn(step, made.score(step))
    assert made.recall.state_dict()["replay"]["count"] <= 1


@pytest.mark.parametrize("lr", [1.0, 100.0])
@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
def test_no_data_and_no_slider_can_break_it(lr, optimizer):
    values = noise(2400, 6)
    values[:, 1] = 7.0
    values[:, 2] = np.nan
    values[::3, 3] = np.nan
    values[500, 4], values[1000:1010, 4], values[0, 4] = 1e30, -1e30, 1e300
    values[:1500, 5] = 0.0
    values[2000:2020] = np.nan
    values[2100] = np.inf
    made = learner(6, lr=lr, optimizer=optimizer)
    loss, _, prediction = run(made, values, 2)
    assert torch.isfinite(made.training.optimizer.weights).all()
    settled = np.isfinite(loss[1000:])
    assert settled.mean() > 0.98
    assert np.isfinite(prediction[1000:, [0, 1, 3, 4, 5]]).all()
    assert np.abs(prediction[1000:, 0]).max() < 20


def test_a_model_that_breaks_is_restored_and_it_is_said_once():
    made = learner(horizon=8)
    values = sinusoids(1500, 2)
    run(made, values)
    assert made.take_events() == []
    with torch.no_grad():
        made.training.optimizer.weights.fill_(float("nan"))
    loss, _, _ = run(made, values[:200])
    events = made.take_events()
    assert [kind for kind, _ in events] == ["restored"]
    assert "finite" in events[0][1]["reason"]
    assert made.take_events() == []
    assert torch.isfinite(made.training.optimizer.weights).all()
    assert np.isfinite(loss[-100:]).all()


def test_a_model_that_diverges_is_restored():
    made = learner(horizon=8, lr_mode="absolute", lr=0.001)
    values = sinusoids(2000, 2)
    run(made, values[:1500])
    with torch.no_grad():
        made.training.optimizer.weights.mul_(1e6)
    run(made, values[1500:])
    assert [kind for kind, _ in made.take_events()] == ["restored"]


def test_reset_starts_anew_and_the_seed_decides_the_weights():
    made, values = learner(seed=3), sinusoids(200, 2)
    fresh = made.state_dict()
    run(made, values)
    made.reset()
    same(made.state_dict(), fresh)
    assert not torch.equal(
        learner(seed=4).training.optimizer.weights, made.training.optimizer.weights
    )
