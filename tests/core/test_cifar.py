"""CIFAR batches in both layouts, and files that pretend to be one."""

from __future__ import annotations

import builtins
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from driftscope.core.errors import SourceError
from driftscope.core.pacing import Pacer
from driftscope.core.sources import _labelled
from driftscope.core.sources._labelled import SetParams, held_out
from driftscope.core.sources.cifar import Cifar, CifarParams
from driftscope.core.stream import Block, Event, Item, Labels, StreamInfo

TEN = 10


def batch(count: int = 60, seed: int = 0, classes: int = TEN) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels (count, 3072) uint8 and labels (count,)."""
    draw = np.random.default_rng(seed)
    y = np.arange(count) % classes
    return draw.integers(0, 256, (count, 3072), dtype=np.uint8), y


def binary(path: Path, flat: np.ndarray, *labels: np.ndarray) -> Path:
    path.write_bytes(np.column_stack([*labels, flat]).astype(np.uint8).tobytes())
    return path


def pickled(path: Path, what: object, protocol: int = 2) -> Path:
    path.write_bytes(pickle.dumps(what, protocol=protocol))
    return path


def source(path: Path, **options: object) -> Cifar:
    return Cifar(
        str(path), CifarParams(**{"speed": "max", "held_out": 0.0, "passes": 1, **options})
    )


def read(path: Path, **options: object) -> list[Item]:
    return list(source(path, **options))


def contents(items: list[Item]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    blocks = [item for item in items if isinstance(item, Block)]
    labels = [item for item in items if isinstance(item, Labels)]
    assert [(b.seq, len(b)) for b in blocks] == [(each.seq, len(each.y)) for each in labels]
    return (
        np.concatenate([b.values for b in blocks]),
        np.concatenate([each.y for each in labels]),
        np.concatenate([each.test for each in labels]),
    )


def told(path: Path) -> str:
    with pytest.raises(SourceError) as error:
        source(path).open()
    assert path.name in str(error.value)
    return str(error.value)


def test_both_layouts_give_the_same_pictures(tmp_path: Path) -> None:
    flat, y = batch()
    one = read(binary(tmp_path / "b.bin", flat, y), shuffle=False)
    what = {b"data": flat, b"labels": y.tolist(), b"batch_label": b"one of one"}
    pixels, labels, _ = contents(one)
    assert np.array_equal(labels, y) and pixels.dtype == np.uint8
    assert np.array_equal(pixels[7, :, :, 0].ravel(), flat[7, :1024])
    assert np.array_equal(pixels[7, :, :, 2].ravel(), flat[7, 2048:])
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        two = read(pickled(tmp_path / f"p{protocol}", what, protocol), shuffle=False)
        assert np.array_equal(contents(two)[0], pixels) and np.array_equal(contents(two)[1], y)


def test_the_published_excerpt_is_the_same_in_both_layouts(data_dir: Path) -> None:
    folder = data_dir / "cifar10_excerpt"
    one = contents(read(folder / "data_batch_1_first1000.bin"))
    two = contents(read(folder / "data_batch_1_first1000.pkl"))
    assert one[0].shape == (1000, 32, 32, 3)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert np.bincount(one[1]).min() > 50


def test_text_of_python_2_is_read(tmp_path: Path) -> None:
    """The published files were written by Python 2, whose text is bytes here."""
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\nq\x05cnumpy\nndarray\nq\x06K\x00\x85U\x01b\x87R"
        b"q\x07(K\x01K\x02M\x00\x0c\x86cnumpy\ndtype\nq\x08U\x02u1K\x00K\x01\x87Rq\x09(K\x03U\x01|"
        b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T\x00\x18\x00\x00" + bytes(6144) + b"tb"
    )
    labels = b"U\x06labelsq\x02]q\x03(K\x01K\x02e"
    data = b"\x80\x02}q\x01(" + labels + b"U\x04dataq\x04" + array + b"u."
    assert pickle.loads(data, encoding="bytes")[b"data"].shape == (2, 3072)
    (tmp_path / "data_batch_1").write_bytes(data)
    assert sorted(contents(read(tmp_path / "data_batch_1"))[1]) == [1, 2]


def test_a_folder_of_batches_is_one_set_in_natural_order(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        flat, y = batch(4, seed=number)
        binary(tmp_path / f"data_batch_{number}.bin", flat, y)
    (tmp_path / "batches.meta.txt").write_text("not a batch")
    flat, y = batch(4, seed=2)
    pickled(tmp_path / "data_batch_2", {b"data": flat, b"labels": y.tolist()})
    items = read(tmp_path, shuffle=False)
    pixels = contents(items)[0]
    assert len(pixels) == 12, "a batch in both layouts is one"
    assert [
        np.array_equal(pixels[4 * at, :, :, 0].ravel(), batch(4, seed=number)[0][0, :1024])
        for at, number in enumerate((1, 2, 10))
    ] == [True] * 3
    info = items[0]
    assert isinstance(info, StreamInfo) and info.pictures and info.sample_shape == (32, 32, 3)
    assert info.clock == "rows" and info.classes[3] == "cat" and info.rate_hz is None


@pytest.mark.parametrize("layout", ["binary", "pickle"])
def test_the_hundred_classes_are_read_too(tmp_path: Path, layout: str) -> None:
    flat, fine = batch(200, classes=100)
    if layout == "binary":
        path = binary(tmp_path / "train.bin", flat, fine // 5, fine)
    else:
        path = pickled(tmp_path / "train", {b"data": flat, b"fine_labels": fine.tolist()})
    items = read(path, shuffle=False)
    assert np.array_equal(contents(items)[1], fine)
    assert isinstance(items[0], StreamInfo) and items[0].classes[7] == "class 7"
    (tmp_path / "fine_label_names.txt").write_text("\n".join(f"n{i}" for i in range(100)))
    named = read(tmp_path, shuffle=False)[0]
    assert isinstance(named, StreamInfo) and named.classes[7] == "n7"


def test_passes_shuffle_anew_and_hold_out_the_same(tmp_path: Path) -> None:
    flat, y = batch(100)
    path = binary(tmp_path / "b.bin", flat, y)
    items = read(path, passes=3, held_out=0.2, seed=5)
    pixels, labels, test = contents(items)
    assert [e.data["number"] for e in items if isinstance(e, Event) and e.kind == "pass"] == [
        1,
        2,
        3,
    ]
    assert [e.seq for e in items if isinstance(e, Event) and e.kind == "pass"] == [100, 200, 300]
    rows = [{p.tobytes() for p in pixels[k : k + 100][test[k : k + 100]]} for k in (0, 100, 200)]
    assert rows[0] == rows[1] == rows[2] and len(rows[0]) == 20
    assert (np.bincount(labels[:100][test[:100]]) == 2).all(), "as many of each class"
    assert not np.array_equal(labels[:100], labels[100:200])
    again = contents(read(path, passes=3, held_out=0.2, seed=5))
    assert np.array_equal(again[0], pixels) and np.array_equal(again[2], test)
    other = contents(read(path, passes=3, held_out=0.2, seed=6))
    assert not np.array_equal(other[0], pixels)


def test_it_goes_on_for_ever_if_told_so(tmp_path: Path) -> None:
    flat, y = batch(10)
    many = source(binary(tmp_path / "b.bin", flat, y), passes=0)
    many.open()
    seen = 0
    while seen < 55:
        more = many.read()
        assert more is not None
        seen += sum(len(item) for item in more if isinstance(item, Block))
    many.close()


def test_the_rate_may_be_turned_while_it_plays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    class ByHand(Pacer):
        def __init__(self, params: SetParams) -> None:
            super().__init__(params, lambda: now_s, sleep)

    monkeypatch.setattr(_labelled, "Pacer", ByHand)
    flat, y = batch(200)
    played = source(binary(tmp_path / "b.bin", flat, y), speed=1, rate_hz=100)
    played.open()
    given = {}
    for rate_hz, pictures in ((100, 100), (10, 120), (50, 200)):
        played.params.rate_hz, begun_s = rate_hz, now_s
        while played.seq < pictures:
            played.read()
        given[rate_hz] = now_s - begun_s
    played.close()
    assert given == pytest.approx({100: 1.0, 10: 2.0, 50: 1.6}, abs=0.15)


def test_a_share_is_held_out_evenly() -> None:
    labels = np.repeat(np.arange(10), 5)
    assert held_out(labels, 50, 0.1, 0).sum() == 5
    assert (np.bincount(labels[held_out(labels, 50, 0.2, 0)], minlength=10) == 1).all()
    assert not held_out(labels, 50, 0.0, 0).any() and not held_out(None, 50, 0.5, 0).any()
    assert not held_out(np.full(50, -1), 50, 0.5, 0).any()


class Calls:
    """Be pickled as a call."""

    def __init__(self, call: Callable[..., Any], *args: object) -> None:
        self.what = call, args

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[object, ...]]:
        return self.what


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_malicious_pickle_runs_nothing(tmp_path: Path, protocol: int) -> None:
    flat, y = batch(10)
    proof = tmp_path / "it was run"
    for call, args in (
        (os.system, (f"touch '{proof}'",)),
        (builtins.eval, (f"open({str(proof)!r}, 'w')",)),
        (builtins.open, (str(proof), "w")),
        (np.save, (str(proof), flat)),
    ):
        evil = {b"data": flat, b"labels": y.tolist(), b"x": Calls(call, *args)}
        path = pickled(tmp_path / "data_batch_1", evil, protocol)
        message = told(path)
        assert "refused" in message and "nothing of it was run" in message
        assert not list(tmp_path.glob("it was run*"))
        pickle.loads(path.read_bytes())  # and it would have done it
        assert list(tmp_path.glob("it was run*"))
        for file in tmp_path.glob("it was run*"):
            file.unlink()


def test_other_files_are_told_in_a_sentence(tmp_path: Path) -> None:
    flat, y = batch(10)
    cut = binary(tmp_path / "cut.bin", flat, y)
    cut.write_bytes(cut.read_bytes()[:-5])
    assert "no whole number of records" in told(cut)
    (tmp_path / "none").write_bytes(b"")
    assert "is empty" in told(tmp_path / "none")
    assert "picture 3 is of class 200" in told(
        binary(tmp_path / "odd.bin", flat, np.where(np.arange(10) == 3, 200, y))
    )
    (tmp_path / "text.bin").write_text("hello\n" * 50)
    assert "no CIFAR batch" in told(tmp_path / "text.bin")
    assert "There is no file" in told(tmp_path / "absent.bin")
    for name, what in {
        "few": {b"data": flat, b"labels": [1, 2]},
        "wide": {b"data": flat[:, :100], b"labels": y.tolist()},
        "floats": {b"data": flat.astype(float), b"labels": y.tolist()},
        "words": {b"data": flat, b"labels": ["a"] * 10},
        "list": [1, 2, 3],
        "nothing": {b"data": flat[:0], b"labels": []},
        "unlabelled": {b"data": flat},
    }.items():
        assert "is no CIFAR batch" in told(pickled(tmp_path / name, what))


def test_a_folder_without_batches_and_a_mixed_one_are_told(tmp_path: Path) -> None:
    assert "data_batch_" in told(tmp_path)
    flat, y = batch(10)
    binary(tmp_path / "data_batch_1.bin", flat, y)
    pickled(tmp_path / "data_batch_2", {b"data": flat, b"fine_labels": y.tolist()})
    assert "name one of the files" in told(tmp_path)
    with pytest.raises(SourceError, match="write cifar:"):
        Cifar("", CifarParams()).open()
