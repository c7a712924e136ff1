"""Films and pictures of alarms: what is kept, how it is bounded, how it is written."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from films import seen, told

from driftscope.core.errors import DriftscopeError
from driftscope.core.pictures.files import read_picture
from driftscope.core.sinks import _kept, clips
from driftscope.core.sinks.clips import Clips
from driftscope.core.stream import Alarm, Result, StreamInfo

HZ = 10.0


def result(key: str, seq: int, picture: np.ndarray, hz: float = HZ) -> Result:
    nan, no = np.full(1, np.nan), np.zeros(1, bool)
    return Result(
        key, seq, np.array([seq / hz]), picture[None], nan[:, None], None, nan, {}, nan[:, None],
        np.zeros(1), 0.0, no, no, False, 0.0,
    )  # fmt: skip


def alarm(number: int, start_s: float, end_s: float, over: bool = True, key: str = "cam") -> Alarm:
    end = round(end_s * HZ) if over else None
    return Alarm(
        number, key, round(start_s * HZ), round(start_s * HZ), end, start_s, end_s, {}, 4.0
    )


def info(key: str = "cam", **more: object) -> StreamInfo:
    return StreamInfo(key, ("picture",), ("",), HZ, sample_shape=(48, 64, 3), dtype="uint8", **more)


@pytest.fixture
def sink() -> Iterator[Clips]:
    made = Clips()
    made.write(info())
    yield made
    made.close()


def run(sink: Clips, first: int, last: int, key: str = "cam") -> None:
    for seq in range(first, last):
        sink.write(result(key, seq, seen(seq)))
        sink.tick()


@pytest.mark.parametrize("kind", [".avi", ".mp4"])
def test_a_film_shows_5_s_before_to_5_s_after(sink: Clips, tmp_path: Path, kind: str) -> None:
    run(sink, 0, 100)
    sink.write(alarm(1, 9.0, 9.5, over=False))
    run(sink, 100, 120)
    sink.write(alarm(1, 9.0, 11.0))
    wanted = sink.save_clip(tmp_path / f"a{kind}", "cam", 9.0, 11.0)
    run(sink, 120, 150)
    assert not wanted.done(), "its last pictures are still to come"
    run(sink, 150, 300)
    assert wanted.result(10) == tmp_path / f"a{kind}"
    numbers = told(tmp_path / f"a{kind}")
    off = (np.array(numbers) - np.arange(40, 161) + 25) % 50 - 25
    assert np.abs(off).max() <= (0 if kind == ".avi" else 1), "a step of 5 of 255 may be missed"
    assert [each.name for each in tmp_path.iterdir()] == [f"a{kind}"]


def test_a_film_can_still_be_saved_long_after_and_after_the_end(tmp_path: Path) -> None:
    sink = Clips()
    sink.write(info())
    run(sink, 0, 100)
    sink.write(alarm(1, 9.0, 9.9))
    run(sink, 100, 2000)
    early = sink.save_clip(tmp_path / "early.avi", "cam", 9.0, 9.9)
    sink.close()
    assert early.result(0)
    late = sink.save_clip(tmp_path / "late.avi", "cam", 9.0, 9.9)
    assert told(late.result(10)) == told(tmp_path / "early.avi")
    assert len(told(tmp_path / "late.avi")) == 110


def test_a_stream_of_another_size_goes_on_and_one_opened_again_begins_anew(sink: Clips) -> None:
    run(sink, 0, 100)
    sink.write(alarm(1, 9.0, 9.5))
    sink.write(info(version=2))
    assert len(sink._kept.clips[0].frames) == 60 and sink.frame("cam", 9.9) is not None
    sink.write(info())
    assert sink.frame("cam", 9.9) is None
    run(sink, 0, 20)
    assert [at for at, _ in sink._kept.streams["cam"].frames] == [seq / HZ for seq in range(20)]
    sink.write(alarm(1, 1.0, 1.5))
    assert sink._kept.clips[-1].frames[0][0] == 0.0


def test_a_film_does_not_wait_for_ever(
    sink: Clips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "SILENCE_S", 0.05)
    run(sink, 0, 80)
    wanted = sink.save_clip(tmp_path / "a.avi", "cam", 7.0, 7.5)
    end_s = time.monotonic() + 10
    while not wanted.done() and time.monotonic() < end_s:
        sink.tick()
        time.sleep(0.01)
    assert len(told(wanted.result(0))) == 60, "what there is, when nothing more comes"


def test_saving_does_not_hold_up_the_monitor(
    sink: Clips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    monkeypatch.setattr(clips, "write_film", lambda path, frames: go.wait(10))
    run(sink, 0, 300)
    wanted = sink.save_clip(tmp_path / "a.avi", "cam", 26.0, 24.0)
    run(sink, 300, 400)
    assert not wanted.done()
    go.set()
    assert wanted.result(10)


def test_every_alarm_has_its_film_in_the_folder(tmp_path: Path) -> None:
    sink = Clips(tmp_path / "made" / "films")
    for key in ("cam/1", "cam:1"):
        sink.write(info(key))
        run(sink, 0, 60, key)
        sink.write(alarm(1, 5.0, 5.5, key=key))
        run(sink, 60, 130, key)
    sink.write(alarm(2, 12.0, 12.9, over=False, key="cam/1"))
    sink.close()
    names = sorted(each.name for each in (tmp_path / "made" / "films").iterdir())
    assert names == ["cam_1 alarm 1 2.mp4", "cam_1 alarm 1.mp4", "cam_1 alarm 2.mp4"]
    assert len(told(tmp_path / "made" / "films" / "cam_1 alarm 1.mp4")) == 106
    assert len(told(tmp_path / "made" / "films" / "cam_1 alarm 2.mp4")) == 60


def test_a_folder_that_takes_no_film_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DriftscopeError, match="Name another folder"):
        Clips(tmp_path / "file" / "films")
    sink = Clips(tmp_path / "films")
    sink.write(info())
    run(sink, 0, 60)
    (tmp_path / "films").rmdir()
    sink.write(alarm(1, 5.0, 5.5))
    with pytest.raises(OSError, match="There is no folder"):
        sink.close()
    sink.close()


def test_a_long_alarm_is_cut_and_old_ones_are_forgotten(sink: Clips) -> None:
    run(sink, 0, 100)
    sink.write(alarm(1, 9.0, 9.5, over=False))
    run(sink, 100, 600)
    sink.write(alarm(1, 9.0, 59.0))
    run(sink, 600, 700)
    (clip,) = sink._kept.clips
    assert clip.frames[0][0] == pytest.approx(4.0) and clip.frames[-1][0] == pytest.approx(34.0)
    for number in range(2, 40):
        sink.write(alarm(number, 60.0, 61.0))
    assert [clip.alarm.id for clip in sink._kept.clips] == [*range(20, 40)]


def test_the_film_of_a_long_alarm_is_its_beginning(tmp_path: Path) -> None:
    sink = Clips(tmp_path)
    sink.write(info())
    run(sink, 0, 100)
    sink.write(alarm(1, 9.0, 9.5, over=False))
    run(sink, 100, 2000)
    wanted = sink.save_clip(tmp_path / "a.avi", "cam", 9.0, 199.0)
    sink.tick()
    assert len(told(wanted.result(10))) == 301, "30 s, and no need to wait for its end"
    sink.close()
    assert len(told(tmp_path / "cam alarm 1.mp4")) == 301


def test_what_is_kept_is_bounded(sink: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    one = len(_kept.jpeg(seen(0)))
    monkeypatch.setattr(_kept, "KEPT_BYTES", 400 * one)
    monkeypatch.setattr(_kept, "LATELY_BYTES", 70 * one)
    for number in range(30):
        run(sink, 100 * number, 100 * (number + 1))
        sink.write(alarm(number, 10.0 * number + 9, 10.0 * number + 9.5))
        assert sum(clip.nbytes for clip in sink._kept.clips) <= 400 * one
        assert sink._kept.streams["cam"].nbytes <= 70 * one
    kept = sink._kept.clips
    assert kept[-1].alarm.id == 29 and len(kept) >= 5, "thinned before any is forgotten"
    assert min(len(clip.frames) for clip in kept) > _kept.FEW / 2 - 1


def test_a_picture_is_written_as_it_was_seen(sink: Clips, tmp_path: Path) -> None:
    run(sink, 0, 60)
    for name in ("a.png", "a.jpg"):
        path = sink.save_frame(tmp_path / name, "cam", 3.01)
        assert np.abs(read_picture(path).astype(int) - seen(30)).max() <= 3
    frame = sink.frame("cam", 5.9)
    assert frame is not None and frame.shape == (48, 64, 3)
    assert sink.frame("other", 1.0) is None
    for path, words in (
        (tmp_path / "a.xyz", "try .png"), (tmp_path / "absent" / "a.png", "Name another folder"),
    ):  # fmt: skip
        with pytest.raises(DriftscopeError, match=words):
            sink.save_frame(path, "cam", 3.0)
    with pytest.raises(DriftscopeError, match="no picture"):
        sink.save_frame(tmp_path / "b.png", "other", 3.0)


def test_wide_pictures_are_kept_960_wide_and_never_faster_than_a_film(sink: Clips) -> None:
    for size, kept in (
        ((720, 1280), (540, 960)),
        ((2000, 4000), (480, 960)),
        ((30, 961), (30, 960)),
    ):
        assert cv2.imdecode(np.frombuffer(_kept.jpeg(seen(1, size)), np.uint8), 1).shape[:2] == kept
    for seq in range(1000):
        sink.write(result("cam", seq, seen(seq), 500.0))
    assert 55 < len(sink._kept.streams["cam"].frames) <= 63


def test_labelled_sets_and_sensors_are_left_out() -> None:
    sink = Clips()
    sink.write(info("set", classes=("a", "b")))
    sink.write(StreamInfo("s", ("x",), ("",)))
    for key in ("set", "s"):
        sink.write(result(key, 0, seen(0)))
        sink.write(alarm(1, 0.0, 0.1, key=key))
    assert sink.frame("set", 0) is None and not sink._kept.clips
    sink.close()


def test_a_stream_that_counts_rows_is_filmed_at_25_a_second(tmp_path: Path) -> None:
    sink = Clips(tmp_path)
    sink.write(info("rows", clock="rows"))
    for seq in range(400):
        sink.write(result("rows", seq, seen(seq), 1.0))
        if seq == 200:
            sink.write(alarm(1, 200.0, 210.0, key="rows"))
    sink.close()
    (path,) = tmp_path.iterdir()
    assert len(told(path)) == 125 + 10 + 125 + 1
    reader = cv2.VideoCapture(str(path))
    assert reader.get(cv2.CAP_PROP_FPS) == 25.0
    reader.release()
