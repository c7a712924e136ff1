"""Columns of labels that are too many, too few, of another kind, or not there at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from labelled_rows import notes, played, rows, rows_of, written

from driftscope.core import address, label_column
from driftscope.core.errors import ParamError
from driftscope.core.stream import Event
from driftscope.core.watch import watch

WORDS = ["run", "walk", "run", "sit", "walk"]


def test_more_classes_than_can_be_told_apart_are_said_once(tmp_path: Path) -> None:
    path = written(tmp_path, rows([f"id{k}" for k in range(3000)]))
    items = played(path, label="class")
    _, labels, infos = rows_of(items)
    assert len(infos[-1].classes) == label_column.MOST_CLASSES == len(labels)
    assert len(notes(items)) == 1 and "more than 256 classes" in notes(items)[0]


def test_a_column_without_any_label_is_told(tmp_path: Path) -> None:
    items = played(written(tmp_path, rows([""] * 100)), label="class")
    assert rows_of(items)[1] == {} and "No label stood in" in notes(items)[0]


def test_the_first_label_that_comes_late_says_what_the_column_holds(tmp_path: Path) -> None:
    late = [""] * 300
    _, labels, infos = rows_of(
        played(written(tmp_path, rows([*late, "up", "down"])), label="class")
    )
    assert labels == {300: 0, 301: 1} and infos[-1].classes == ("up", "down")
    _, labels, infos = rows_of(played(
        written(tmp_path, rows([*late, 2.5, 3])), label="class", label_kind="value"
    ))  # fmt: skip
    assert labels == {300: 2.5, 301: 3.0}


def test_text_where_numbers_were_costs_the_label_and_not_the_row(tmp_path: Path) -> None:
    labels: list[object] = [0.5 * k for k in range(200)]
    labels[150] = "broken"
    items = played(written(tmp_path, rows(labels)), label="class")
    values, found, _ = rows_of(items)
    assert 150 not in found and len(found) == 199 and values[150].tolist() == [150, 15]
    (reject,) = [i for i in items if isinstance(i, Event) and i.kind == "reject"]
    assert reject.data["partly"] and "'broken' is no number" in reject.data["reason"]


def test_numbers_among_text_are_classes_by_how_they_are_written(tmp_path: Path) -> None:
    path = written(tmp_path, rows(["1", "none", "a b", "1", ""]))
    _, labels, infos = rows_of(played(path, label="class"))
    assert labels == {0: 0, 1: 1, 2: 2, 3: 0} and infos[-1].classes == ("1", "none", "a b")


def test_of_two_columns_of_one_name_the_first_is_the_label(tmp_path: Path) -> None:
    path = written(tmp_path, [(k, k % 2, k % 3) for k in range(80)], "a,class,class")
    _, labels, infos = rows_of(played(path, label="class"))
    assert infos[0].channels == ("a", "class 2") and labels[3] == 1 and labels[2] == 0


@pytest.mark.parametrize(
    ("header", "label", "said"),
    [
        ("a,b,class", "klass", "There are: a, b, class."),
        ("a,b,class", "time", "a column of times cannot"),
        ("timestamp,b,class", "timestamp", "There are: b, class."),
    ],
)
def test_a_name_that_is_no_column_is_told_with_those_there_are(
    tmp_path: Path, header: str, label: str, said: str
) -> None:
    path = written(tmp_path, rows(["x", "y"] * 9), header)
    with pytest.raises(ParamError, match=said):
        played(path, label=label)


def test_the_only_column_cannot_be_the_label(tmp_path: Path) -> None:
    path = written(tmp_path, [(k,) for k in range(9)], "class")
    with pytest.raises(ParamError, match="the only column"):
        played(path, label="class")


def test_text_is_no_value(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="holds text"):
        played(written(tmp_path, rows(WORDS)), label="class", label_kind="value")


def test_pictures_have_no_column_of_labels() -> None:
    with pytest.raises(ParamError, match=r"stream\.label"):
        address.configured("scene:", [("stream.label", "class")])


def test_watch_ends_with_2_where_there_is_no_such_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, rows(WORDS * 10))
    assert watch([str(path)], speed="max", settings=[("stream.label", "klass")]) == 2
    assert "There are: a, b, class." in capsys.readouterr().err
