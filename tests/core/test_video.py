"""A video file: every picture, its time, its end; and files that are none."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from driftscope.core import address
from driftscope.core.capture import opencv
from driftscope.core.errors import SourceError
from driftscope.core.sources.video import Video
from driftscope.core.stream import Block, Event, Item, StreamInfo

NEAR = 16
"""Compression changes colours by so little."""


def written(path: Path, count: int = 30, size: tuple[int, int] = (48, 64), rate_hz=20.0) -> Path:
    """Write a film that is red on the left, blue on the right, and gets brighter below."""
    height, width = size
    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate_hz, (width, height))
    for number in range(count):
        frame = np.zeros((height, width, 3), np.uint8)
        frame[:, : width // 2, 2] = frame[:, width // 2 :, 0] = 200
        frame[height // 2 :] = number * 5
        film.write(frame)
    film.release()
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return written(tmp_path / "film.avi")


def opened(path: Path | str, **options: object) -> Video:
    source = address.make(address.parse(f"video:{path}"))
    assert isinstance(source, Video)
    for name, value in ({"speed": "max"} | options).items():
        setattr(source.params, name, value)
    source.open()
    return source


def played(
    source: Video, most: int = 10_000
) -> tuple[StreamInfo, list[Event], np.ndarray, np.ndarray]:
    """Return what a film is, what is told of it, its times (n,) and pictures (n, H, W, 3)."""
    items: list[Item] = []
    while (more := source.read()) is not None:
        items += more
        if sum(len(item) for item in items if isinstance(item, Block)) >= most:
            break
    source.close()
    info, *rest = items
    assert isinstance(info, StreamInfo)
    blocks = [item for item in rest if isinstance(item, Block)]
    seqs = np.cumsum([0, *map(len, blocks)])
    assert [block.seq for block in blocks] == seqs[:-1].tolist()
    events = [item for item in rest if isinstance(item, Event)]
    return (
        info,
        events,
        np.concatenate([block.time_s for block in blocks]),
        np.concatenate([block.values for block in blocks]),
    )


def brightness(pictures: np.ndarray) -> np.ndarray:
    return pictures[:, -4, 4].mean(-1)


@pytest.mark.parametrize("speed", ["max", "20"])
def test_every_picture_comes_once_with_its_time_and_colours(film: Path, speed: str) -> None:
    info, events, times, pictures = played(opened(film, speed=speed))
    assert (info.key, info.rate_hz, info.clock) == ("film", 20.0, "elapsed")
    assert info.sample_shape == (48, 64, 3) and info.dtype == "uint8" and not events
    assert times == pytest.approx(np.arange(30) / 20)
    assert np.abs(brightness(pictures) - 5 * np.arange(30)).max() < NEAR
    assert np.abs(pictures[:, 8, 8].astype(int) - (200, 0, 0)).max() < NEAR
    assert np.abs(pictures[:, 8, -8].astype(int) - (0, 0, 200)).max() < NEAR


def test_in_a_loop_it_begins_again_and_time_goes_on(film: Path) -> None:
    _, _, times, pictures = played(opened(film, loop=True), 75)
    assert times[:75] == pytest.approx(np.arange(75) / 20)
    assert np.abs(brightness(pictures[:75]) - 5 * (np.arange(75) % 30)).max() < NEAR


def test_blocks_are_their_own(film: Path) -> None:
    source = opened(film)
    blocks = [item for _ in range(6) for item in source.read() or [] if isinstance(item, Block)]
    before = [block.values.copy() for block in blocks]
    source.close()
    assert before and all(map(np.array_equal, before, [block.values for block in blocks]))


def test_opening_again_starts_at_the_beginning(film: Path) -> None:
    source = opened(film)
    first = played(source, 10)
    source.open()
    again = played(source)
    assert np.array_equal(first[3][:10], again[3][:10]) and len(again[2]) == 30


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("notes.mp4", b"Dear diary, this is no film.\n" * 50, "holds no video that can be read"),
        ("list.mp4", b"ffconcat version 1.0\nfile 'film.avi'\n", "holds no video"),
        ("list.mkv", b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfilm.avi\n", "holds no video"),
        ("empty.webm", b"", "is empty"),
    ],
)
def test_what_is_no_video_is_told(film: Path, name: str, content: bytes, told: str) -> None:
    path = film.parent / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=told) as raised:
        opened(path)
    assert name in str(raised.value)


def test_what_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        opened(tmp_path / "none.mp4")
    with pytest.raises(SourceError, match="is a folder"):
        opened(tmp_path)
    with pytest.raises(SourceError, match="path is missing"):
        opened("")


def test_a_file_that_breaks_off_is_played_as_far_and_told(film: Path) -> None:
    whole = film.read_bytes()
    film.write_bytes(whole[: len(whole) // 2])
    _, events, times, _ = played(opened(film))
    assert 5 < len(times) < 25
    assert [event.kind for event in events] == ["note"]
    assert f"Only {len(times)} of its 30 pictures could be read" in events[0].data["message"]


def test_a_few_pictures_missing_in_the_midst_of_a_file_are_told(tmp_path: Path) -> None:
    film = written(tmp_path / "film.avi", 50)
    whole = bytearray(film.read_bytes())
    at = whole.index(b"00dc", len(whole) // 2)
    size = int.from_bytes(whole[at + 4 : at + 8], "little")
    whole[at + 8 : at + 8 + size] = bytes(size)
    film.write_bytes(whole)
    _, events, times, _ = played(opened(film))
    assert len(times) < 50 and events
    assert f"Only {len(times)} of its 50 pictures" in events[-1].data["message"]


@pytest.mark.parametrize("grey", [False, True])
def test_bare_jpegs_one_behind_the_other_are_a_film(tmp_path: Path, grey: bool) -> None:
    path = tmp_path / "film.mjpg"
    frame = np.full((48, 64) if grey else (48, 64, 3), 90, np.uint8)
    path.write_bytes(cv2.imencode(".jpg", frame)[1].tobytes() * 20)
    _, events, times, values = played(opened(path))
    assert len(times) == 20 and not events and abs(int(values[-1].mean()) - 90) < NEAR


def test_times_that_do_not_rise_are_one_period_apart(monkeypatch) -> None:
    own_ms = iter([500.0, 550.0, 550.0, 540.0, float("nan"), 800.0])

    class Film:
        def __init__(self, *_: object) -> None: ...

        def isOpened(self) -> bool:
            return True

        def grab(self) -> bool:
            return True

        def get(self, prop: int) -> float:
            return {cv2.CAP_PROP_FPS: 20.0, cv2.CAP_PROP_FRAME_COUNT: 6.0}.get(prop) or next(own_ms)

    monkeypatch.setattr(opencv.cv2, "VideoCapture", Film)
    film = opencv.File(dict(path="x", loop=False))
    stamps = [film.grab() for _ in range(6)]
    found = [stamp.position_s for stamp in stamps if stamp is not None]
    assert found == pytest.approx([0.0, 0.05, 0.10, 0.15, 0.20, 0.30])


@pytest.fixture(params=["real", "synthetic"])
def clip(request: pytest.FixtureRequest, film: Path) -> Path:
    if request.param == "synthetic":
        return film
    return min(request.getfixturevalue("data_dir").glob("video/gestures/*.mkv"))


def test_what_is_played_is_what_is_in_the_file(clip: Path) -> None:
    info, events, times, pictures = played(opened(clip))
    video = cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG)
    for picture in pictures:
        there, frame = video.read()
        assert there and np.array_equal(picture, frame[..., ::-1])
    assert not video.read()[0] and not events
    assert info.sample_shape == pictures.shape[1:] and np.all(np.diff(times) > 0)
    assert times[-1] == pytest.approx((len(times) - 1) / info.rate_hz, rel=0.02)
