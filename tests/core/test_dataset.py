"""Samples as a folder of pictures by class, and back."""

from __future__ import annotations

import csv
import errno
from pathlib import Path

import numpy as np
import pytest

from driftscope.core.errors import DriftscopeError
from driftscope.core.export import dataset
from driftscope.core.export.dataset import folders_of, write_samples
from driftscope.core.reports import Report, Sample
from driftscope.core.sources.pictures import Pictures, PicturesParams
from driftscope.core.stream import Block, Labels, StreamInfo

CLASSES = ("open", "closed", "left/right", "empty one")


def report(count: int = 12, classes: tuple[str, ...] = CLASSES) -> Report:
    draw = np.random.default_rng(0)
    samples = tuple(
        Sample(7 * at, at, at / 30, at % 3, (at + 1) % 3, at % 4 == 0,
               draw.integers(0, 256, (12, 16, 3), np.uint8))
        for at in range(count)
    )  # fmt: skip
    return Report("cam", classes, np.zeros((4, 5), np.int64), "test samples", {}, samples=samples)


def back(folder: Path) -> tuple[StreamInfo, dict[bytes, int]]:
    """Read a folder by its address; return its description and each picture's class."""
    source = Pictures(str(folder), PicturesParams(speed="max", held_out=0.0))
    assert source.labelled
    info, *items = list(source)
    assert isinstance(info, StreamInfo)
    y = [int(each) for item in items if isinstance(item, Labels) for each in item.y]
    pixels = [p.tobytes() for item in items if isinstance(item, Block) for p in item.values]
    return info, dict(zip(pixels, y, strict=True))


def test_it_is_read_back_with_the_same_labels(tmp_path: Path) -> None:
    given = report()
    assert write_samples(tmp_path / "set", given) == 12
    info, found = back(tmp_path / "set")
    assert found == {sample.picture.tobytes(): sample.y for sample in given.samples}
    assert info.classes == ("open", "closed", "left_right", "empty one"), "in the order taught"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["set"]
    with (tmp_path / "set" / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[8] == dict(
        file="left_right/56.png", **{"class": "left/right"}, y="2", test="1", predicted="0",
        seq="8", time_s="0.266667",
    )  # fmt: skip


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    write_samples(tmp_path / "set", report())
    with pytest.raises(DriftscopeError, match="name a new folder"):
        write_samples(tmp_path / "set", report())
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DriftscopeError, match="name a new folder"):
        write_samples(tmp_path / "file", report())
    assert (tmp_path / "file").read_text() == "mine"


def test_no_samples_and_no_room_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DriftscopeError, match="hold a key"):
        write_samples(tmp_path / "set", report(0))
    written = 0

    def full(picture: np.ndarray, suffix: str) -> bytes:
        nonlocal written
        written += 1
        if written > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return b"x"

    monkeypatch.setattr(dataset, "encoded", full)
    with pytest.raises(DriftscopeError, match=r"No space left on device\. Name another folder"):
        write_samples(tmp_path / "set", report())
    assert written == 6 and not list(tmp_path.iterdir()), "whole or not there"


def test_every_class_has_a_folder_of_its_own() -> None:
    odd = ("a/b", "a:b", "A_B", "", "..", "classes.txt", "manifest.csv", "con")
    found = folders_of(odd)
    assert len({name.casefold() for name in found}) == len(odd)
    assert not {"classes.txt", "manifest.csv", "..", ""} & set(found)
