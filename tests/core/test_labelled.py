"""Classes and values are said before they are learned, and learned well."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from labels import blobs, learner, run, runs, said, slope, step

from driftscope.core.labelled.labeller import MOST_CLASSES
from driftscope.core.stream import Labels, StreamInfo


def same_states(a, b):
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for name in a:
            same_states(a[name], b[name])
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for one, two in zip(a, b, strict=True):
            same_states(one, two)
    else:
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


def test_classes_that_can_be_told_apart_are() -> None:
    graded, report = run(learner(), *blobs(400))
    seq, y, predicted = said(graded)
    assert (predicted[0], graded[0].loss[0].item()) == (-1, pytest.approx(np.nan, nan_ok=True))
    assert np.array_equal(seq, np.arange(400))
    assert np.mean(predicted[100:] == y[100:]) > 0.95
    figures = report.figures
    assert figures["overall_accuracy"] == pytest.approx(np.mean(predicted[1:] == y[1:]))
    assert figures["kappa"] > 0.9 and figures["no_change_accuracy"] < 0.5
    assert report.matrix.sum() == 399 and report.classes == ("class 0", "class 1", "class 2")


def test_where_the_values_say_nothing_it_is_as_good_as_the_last_class_again() -> None:
    graded, report = run(learner(), *runs(800))
    figures = report.figures
    assert figures["overall_no_change_accuracy"] > 0.95
    assert figures["overall_accuracy"] > figures["overall_no_change_accuracy"] - 0.01
    plain = np.mean(np.concatenate([each.baseline_loss["no change"] for each in graded[1:]]))
    assert np.mean(np.concatenate([each.loss for each in graded[1:]])) < plain + 0.02


def test_values_are_told_in_their_own_unit() -> None:
    values, y = slope(400)
    graded, report = run(learner(kind="value"), values, y)
    _, true, predicted = said(graded)
    assert np.isnan(predicted[0])
    assert np.mean(np.abs(true - predicted)[200:]) < 1.0  # the noise alone makes 0.4
    figures = report.figures
    assert figures["overall_mae"] == pytest.approx(np.mean(np.abs(true - predicted)[1:]))
    assert figures["r2"] > 0.9 and figures["mae"] < 0.2 * figures["no_change_mae"]
    assert figures["mean_mae"] < figures["no_change_mae"]


def test_a_value_like_the_last_one_is_said_so() -> None:
    draw = np.random.default_rng(0)
    y = 1e6 + np.cumsum(draw.standard_normal(500))
    _, report = run(learner(kind="value"), draw.standard_normal((500, 2)), y)
    assert report.figures["mae"] < 1.05 * report.figures["no_change_mae"]


@pytest.mark.parametrize("kind", ["class", "value"])
def test_what_is_shown_of_the_newest_row_is_what_is_graded(kind: str) -> None:
    made = learner(kind=kind)
    values, y = blobs(60) if kind == "class" else slope(60)
    run(made, values, y)
    more, truth = blobs(61) if kind == "class" else slope(61)
    scored = made.score(step(more, None, 60))
    made.learn(step(more, truth, 60), scored)
    graded, _ = made.take_reports()
    if kind == "class":
        chances = scored.extras["classes"]
        assert chances.shape == (4,) and chances.sum() == pytest.approx(1.0)
        assert graded.predicted[0] == chances.argmax()
        assert graded.loss[0] == pytest.approx(-np.log(chances[truth[60]]))
    else:
        assert graded.predicted[0] == scored.extras["value"][0]
        assert np.isnan(scored.extras["value"][1])


def test_a_class_that_comes_in_mid_stream_is_learned() -> None:
    values, y = blobs(600, classes=3)
    late = np.concatenate((np.flatnonzero(y[:200] < 2), np.arange(200, 600)))
    graded, report = run(learner(), values[late], y[late])
    _, true, predicted = said(graded)
    assert np.mean(predicted[-300:] == true[-300:]) > 0.93
    assert len(report.classes) == 3 and report.matrix.shape == (3, 4)


def test_the_name_of_a_new_class_gives_it_not_away() -> None:
    values, y = blobs(101, classes=2)
    y[100] = 2
    one, two = learner(classes=("a", "b")), learner(classes=("a", "b"))
    for made in (one, two):
        run(made, values[:100], y[:100])
    names = ("c0", "c1")
    two.extend(
        StreamInfo("s", names, ("", ""), None, 2, clock="rows", classes=("a", "b", "new"),
                   label=two.info.label)
    )  # fmt: skip
    first, second = (made.score(step(values, None, 100)) for made in (one, two))
    assert np.array_equal(first.extras["classes"][:2], second.extras["classes"][:2])
    assert len(second.extras["classes"]) == 4
    two.learn(step(values, y, 100), second)
    assert two.take_reports()[-1].classes == ("a", "b", "new")


def test_labels_may_come_late() -> None:
    values, y = blobs(400)
    made = learner()
    graded = []
    for seq in range(400):
        now = step(values, None, seq)
        made.learn(now, made.score(now))
        if seq >= 20:
            made.label(Labels("s", seq - 20, y[seq - 20 : seq - 19]))
        graded += made.take_reports()[:1]
    _, true, predicted = said(graded)
    assert np.all(predicted[:21] == -1), "nothing was known when these rows were said"
    assert np.mean(predicted[150:] == true[150:]) > 0.95


def test_the_last_class_counts_as_that_of_so_many_rows_before() -> None:
    y = (
        np.arange(500) // 4 % 2
    )  # two rows later it is the other one as often as not, 4 later always
    values = np.zeros((500, 1))
    made, graded = learner(channels=1), []
    for seq in range(500):
        now = step(values, None, seq)
        made.learn(now, made.score(now))
        if seq >= 3:
            made.label(Labels("s", seq - 3, y[seq - 3 : seq - 2]))
        graded += made.take_reports()[:1]
    _, true, predicted = said(graded)
    assert np.mean(predicted[300:] == true[300:]) > 0.9


def test_a_label_long_gone_is_told() -> None:
    values, y = blobs(30)
    made = learner()
    run(made, values, y)
    made.label(Labels("s", 3, y[3:5]))
    (kind, data), = [each for each in made.take_events() if each[0] == "note"]  # fmt: skip
    assert kind == "note" and data["message"] == "2 labels came after their rows were forgotten."


def test_rows_without_a_label_are_no_rows_of_the_books() -> None:
    values, y = blobs(400)
    y = np.where(np.random.default_rng(1).random(400) < 0.5, -1, y)
    graded, report = run(learner(), values, y)
    assert len(said(graded)[0]) == np.count_nonzero(y >= 0)
    assert report.figures["accuracy"] > 0.85


def test_from_rows_in_test_nothing_is_learned() -> None:
    values, y = blobs(200)
    one, two = learner(), learner()
    run(one, values, y)
    held = np.zeros(200, bool)
    held[150:] = True
    graded, _ = run(two, values, y, test=held)
    assert all(each.test.all() for each in graded[150:])
    three = learner()
    run(three, values[:150], y[:150])
    same_states(two.labels.learned(), three.labels.learned())
    assert two.labels.books.figures.rows == 149


def test_missing_and_absurd_values_leave_it_sane() -> None:
    values, y = blobs(400)
    values[::7, 0] = np.nan
    values[::11] = np.nan
    values[50] = 1e30
    values[51] = np.inf
    graded, report = run(learner(), values, y)
    assert report.figures["accuracy"] > 0.7
    assert all(np.isfinite(each.loss[0]) for each in graded[1:])


@pytest.mark.parametrize("bad", [np.inf, 1e200, -1e150])
def test_a_value_that_is_none_is_left_out(bad: float) -> None:
    values, y = slope(300)
    y[100] = bad
    graded, report = run(learner(kind="value"), values, y)
    assert 100 not in said(graded)[0] and report.figures["r2"] > 0.8


def test_classes_beyond_what_can_be_told_apart_are_left_out_and_told_once() -> None:
    values, y = blobs(50)
    y[10:13] = MOST_CLASSES + np.arange(3)
    made = learner()
    graded, report = run(made, values, y)
    assert len(report.classes) == 3 and len(said(graded)[0]) == 47
    notes = [data["message"] for kind, data in made.take_events() if kind == "note"]
    assert len(notes) == 1 and "label_kind=value" in notes[0]


@pytest.mark.parametrize("kind", ["class", "value"])
def test_nothing_is_looked_at_across_a_gap(kind: str) -> None:
    values, y = runs(300) if kind == "class" else slope(300)
    made = learner(kind=kind)
    run(made, values[:200], y[:200])
    made.gap()
    assert made.labels.context.last.seq < 0 and not made.labels.context.codes.any()
    before = made.labels.books.figures.overall_figures()
    run(made, values, y, first=200)
    assert np.isfinite(list(before.values())).all()
    late = learner(kind=kind)
    run(late, values[:200], np.full(200, -1) if kind == "class" else np.full(200, np.nan))
    late.gap()
    late.label(Labels("s", 0, y[:200]))  # of before the gap: learned, but not what came last
    assert late.labels.context.last.seq < 0 and late.labels.experts.learned == 200


@pytest.mark.parametrize("how", ["frozen", "held", "no trust", "lr 0"])
def test_what_is_not_to_be_learned_is_not(how: str) -> None:
    values, y = blobs(200)
    made = learner()
    run(made, values[:100], y[:100])
    before = copy.deepcopy(made.labels.learned())
    if how == "held":
        made.hold("a test")
    elif how == "no trust":
        made.trust = 0.0
    else:
        setattr(made.params, *(("frozen", True) if how == "frozen" else ("lr", 0.0)))
    graded, _ = run(made, values, y, first=100)
    same_states(before, made.labels.learned())
    assert len(graded) == 100


def test_going_back_is_going_back_to_the_bit_even_to_fewer_classes() -> None:
    values, y = blobs(300, classes=3)
    made = learner()
    early = y < 2
    run(made, values[early][:100], y[early][:100])
    then, state = copy.deepcopy(made.learned()), copy.deepcopy(made.labels.learned())
    run(made, values[:200], y[:200], first=100)
    assert made.labels.experts.target.outputs == 3
    made.go_back(then)
    experts = made.labels.experts
    assert np.array_equal(experts.of_row.covariance, state["experts"]["of_row"]["covariance"])
    assert np.array_equal(experts.of_row.weights[:, :2], state["experts"]["of_row"]["weights"])
    run(made, values, y, first=200)


def test_new_channels_keep_what_was_learned() -> None:
    values, y = blobs(500, channels=3)
    made = learner(channels=2)
    run(made, values[:250, :2], y[:250])
    info = StreamInfo("s", ("c0", "c1", "c2"), ("",) * 3, None, 2, clock="rows",
                      label=made.info.label)  # fmt: skip
    made.extend(info)
    graded, _ = run(made, values, y, first=250)
    _, true, predicted = said(graded)
    assert np.mean(predicted[:50] == true[:50]) > 0.9
    assert np.mean(predicted[-100:] == true[-100:]) > 0.95


def test_another_model_keeps_what_was_learned_of_the_labels() -> None:
    values, y = blobs(200)
    old, new = learner(), learner(model="linear")
    run(old, values, y)
    new.take_over(old)
    same_states(old.labels.state_dict(), new.labels.state_dict())


def test_another_model_may_come_before_a_class_that_has_a_name_was_said() -> None:
    values, y = blobs(100, classes=2)
    old, new = learner(), learner(model="linear", classes=("a", "b"))
    old.extend(new.info)
    new.take_over(old)
    same_states(old.labels.state_dict(), new.labels.state_dict())
    _, report = run(new, values, y)
    assert report.classes == ("a", "b") and report.matrix.sum() > 50


@pytest.mark.parametrize("lr", [1e-3, 100.0])
def test_no_slider_makes_it_worse_than_the_closed_form(lr: float) -> None:
    values, y = blobs(400)
    _, report = run(learner(lr=lr), values, y)
    assert report.figures["accuracy"] > 0.93
