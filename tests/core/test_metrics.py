"""Prequential figures against values worked out by hand."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

from driftscope.core.metrics import NONE, ConfusionMatrix, Prequential

Y = np.array([0, 0, 1, 1, 2, 2])
SAID = np.array([0, 1, 1, 1, 2, 0])


def made(y: np.ndarray, said: np.ndarray, window: int = 1000) -> Prequential:
    found = Prequential(window)
    found.add(y, said)
    return found


def test_figures_worked_out_by_hand() -> None:
    figures = made(Y, SAID).figures()
    right = 4 / 6
    chance = (2 * 2 + 2 * 3 + 2 * 1) / 36
    same_as_last = 3 / 6  # the first row has none before it
    assert figures["accuracy"] == pytest.approx(right)
    assert figures["kappa"] == pytest.approx((right - chance) / (1 - chance))
    assert figures["kappa_t"] == pytest.approx((right - same_as_last) / (1 - same_as_last))
    assert figures["f1"] == pytest.approx((2 / 4 + 4 / 5 + 2 / 3) / 3)


def test_who_repeats_the_last_class_gets_a_kappa_t_near_zero_and_a_high_accuracy() -> None:
    y = np.repeat([0, 1, 0, 1], 100)
    said = np.append(0, y[:-1])
    figures = made(y, said).figures()
    assert figures["accuracy"] == pytest.approx(397 / 400)
    same = 396 / 400
    assert figures["kappa_t"] == pytest.approx((397 / 400 - same) / (1 - same))


def test_who_always_says_the_same_has_a_kappa_of_zero() -> None:
    figures = made(np.array([0, 1, 0, 0]), np.zeros(4, np.int64)).figures()
    assert figures["accuracy"] == 0.75 and figures["kappa"] == pytest.approx(0.0)
    assert figures["f1"] == pytest.approx((6 / 7 + 0) / 2)


def test_one_class_alone_says_nothing_of_kappa() -> None:
    figures = made(np.zeros(5, np.int64), np.zeros(5, np.int64)).figures()
    assert figures["accuracy"] == 1.0 and math.isnan(figures["kappa"])
    assert figures["kappa_t"] == 1.0  # the first row had none before it


def test_none_of_these_counts_as_wrong_and_nothing_said_not_at_all() -> None:
    found = made(np.array([0, 1, 1, 0]), np.array([0, NONE, -1, 0]))
    assert found.rows == 3 and found.right == 2 and found.overall == pytest.approx(2 / 3)
    figures = found.figures()
    assert figures["accuracy"] == pytest.approx(2 / 3)
    assert figures["f1"] == pytest.approx((1.0 + 0.0) / 2)
    assert figures["kappa"] == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))


def test_figures_are_of_the_window_and_overall_of_all() -> None:
    found = made(np.zeros(10, np.int64), np.ones(10, np.int64), window=4)
    found.add(np.zeros(4, np.int64), np.zeros(4, np.int64))
    assert found.figures()["accuracy"] == 1.0 and found.overall == pytest.approx(4 / 14)
    assert len(found) == 4


def test_it_does_not_matter_how_rows_are_cut() -> None:
    random = np.random.default_rng(3)
    y, said = random.integers(-2, 4, (2, 500))
    y = np.maximum(y, 0)
    whole, cut = made(y, said, 120), Prequential(120)
    at = 0
    while at < len(y):
        n = int(random.integers(1, 40))
        cut.add(y[at : at + n], said[at : at + n])
        at += n
    assert cut.figures() == whole.figures() and cut.overall == whole.overall


def test_nothing_is_known_at_first() -> None:
    found = Prequential()
    assert math.isnan(found.overall) and all(math.isnan(v) for v in found.figures().values())


def test_it_goes_on_from_a_saved_state() -> None:
    one, two = made(Y, SAID, 4), Prequential(4)
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for each in (one, two):
        each.add(SAID, Y)
    assert one.figures() == two.figures() and one.overall == two.overall
    assert one.state_dict()["window"].tolist() == two.state_dict()["window"].tolist()


def test_the_matrix_counts_and_grows_in_front_of_none_of_these() -> None:
    matrix = ConfusionMatrix(2)
    matrix.add(np.array([0, 1, 1, 0]), np.array([0, 0, 2, -1]))
    assert matrix.counts.tolist() == [[1, 0, 0], [1, 0, 1]]
    matrix.extend(3)
    matrix.add(np.array([2]), np.array([3]))
    assert matrix.counts.tolist() == [[1, 0, 0, 0], [1, 0, 0, 1], [0, 0, 0, 1]]
    again = ConfusionMatrix(0)
    again.load_state_dict(matrix.state_dict())
    assert np.array_equal(again.counts, matrix.counts)
