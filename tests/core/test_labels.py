"""Labels on their way: to the rows they belong to, and never before these were scored."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled import NAMES, Labelled, classes, drawn
from streams import Kept, Listed, run, waves

from driftscope.core import knowledge, parts
from driftscope.core import labels as module
from driftscope.core.arrays import UNKNOWN
from driftscope.core.labels import Waiting
from driftscope.core.learner import Forecaster
from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, Graded, Item, Labels, Report, Scored, Step


def told(waiting: Waiting, seq: int, y: Sequence[int], learned_to: int = 0) -> Labels | None:
    return waiting.put(Labels("s", seq, np.array(y, np.int64)), learned_to)


def taken(waiting: Waiting, seq: int, rows: int) -> list[int] | None:
    found = waiting.take(seq, rows)
    return None if found is None else found[0].tolist()


@given(st.lists(st.integers(1, 9), max_size=12), st.lists(st.integers(1, 9), max_size=12))
def test_whatever_the_cuts_each_row_gets_its_own_label(
    told_in: list[int], asked: list[int]
) -> None:
    y = np.arange(sum(told_in)) + 100
    waiting = Waiting()
    at = 0
    for n in told_in:
        waiting.put(Labels("s", at, y[at : at + n], y[at : at + n] % 2 == 0), 0)
        at += n
    at = 0
    for n in asked:
        expected = [int(y[k]) if k < len(y) else UNKNOWN for k in range(at, at + n)]
        found = waiting.take(at, n)
        if found is None:
            assert at >= len(y)
        else:
            assert found[0].tolist() == expected
            assert found[1].tolist() == [label >= 0 and label % 2 == 0 for label in expected]
        at += n
    assert len(waiting) == max(0, len(y) - sum(asked))


def test_rows_that_were_jumped_over_are_forgotten() -> None:
    waiting = Waiting()
    told(waiting, 0, range(10))
    told(waiting, 20, range(5))
    assert taken(waiting, 6, 2) == [6, 7]
    assert taken(waiting, 18, 4) == [UNKNOWN, UNKNOWN, 0, 1]
    assert len(waiting) == 3 and taken(waiting, 30, 4) is None and len(waiting) == 0


def test_what_comes_too_late_is_given_back() -> None:
    waiting = Waiting()
    late = told(waiting, 0, range(6), learned_to=4)
    assert late is not None and (late.seq, late.y.tolist()) == (0, [0, 1, 2, 3])
    assert taken(waiting, 4, 2) == [4, 5]
    late = told(waiting, 0, [7, 8], learned_to=4)
    assert late is not None and late.y.tolist() == [7, 8] and len(waiting) == 0
    assert told(waiting, 4, [1], learned_to=4) is None


def test_labels_of_rows_that_never_come_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT_ROWS", 50)
    waiting = Waiting()
    for k in range(30):
        told(waiting, 10 * k, [k] * 10)
        assert len(waiting) <= 50
    assert taken(waiting, 290, 10) == [29] * 10


def test_a_part_step_leaves_the_labels_of_what_comes_after_it() -> None:
    waiting = Waiting()
    told(waiting, 0, range(8))
    part = Step("s", 0, np.zeros(4), np.zeros((4, 1)), 3)
    labelled = waiting.on(part)
    assert labelled.y is not None and labelled.y.tolist() == [0, 1, 2, UNKNOWN]
    assert labelled.test is not None and not labelled.test.any()
    assert taken(waiting, 3, 5) == [3, 4, 5, 6, 7]
    assert waiting.on(part) is part


def test_saved_and_loaded_nothing_is_lost() -> None:
    one, two = Waiting(), Waiting()
    told(one, 0, range(8))
    one.take(0, 3)
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    assert len(two) == 5 and taken(two, 3, 9) == taken(one, 3, 9) == [3, 4, 5, 6, 7] + 4 * [-1]


class Spy(Forecaster):
    """Remember which labels came, and when."""

    seen: dict[int, int]
    late: list[Labels]
    tests: set[int]

    def reset(self) -> None:
        super().reset()
        self.seen, self.late, self.tests = {}, [], set()

    def score(self, step: Step) -> Scored:
        assert step.y is None and step.test is None, "a label was there before the result"
        return super().score(step)

    def learn(self, step: Step, scored: Scored) -> float:
        self._note(step)
        return super().learn(step, scored)

    def skip(self, step: Step, scored: Scored | None) -> None:
        self._note(step)
        super().skip(step, scored)

    def label(self, labels: Labels) -> None:
        self.late.append(labels)

    def _note(self, step: Step) -> None:
        if step.y is not None and step.test is not None:
            for row in np.flatnonzero(step.y >= 0):
                self.seen[step.seq + int(row)] = int(step.y[row])
            self.tests |= set(step.seq + np.flatnonzero(step.test))


class Told(Listed):
    """Give labels with the samples: in front of each block, or `late` rows behind it."""

    late = 0

    def open(self) -> None:
        super().open()
        items: list[Item] = []
        waiting: list[Labels] = []
        for item in self._items:
            if isinstance(item, Block):
                y = item.seq + np.arange(len(item), dtype=np.int64)
                labels = Labels("s", item.seq, y, y % 10 == 0)
                if self.late:
                    waiting.append(labels)
                else:
                    items.append(labels)
            items.append(item)
            while waiting and isinstance(item, Block):
                if waiting[0].seq + self.late > item.seq:
                    break
                items.append(waiting.pop(0))
        self._items = items + list(waiting)


@pytest.fixture
def spies(monkeypatch: pytest.MonkeyPatch) -> list[Spy]:
    """Have every lane learn with a Spy; return those that were made."""
    made: list[Spy] = []

    def make(info, params) -> Spy:
        plain = parts.make_learner(info, params)
        made.append(Spy(info, plain.params, params.sections["model"]))
        return made[-1]

    monkeypatch.setattr(knowledge, "make_learner", make)
    return made


@pytest.mark.parametrize("cuts", [(), (5, 6, 100, 333), tuple(range(0, 400, 7))])
def test_labels_reach_the_learner_with_their_rows_after_scoring(
    spies: list[Spy], cuts: Sequence[int]
) -> None:
    run(Told(waves(403), cuts, gaps=(150,)), learner__step_rows=8)
    (spy,) = spies
    assert spy.seen == {k: k for k in range(403)}, "the part steps' rows included"
    assert spy.tests == set(range(0, 403, 10)) and not spy.late


def test_labels_that_come_late_reach_the_learner_as_late(spies: list[Spy]) -> None:
    source = Told(waves(400), range(0, 400, 20))
    source.late = 60
    run(source, learner__step_rows=8)
    (spy,) = spies
    late = {labels.seq + k: int(y) for labels in spy.late for k, y in enumerate(labels.y)}
    assert late | spy.seen == {k: k for k in range(400)} and not late.keys() & spy.seen.keys()
    assert len(late) > 350


def test_no_result_depends_on_labels_before_they_came() -> None:
    plain = run(Listed(waves(300)), learner__step_rows=8)
    told = run(Told(waves(300)), learner__step_rows=8)
    assert all(
        np.array_equal(values, told.table()[name], equal_nan=True)
        for name, values in plain.table().items()
    )


def classified(source: Labelled, **settings: object) -> Kept:
    params = default_params(source.params, pictures=True, labelled=True)
    for name, value in {"learner__step_rows": 8, **settings}.items():
        params.set(name.replace("__", "."), value)
    kept = Kept()
    Monitor({"set": (source, params)}, [kept]).run()
    return kept


def graded_of(kept: Kept) -> dict[str, np.ndarray]:
    all_of = [item for item in kept.all if isinstance(item, Graded)]
    names = ("seq", "time_s", "y", "predicted", "loss", "test")
    return {name: np.concatenate([getattr(each, name) for each in all_of]) for name in names}


@pytest.mark.parametrize("cuts", [(), (3, 50, 51), tuple(range(0, 100, 9))])
def test_a_set_of_pictures_is_graded_to_the_last_row_whatever_the_cuts(
    cuts: Sequence[int],
) -> None:
    y = classes(101)
    y[7] = UNKNOWN
    test = np.arange(101) % 5 == 0
    whole = classified(Labelled(drawn(y), y, test=test, passes=(50, 101)))
    kept = classified(Labelled(drawn(y), y, test=test, passes=(50, 101), cuts=cuts))
    graded = graded_of(kept)
    rows = np.flatnonzero(y >= 0)
    assert np.array_equal(graded["seq"], rows) and np.array_equal(graded["y"], y[rows])
    assert np.array_equal(graded["test"], test[rows])
    expected = graded_of(whole)
    assert all(np.array_equal(graded[n], expected[n], equal_nan=True) for n in graded)
    report = [item for item in kept.all if isinstance(item, Report)][-1]
    assert len(report.passes) == 2 and len(kept.events("pass")) == 2
    said = (graded["predicted"] >= 0) & test[rows] & (rows >= 50)
    assert report.matrix.sum() == said.sum() and report.of == "pictures held out, pass 2"


def test_a_result_comes_before_its_grades_and_these_before_it_was_learned() -> None:
    y = classes(64)
    kinds = [type(item).__name__ for item in classified(Labelled(drawn(y), y)).all]
    kinds = [kind for kind in kinds if kind in ("Result", "Graded", "Report", "Learned")]
    assert kinds == ["Result", "Graded", "Report", "Learned"] * 8


def test_cutting_the_future_off_changes_nothing_before() -> None:
    y = classes(96)
    whole = graded_of(classified(Labelled(drawn(y), y)))
    for rows in (40, 61):
        part = graded_of(classified(Labelled(drawn(y)[:rows], y[:rows])))
        assert all(np.array_equal(part[n], whole[n][:rows], equal_nan=True) for n in part)


def test_labels_beside_the_names_there_are() -> None:
    y = classes(64, 5)
    kept = classified(Labelled(drawn(y), y))
    report = [item for item in kept.all if isinstance(item, Report)][-1]
    assert report.classes == (*NAMES, "class 3", "class 4")
    assert report.matrix.shape == (5, 6)
