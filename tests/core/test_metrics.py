"""Prequential figures against values worked out by hand."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

from driftscope.core.labelled.value_errors import Errors
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


def test_the_plain_ways_worked_out_by_hand() -> None:
    figures = made(Y, SAID).figures()
    assert figures["no_change_accuracy"] == 3 / 6
    # before each row the commonest was: none, 0, 0, 0, then 0 and 1 as often (0), then the same
    assert figures["majority_accuracy"] == 1 / 6


def test_overall_figures_are_those_of_all_rows_whatever_the_window_and_the_cuts() -> None:
    random = np.random.default_rng(1)
    y, said = random.integers(3, size=200), random.integers(-2, 3, size=200)
    whole, cut = made(y, said, 1000), Prequential(20)
    for start in range(0, 200, 7):
        cut.add(y[start : start + 7], said[start : start + 7])
    expected = {f"overall_{name}": value for name, value in whole.figures().items()}
    assert cut.overall_figures() == pytest.approx(expected)
    assert cut.figures()["accuracy"] != cut.overall


def test_after_a_gap_there_is_no_row_before() -> None:
    found = made(np.zeros(3, np.int64), np.zeros(3, np.int64))
    found.gap()
    found.add(np.zeros(1, np.int64), np.zeros(1, np.int64))
    assert found.figures()["no_change_accuracy"] == 2 / 4


def test_errors_of_values_worked_out_by_hand() -> None:
    y, said = np.array([1.0, 3.0, 2.0, 6.0]), np.array([1.0, 2.0, 2.0, 5.0])
    errors = Errors()
    errors.add(y, said)
    figures = errors.figures()
    assert figures["mae"] == pytest.approx(2 / 4)
    assert figures["r2"] == pytest.approx(1 - 2 / 14)
    assert figures["no_change_mae"] == pytest.approx((2 + 1 + 4) / 3)
    assert figures["mean_mae"] == pytest.approx((2 + 0 + 4) / 3)
    assert errors.overall_figures() == pytest.approx(
        {f"overall_{name}": value for name, value in figures.items()}
    )


def test_errors_of_values_by_window_and_over_gaps() -> None:
    random = np.random.default_rng(2)
    y = 1e6 + random.standard_normal(300)
    said = y + random.standard_normal(300)
    said[::9] = np.nan
    errors, last = Errors(50), Errors(50)
    for start in range(0, 300, 11):
        errors.add(y[start : start + 11], said[start : start + 11])
    last.add(y, said)
    assert errors.figures() == pytest.approx(last.figures())
    there = ~np.isnan(said)
    spread = np.sum((y[there] - y[there].mean()) ** 2)
    expected = 1 - np.sum((y - said)[there] ** 2) / spread
    assert errors.overall_figures()["overall_r2"] == pytest.approx(expected)
    errors.gap()
    before = errors.overall_figures()["overall_no_change_mae"]
    errors.add(np.array([0.0]), np.array([0.0]))
    assert errors.overall_figures()["overall_no_change_mae"] == before


def test_saved_errors_go_on() -> None:
    one, two = Errors(), Errors()
    one.add(np.arange(5.0), np.arange(5.0) ** 2)
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for each in (one, two):
        each.add(np.arange(3.0), np.ones(3))
    assert one.figures() == two.figures() and one.overall_figures() == two.overall_figures()


def test_nothing_graded_says_nothing() -> None:
    for nothing in (Errors(), Prequential()):
        found = nothing.figures() | nothing.overall_figures()
        assert all(map(math.isnan, found.values()))
