"""Folders of pictures: order, labels, sizes, and files that are no pictures."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from driftscope.core import address
from driftscope.core.errors import SourceError
from driftscope.core.pictures.files import decoded, encoded, read_picture, write_whole
from driftscope.core.sources.pictures import Pictures, PicturesParams
from driftscope.core.stream import Block, Event, Item, Labels, StreamInfo


def plain(grey: int, height: int = 12, width: int = 16) -> np.ndarray:
    """Return a picture of one colour, whose red tells it."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0], picture[..., 2] = grey, 7
    return picture


def put(path: Path, picture: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(picture, path.suffix))
    return path


def read(folder: Path, **options: object) -> list[Item]:
    return list(Pictures(str(folder), PicturesParams(**{"speed": "max", **options})))


def reds(items: list[Item]) -> list[int]:
    return [
        int(picture[0, 0, 0])
        for item in items
        if isinstance(item, Block)
        for picture in item.values
    ]


def labels(items: list[Item]) -> list[int]:
    return [int(y) for item in items if isinstance(item, Labels) for y in item.y]


def events(items: list[Item], kind: str) -> list[Event]:
    return [item for item in items if isinstance(item, Event) and item.kind == kind]


def test_pictures_come_in_natural_order_without_labels(tmp_path: Path) -> None:
    for number in (10, 9, 2, 1):
        put(tmp_path / f"frame {number}.png", plain(number))
    items = read(tmp_path)
    assert reds(items) == [1, 2, 9, 10] and not labels(items)
    info = items[0]
    assert isinstance(info, StreamInfo) and info.sample_shape == (12, 16, 3)
    assert info.dtype == "uint8" and info.clock == "rows" and info.key == tmp_path.name
    assert [e.data["number"] for e in events(items, "pass")] == [1]
    block = next(item for item in items if isinstance(item, Block))
    assert (block.values[..., 2] == 7).all(), "red and blue are not exchanged"


def test_a_folder_for_each_class_labels_them(tmp_path: Path) -> None:
    for y, name in enumerate(("class 2", "class 10")):
        for number in range(20):
            put(tmp_path / name / f"{number}.png", plain(100 * y + number))
    source = address.make(address.parse(f"pictures:{tmp_path}?speed=max&passes=2"))
    assert source.labelled and source.pictures
    items = read(tmp_path, passes=2)
    info = items[0]
    assert isinstance(info, StreamInfo) and info.classes == ("class 2", "class 10")
    assert [red // 100 for red in reds(items)] == labels(items)
    assert sorted(reds(items)[:40]) == [*range(20), *range(100, 120)]
    assert reds(items)[:40] != reds(items)[40:] and reds(items) == reds(read(tmp_path, passes=2))
    test = np.concatenate([each.test for each in items if isinstance(each, Labels)])
    held = np.array(reds(items))[test]
    assert sorted(held[:4]) == sorted(held[4:]) and len(held) == 8
    assert reds(read(tmp_path, shuffle=False)) == [*range(20), *range(100, 120)]


def test_labels_stand_in_front_of_their_block(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / "one" / f"{number}.png", plain(number))
    kinds = [type(item) for item in read(tmp_path)]
    assert kinds == [StreamInfo, Labels, Block, Event]


def test_a_folder_goes_by_its_own_name(tmp_path: Path) -> None:
    assert Pictures(str(tmp_path / "kinds"), PicturesParams()).name == "kinds"


def test_classes_are_numbered_as_their_list_says(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        put(tmp_path / name / "1.png", plain(ord(name)))
    (tmp_path / "classes.txt").write_text("c\nnever seen\na\n")
    items = read(tmp_path, shuffle=False)
    info = items[0]
    assert isinstance(info, StreamInfo) and info.classes == ("c", "never seen", "a", "b")
    assert dict(zip(reds(items), labels(items), strict=True)) == {97: 2, 98: 3, 99: 0}
    assert not events(items, "note")


def test_other_sizes_are_scaled_to_the_first_and_told(tmp_path: Path) -> None:
    put(tmp_path / "1.png", plain(1))
    put(tmp_path / "2.png", plain(2, 30, 50))
    put(tmp_path / "3.png", plain(3, 6, 5))
    items = read(tmp_path)
    assert reds(items) == [1, 2, 3]
    (note,) = events(items, "note")
    assert note.data["message"] == (
        "2.png is 50 x 30: such pictures are scaled to 16 x 12, the size of the first one."
    )
    for options, shape in (
        (dict(width=8), (6, 8)), (dict(height=24), (24, 32)), (dict(width=9, height=10), (10, 9)),
    ):  # fmt: skip
        items = read(tmp_path, **options)
        assert isinstance(items[0], StreamInfo) and items[0].sample_shape == (*shape, 3)
        assert reds(items) == [1, 2, 3] and not events(items, "note")


def test_grey_deep_and_transparent_pictures_are_taken(tmp_path: Path) -> None:
    import cv2

    grey = np.full((4, 4), 90, np.uint8)
    for name, picture in {
        "grey": grey, "deep": grey.astype(np.uint16) * 257,
        "clear": np.dstack([grey, grey, grey, np.zeros_like(grey)]),
    }.items():  # fmt: skip
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture)
        found = read_picture(tmp_path / f"{name}.png")
        assert found.shape == (4, 4, 3) and found.dtype == np.uint8 and (found == 90).all()


def test_files_that_cannot_be_read_are_rejected_by_name(tmp_path: Path) -> None:
    put(tmp_path / "3.png", plain(3))
    whole = encoded(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8), ".jpg")
    (tmp_path / "1.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "2.png").write_text("a picture, honestly")
    (tmp_path / "4.png").write_bytes(b"")
    put(tmp_path / "5.png", plain(5))
    items = read(tmp_path, passes=3)
    assert reds(items) == [3, 5] * 3, "a bad file is no end, the first one neither"
    rejects = events(items, "reject")
    assert [e.data["text"] for e in rejects] == ["1.jpg", "2.png", "4.png"], "each told once"
    assert rejects[2].data["reason"] == "the file is empty"
    assert all(e.data["count"] == 1 and e.data["reason"] for e in rejects)
    numbers = [e.data["number"] for e in events(items, "pass")]
    assert numbers == [1, 2, 3]


def test_a_picture_that_claims_to_be_huge_is_rejected(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 2**15, 2**15, 8, 2, 0, 0, 0)
    huge = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99)))
    (tmp_path / "huge.png").write_bytes(huge + chunk(b"IEND", b""))
    with pytest.raises(ValueError, match="too many pixels"):
        read_picture(tmp_path / "huge.png")


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    put(tmp_path / "a" / "1.png", plain(1))
    put(tmp_path / "loose.png", plain(2))
    (tmp_path / "a" / "notes.txt").write_text("x")
    (tmp_path / "a" / ".hidden.png").write_text("x")
    (tmp_path / "empty").mkdir()
    items = read(tmp_path)
    assert reds(items) == [1] and isinstance(items[0], StreamInfo) and items[0].classes == ("a",)
    (note,) = events(items, "note")
    assert "2 files" in note.data["message"] and "loose.png" in note.data["message"]


@pytest.mark.parametrize("case", ["absent", "a file", "empty", "all bad", "no name"])
def test_a_folder_that_gives_nothing_is_told(tmp_path: Path, case: str) -> None:
    folder = tmp_path / "folder"
    if case == "a file":
        folder.write_text("x")
    elif case != "absent":
        folder.mkdir()
    if case == "all bad":
        (folder / "1.png").write_text("x")
    with pytest.raises(SourceError) as told:
        Pictures("" if case == "no name" else str(folder), PicturesParams()).open()
    message = str(told.value)
    assert (str(folder) in message or case == "no name") and message.endswith((".", "?"))


def test_files_that_vanish_end_it_with_a_sentence(tmp_path: Path) -> None:
    file = put(tmp_path / "1.png", plain(1))
    source = Pictures(str(tmp_path), PicturesParams(speed="max", passes=0))
    source.open()
    source.read()
    source.read()
    file.unlink()
    with pytest.raises(SourceError, match="still there"):
        for _ in range(5):
            source.read()
    source.close()


def test_a_picture_goes_through_a_file_unchanged(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (9, 11, 3), np.uint8)
    assert np.array_equal(decoded(encoded(picture, ".png")), picture)
    with pytest.raises(ValueError, match=r"written as \.xyz"):
        encoded(picture, ".xyz")
    write_whole(tmp_path / "a.png", encoded(picture, ".png"))
    assert np.array_equal(read_picture(tmp_path / "a.png"), picture)
    with pytest.raises(FileExistsError):
        write_whole(tmp_path / "a.png", b"", fresh=True)
    with pytest.raises(OSError):
        write_whole(tmp_path / "absent" / "a.png", b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]
