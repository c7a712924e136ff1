"""The classifier's books: passes, figures, cells and their pictures."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from labelled import NAMES, classes, drawn

from driftscope.core.pictures import shown as module
from driftscope.core.pictures.grades import Grades, Labelled
from driftscope.core.pictures.shown import Shown
from driftscope.core.reports import Graded, Sample


def sure(said: np.ndarray, kinds: int = 3, by: float = 0.8) -> np.ndarray:
    """Return chances (n, kinds) of which the class said has `by`."""
    made = np.full((len(said), kinds), (1 - by) / (kinds - 1))
    made[np.arange(len(said)), said] = by
    return made


def enter(
    books: Grades, y: np.ndarray, said: np.ndarray, seq: int = 0, test: np.ndarray | None = None
) -> Graded:
    rows = seq + np.arange(len(y))
    test = np.zeros(len(y), bool) if test is None else test
    graded = books.add(Labelled(rows, rows * 1.0, y, test, drawn(y, 4), sure(said)))
    books.seen(seq + len(y))
    return graded


def test_a_row_is_graded_by_what_was_said_of_it() -> None:
    graded = enter(Grades("p", NAMES), np.array([0, 1, 2]), np.array([0, 1, 1]))
    assert graded.predicted.tolist() == [0, 1, 1]
    assert graded.loss == pytest.approx(-np.log([0.8, 0.8, 0.1]))


def test_the_plain_way_knows_how_often_each_class_came_before_a_row() -> None:
    books = Grades("p", NAMES)
    y = np.array([0, 0, 1, 0])
    test = np.array([False, False, True, False])
    plain = enter(books, y, y, 0, test).baseline_loss["class frequency"]
    assert plain == pytest.approx(-np.log([1 / 3, 2 / 4, 1 / 5, 3 / 5]))
    plain = enter(books, np.array([2]), np.array([2]), 4).baseline_loss["class frequency"]
    assert plain == pytest.approx(-np.log(1 / 6))


def test_rows_of_two_passes_are_kept_apart_wherever_steps_end() -> None:
    books = Grades("p", NAMES)
    y = classes(30)
    wrong = (y + 1) % 3
    books.end_pass(25)
    for at in range(0, 24, 8):
        enter(books, y[at : at + 8], y[at : at + 8], at)
        assert not books.report().passes
    enter(books, y[:6], np.append(y[:1], wrong[1:6]), 24)
    (first,) = books.report().passes
    assert first["train_accuracy"] == 1.0 and first["loss"] == pytest.approx(-np.log(0.8))
    assert np.isnan(first["held_out_accuracy"])
    books.end_pass(30)
    assert books.report().passes[1]["train_accuracy"] == 0.0


def test_the_matrix_is_of_the_last_pass_and_of_what_was_held_out() -> None:
    books = Grades("p", NAMES)
    y, said = np.array([0, 1, 2, 2]), np.array([0, 2, 2, 1])
    test = np.array([False, True, True, True])
    enter(books, y[:1], said[:1])
    assert books.report().of == "pictures said before learned, pass 1"
    assert books.report().matrix.sum() == 1
    enter(books, y[1:], said[1:], 1, test[1:])
    books.end_pass(4)
    enter(books, y, y, 4, test)
    report = books.report()
    assert report.of == "pictures held out, pass 1"
    assert report.matrix.tolist() == [[0, 0, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0]]
    assert report.figures["held_out_accuracy"] == pytest.approx(1 / 3)
    assert report.figures["accuracy"] == 1.0, "nothing held out counts there"
    cells = [(sample.y, sample.predicted) for sample in report.samples]
    assert cells == [(1, 2), (2, 2), (2, 1)]
    assert [sample.seq for sample in report.samples] == [1, 2, 3]
    assert all(sample.test and sample.picture.shape == (4, 4, 3) for sample in report.samples)


def test_more_classes_leave_what_was_counted() -> None:
    books = Grades("p", NAMES)
    enter(books, np.array([0, 1]), np.array([0, 2]))
    books.extend((*NAMES, "new"))
    y = np.array([3])
    graded = books.add(
        Labelled(np.array([2]), np.array([2.0]), y, y < 0, drawn(y, 4), sure(np.array([0])))
    )
    assert np.isnan(graded.loss).all() and graded.predicted.tolist() == [0]
    matrix = books.report().matrix
    assert matrix.shape == (4, 5)
    assert matrix[0, 0] == matrix[1, 2] == matrix[3, 0] == 1 and matrix.sum() == 3


def test_saved_and_loaded_the_books_go_on() -> None:
    one, two = Grades("p", NAMES), Grades("p", NAMES)
    y = classes(40)
    one.end_pass(16)
    one.end_pass(44)
    enter(one, y, classes(40, seed=5), 0, np.arange(40) % 4 == 0)
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for books in (one, two):
        enter(books, y, y, 40)
    a, b = one.report(), two.report()
    assert np.array_equal(a.matrix, b.matrix) and (a.figures, a.of) == (b.figures, b.of)
    assert [(s.id, s.seq, s.y) for s in a.samples] == [(s.id, s.seq, s.y) for s in b.samples]
    assert len(a.passes) == 2 and a.passes == b.passes


def test_a_few_pictures_of_each_cell_are_kept_and_not_too_many_in_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "EACH", 3)
    monkeypatch.setattr(module, "LIMIT", 10)
    kept = Shown()
    blank = np.zeros((2, 2, 3), np.uint8)
    for k in range(60):
        kept.add(Sample(k, k, float(k), k % 6, 0, False, blank))
        samples = kept.samples()
        assert len(samples) <= 10
        assert max(np.bincount([each.y for each in samples])) <= 3
        assert samples[-1].id == k and [s.id for s in samples] == sorted(s.id for s in samples)
    assert min(sample.id for sample in samples) >= 48
