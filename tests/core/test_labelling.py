"""From a column to the learner: labels of any source, each with the row it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from labelled_rows import LastClass, played, rows, rows_of, written
from streams import Listed, monitored, run

from driftscope.core import address, knowledge, parts
from driftscope.core.errors import ParamError
from driftscope.core.export.state import packed, unpacked
from driftscope.core.labelling import Labelling, columns_of
from driftscope.core.sections import StreamParams
from driftscope.core.stream import Block, Event, Item, Labels, StreamInfo

nan = np.nan
WORDS = ["run", "walk", "run", "sit", "walk"]


def table(labels: Sequence[float], seed: int = 0) -> np.ndarray:
    """Return (n, 3) values whose last column, c2, holds the labels."""
    random = np.random.default_rng(seed)
    return np.column_stack([random.standard_normal((len(labels), 2)), labels])


@pytest.fixture
def learners(monkeypatch: pytest.MonkeyPatch) -> list[LastClass]:
    """Have every lane learn with LastClass; return those that were made."""
    made: list[LastClass] = []

    def make(info, params) -> LastClass:
        plugin = parts.registry.load("models", params.learner.model)
        params.attach("model", plugin.Params())
        made.append(LastClass(info, params.learner, params.sections["model"]))
        return made[-1]

    monkeypatch.setattr(knowledge, "make_learner", make)
    return made


def test_text_is_classes_in_the_order_in_which_they_come(tmp_path: Path) -> None:
    items = played(written(tmp_path, rows(WORDS)), label="class")
    values, labels, infos = rows_of(items)
    assert labels == {0: 0, 1: 1, 2: 0, 3: 2, 4: 1}
    assert values.shape == (5, 2) and infos[0].channels == ("a", "b")
    assert infos[0].label is not None and infos[0].label.kind == "class"
    assert [info.classes for info in infos] == [(), *(
        ("run", "walk", "sit")[:count] for count in (1, 2, 3)
    )]  # fmt: skip
    assert [info.version for info in infos] == [1, 2, 3, 4]
    assert not any(isinstance(item, Event) for item in items)


def test_a_class_is_named_right_in_front_of_its_first_row(tmp_path: Path) -> None:
    items = played(written(tmp_path, rows(WORDS)), label="class")
    first = {2: 0, 3: 1, 4: 3}  # by version of the stream
    at = 0
    for item in items:
        if isinstance(item, Block):
            at = item.seq + len(item)
        elif isinstance(item, StreamInfo) and item.version > 1:
            assert first[item.version] == at


@pytest.mark.parametrize(
    ("labels", "said", "kind"),
    [
        ([0, 1] * 50, "auto", "class"),
        ([-1, 1, 1] * 40, "auto", "class"),
        ([3, 7, 3], "auto", "class"),
        (range(100), "auto", "value"),
        (np.arange(100) / 8, "auto", "value"),
        ([0, 1] * 50 + [0.5], "auto", "class"),
        ([0, 1] * 50, "value", "value"),
        ([0.5, 1.5] * 5, "class", "class"),
        ([nan] * 100, "auto", "class"),
        ([nan] * 60 + [0.25] * 40, "auto", "value"),
    ],
)
@pytest.mark.parametrize("cuts", [(), (1, 2, 63, 64, 65), range(200)])
def test_whole_numbers_of_which_few_come_are_classes_all_others_values(
    labels: Sequence[float], said: str, kind: str, cuts: Sequence[int]
) -> None:
    made = cut(table(labels), [at for at in cuts if at < len(labels)], label_kind=said)
    values, _, infos = rows_of(made)
    assert {info.label.kind for info in infos if info.label} == {kind}
    assert np.array_equal(values, table(labels)[:, :2]), "what was held back was given"
    assert all(item.y.dtype == (float if kind == "value" else int) for item in made
               if isinstance(item, Labels))  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "kind"), [([0, 1] * 50, "class"), ([k / 2 for k in range(100)], "value")]
)
def test_a_file_tells_what_its_labels_are_before_its_first_row(
    tmp_path: Path, labels: list[float], kind: str
) -> None:
    device, _ = address.configured(
        str(written(tmp_path, rows(labels))), [("stream.label", "class"), ("source.speed", "1")]
    )
    device.label = "class"
    device.open()
    (given,) = device.read()
    made = list(Labelling(device, lambda: StreamParams(label="class")).cut([given]))
    assert [info.label.kind for info in made] == [kind], "one row a second is not waited for"
    device.close()


def cut(values: np.ndarray, cuts: Sequence[int] = (), label: str = "c2", **stream: object
        ) -> list[Item]:  # fmt: skip
    """Return what is left of a source of ready-made values."""
    device, params = Listed(values, list(cuts)), StreamParams(label=label, **stream)
    labelling = Labelling(device, lambda: params)
    items = [item for each in device for item in labelling.cut([each])]
    return [*items, *labelling.rest()]


def test_numbers_as_classes_are_named_by_their_number() -> None:
    _, labels, infos = rows_of(cut(table([5, 7, 5, 5])))
    assert labels == {0: 0, 1: 1, 2: 0, 3: 0} and infos[-1].classes == ("5", "7")


def test_missing_labels_are_unknown_and_not_told_at_all_where_there_are_none() -> None:
    items = cut(table([1, nan, 0] + 40 * [nan]), range(43))
    assert rows_of(items)[1] == {0: 0, 2: 1}
    assert len([item for item in items if isinstance(item, Labels)]) == 2


def test_a_label_that_stands_in_a_later_row_belongs_to_the_one_so_many_before() -> None:
    _, labels, _ = rows_of(cut(table([0, 1, 0, 1, 1]), [3], label_delay=2))
    assert labels == {0: 0, 1: 1, 2: 1}


def test_a_row_with_nothing_but_a_label_labels_the_row_before_it() -> None:
    values = table([nan, 1, nan, nan, 0, 1])
    values[[1, 4, 5], :2] = nan
    for cuts in ((), range(6)):
        made = cut(values, cuts)
        assert rows_of(made)[1] == {0: 0, 3: 1, 5: 0}
        assert np.array_equal(rows_of(made)[0], values[:, :2], equal_nan=True)


@pytest.mark.parametrize("step_rows", [1, 8])
@pytest.mark.parametrize("delay", [0, 3, 20])
def test_whatever_the_blocks_the_learner_is_told_the_same_at_the_same_time(
    learners: list[LastClass], step_rows: int, delay: int
) -> None:
    labels = np.random.default_rng(1).integers(0, 6, 150).astype(float)
    labels[40:50] = nan
    told = []
    for cuts in ((), (3, 64, 65, 100), range(150)):
        source = Listed(table(labels), list(cuts), gaps=(100,))
        run(source, stream__label="c2", stream__label_delay=delay, learner__step_rows=step_rows)
        learner = learners.pop()
        told.append((learner.seen, learner.late, learner.known))
    assert told[0] == told[1] == told[2]
    seen, late, _ = told[0]
    numbers = {value: k for k, value in enumerate(dict.fromkeys(labels[~np.isnan(labels)]))}
    expected = {
        k - delay: numbers[y] for k, y in enumerate(labels) if k >= delay and not np.isnan(y)
    }
    assert dict(seen) | {s + k: y for s, ys in late for k, y in enumerate(ys) if y >= 0} == expected
    assert bool(late) == (delay > 0), "the learner is told of what it had learned already"


def test_a_class_is_unknown_to_who_scores_the_first_row_that_has_it(
    learners: list[LastClass],
) -> None:
    run(Listed(table([0] * 20 + [1] * 20)), stream__label="c2", learner__step_rows=1)
    known = dict(learners[0].known)
    assert known[21] == ("0",) and known[22] == ("0", "1")


def test_labels_that_stand_later_change_no_row_before_they_were_there(
    learners: list[LastClass],
) -> None:
    settings = dict(stream__label="c2", stream__label_delay=10, learner__step_rows=4)
    run(Listed(table([0, 1] * 50)), **settings)
    run(Listed(table([0, 1] * 50)[:60]), **settings)
    whole, short = learners
    assert short.late == whole.late[: len(short.late)]
    assert short.known == whole.known[: len(short.known)]


def test_without_a_label_all_stays_as_it_is() -> None:
    device, params = Listed(table([0, 1])), StreamParams()
    labelling = Labelling(device, lambda: params)
    given = list(device)
    assert list(labelling.cut(given)) == given and not list(labelling.rest())


def test_saved_and_loaded_it_goes_on_as_if_never_stopped() -> None:
    params = StreamParams(label="c2")
    source = Listed(table([0, 1, 2] * 40 + [3, 0]), [100])
    info, first, second = list(source)
    one = Labelling(source, lambda: params)
    before = list(one.cut([info, first]))
    two = Labelling(source, lambda: params)
    two.load_state_dict(unpacked(*packed(one.state_dict())))
    goes_on, again = list(one.cut([second])), list(two.cut([info, second]))
    assert again[0] == [item for item in before if isinstance(item, StreamInfo)][-1]
    assert [str(item) for item in again[1:]] == [str(item) for item in goes_on]


def test_a_device_that_names_its_values_one_by_one_may_name_the_label_later() -> None:
    device, params = address.configured("-", [("stream.label", "y")])
    labelling = Labelling(device, lambda: params.stream)
    one = StreamInfo("s", ("a",), ("",))
    two = StreamInfo("s", ("a", "y"), ("", ""), version=2)
    times = np.arange(4.0)
    items: list[Item] = [
        one, Block("s", 0, times, np.ones((4, 1)), 0.0),
        two, Block("s", 4, 4 + times, np.column_stack([np.ones(4), [0, 1, 0, 1]]), 0.0),
    ]  # fmt: skip
    made = [*labelling.cut(items), *labelling.rest()]
    values, labels, infos = rows_of(made)
    assert infos[0].channels == ("a",) and len(values) == 8
    assert labels == {4: 0, 5: 1, 6: 0, 7: 1}
    other = Labelling(device, lambda: params.stream)
    with pytest.raises(ParamError, match="There are: a"):
        list(other.cut([one, Block("s", 0, np.arange(20.0), np.ones((20, 1)), 0.0)]))


def test_names_that_may_be_chosen(tmp_path: Path) -> None:
    device, _ = address.configured(str(written(tmp_path, rows(WORDS))))
    device.open()
    try:
        info = next(i for i in device.read() or [] if isinstance(i, StreamInfo))
        assert columns_of(info, device) == ("a", "b", "class")
        assert columns_of(None, device) == ()
    finally:
        device.close()
    assert columns_of(StreamInfo("s", ("a",), ("",)), Listed(table([0]))) == ("a",)


def test_rows_that_are_held_back_when_the_source_ends_are_given(learners: list[LastClass]) -> None:
    kept = run(Listed(table([1, 0] * 10)), stream__label="c2")
    assert len(kept.column("time_s")) == 20 and learners[0].seen[:2] == [(0, 0), (1, 1)]


def test_a_stream_saved_in_its_midst_goes_on_with_its_classes(learners: list[LastClass]) -> None:
    monitor, _ = monitored(Listed(table([0, 1, 2] * 40)), stream__label="c2")
    monitor.run()
    assert monitor.lanes["s"].info.classes == ("0", "1", "2")
