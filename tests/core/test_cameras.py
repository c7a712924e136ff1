"""Cameras by name and identity, and what is asked of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import cv2_enumerate_cameras
import numpy as np
import pytest
from faulty_capture import faulty

from driftscope.core import address, cameras
from driftscope.core.cameras import Camera, cameras_text, find
from driftscope.core.capture import opencv, process
from driftscope.core.capture.grabbers import Failed
from driftscope.core.errors import LinkLost, SourceError
from driftscope.core.sources import _live_pictures
from driftscope.core.sources.camera import Camera as CameraSource
from driftscope.core.stream import Block, Event, Item, StreamInfo

DESK = Camera(0, 200, "HD Webcam", "/dev/video0", 0x046D, 0x0825, "A1B2", "1-2:1.0")
BENCH = Camera(2, 200, "USB Camera", "/dev/video2", 0x1BCF, 0x2284, "", "1-3:1.0")
BUILT_IN = Camera(4, 200, "Image sensor", "/dev/video4", None, None, "", "platform-csi")


def moved(camera: Camera, index: int, place: str = "3-1:1.0") -> Camera:
    return replace(camera, index=index, path=f"/dev/video{index}", place=place)


def test_an_address_names_a_camera_and_not_its_number() -> None:
    assert DESK.address == "camera:046d:0825:A1B2"
    assert BENCH.address == "camera:1bcf:2284:@1-3:1.0"
    assert BUILT_IN.address == "camera:@platform-csi"
    odd = replace(DESK, serial_number="50% new? yes")
    assert find(address.parse(odd.address).target, [DESK, odd]) is odd


def test_found_by_number_path_or_identity() -> None:
    there = [DESK, BENCH, BUILT_IN]
    for camera in there:
        for wanted in (str(camera.index), camera.path, camera.identity, camera.identity.upper()):
            assert find(wanted, there) is camera
    assert find("1", there) is None and find("046d:0825:other", there) is None


def test_with_a_serial_number_it_is_found_wherever_it_is_plugged_in() -> None:
    there = moved(DESK, 7)
    assert find(DESK.identity, [BENCH, there]) is there
    assert find(DESK.identity, [BENCH]) is None


def test_without_one_it_is_found_elsewhere_if_it_is_the_only_one_of_its_kind() -> None:
    there = moved(BENCH, 7)
    assert find(BENCH.identity, [DESK, there]) is there
    assert find(BENCH.identity, [there, moved(BENCH, 8, "4-1:1.0")]) is None
    at_its_place = moved(BENCH, 9, BENCH.place)
    assert find(BENCH.identity, [there, at_its_place]) is at_its_place


def test_the_twin_that_was_there_all_along_is_not_taken_for_it() -> None:
    twin = moved(BENCH, 7)
    assert find(BENCH.identity, [twin], {twin.identity}) is None
    assert find(BENCH.identity, [twin, moved(BENCH, 8, "5-1:1.0")], {twin.identity}).index == 8


def test_text_names_the_cameras_or_says_what_to_do() -> None:
    assert "plug one in" in cameras_text([])
    assert "camera:046d:0825:A1B2 (HD Webcam)" in cameras_text([DESK, BENCH])


def test_the_real_list_can_be_read() -> None:
    assert all(camera.name for camera in cameras.cameras())


@pytest.fixture
def system(monkeypatch, tmp_path: Path):
    """Put cameras into the system's list: (index, name, vid, pid, USB place, serial number)."""

    def plug(*listed: tuple) -> None:
        found = []
        for index, name, vid, pid, place, serial_number in listed:
            usb = tmp_path / "devices" / place.partition(":")[0]
            (usb / place).mkdir(parents=True, exist_ok=True)
            if serial_number:
                (usb / "serial").write_text(serial_number + "\n")
            node = tmp_path / f"video{index}"
            node.mkdir()
            (node / "device").symlink_to(usb / place)
            info = cv2_enumerate_cameras.CameraInfo(
                index, name, f"/dev/video{index}", vid, pid, cv2.CAP_V4L2
            )
            found.append(info)
        monkeypatch.setattr(cameras, "VIDEO", tmp_path)
        monkeypatch.setattr(cameras.sys, "platform", "linux")
        monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", lambda _: found)

    return plug


def test_serial_number_and_place_come_from_the_system(system) -> None:
    system((2, "Bench", 0x1BCF, 0x2284, "1-3:1.0", ""), (0, "Desk", 0x46D, 0x825, "1-2:1.0", "A1"))
    found = cameras.cameras()
    assert [camera.identity for camera in found] == ["046d:0825:A1", "1bcf:2284:@1-3:1.0"]
    assert [camera.name for camera in found] == ["Desk", "Bench"]


def test_a_serial_number_that_two_share_tells_nothing(system) -> None:
    system((0, "A", 1, 2, "1-2:1.0", "SN0001"), (2, "B", 1, 2, "1-3:1.0", "SN0001"))
    found = cameras.cameras()
    assert [camera.identity for camera in found] == ["0001:0002:@1-2:1.0", "0001:0002:@1-3:1.0"]


@pytest.fixture
def plugged(monkeypatch):
    """Plug cameras in, behind a capture process of a behaviour."""

    def plug(*there: Camera, behaviour: str = "plain") -> None:
        monkeypatch.setattr(cameras, "cameras", lambda: list(there))
        monkeypatch.setattr(process, "COMMAND", faulty(behaviour))

    return plug


def opened(text: str) -> CameraSource:
    source = address.make(address.parse(text))
    assert isinstance(source, CameraSource)
    source.open()
    return source


def read(source: CameraSource, count: int) -> list[Item]:
    items: list[Item] = []
    while sum(isinstance(item, Block) for item in items) < count:
        items += source.read()
    return items


def test_one_chosen_by_number_is_found_again_under_another(plugged) -> None:
    plugged(DESK, BENCH)
    source = opened("camera:0")
    assert source.name == "HD Webcam"
    read(source, 1)
    plugged(BENCH)
    with pytest.raises(SourceError, match="There is no HD Webcam"):
        source.open()
    plugged(moved(BENCH, 0), moved(DESK, 5))
    source.open()
    assert source.request()["index"] == 5
    source.close()


def test_no_camera_is_told_with_those_there_are(plugged) -> None:
    plugged()
    with pytest.raises(SourceError, match=r"There is no camera 0\. No camera is there"):
        opened("camera:0")
    plugged(DESK)
    with pytest.raises(SourceError, match=r"Cameras that are there: camera:046d:0825:A1B2"):
        opened("camera:3")


def test_a_camera_that_is_busy_or_unplugged(plugged) -> None:
    plugged(DESK, behaviour="busy")
    with pytest.raises(SourceError, match="Another program may be using it"):
        opened("camera:0")
    plugged(DESK, behaviour="end")
    source = opened("camera:0")
    with pytest.raises(LinkLost, match="HD Webcam gives no more pictures: it was unplugged"):
        read(source, 1000)
    source.close()


def test_a_camera_that_this_user_may_not_use(plugged, tmp_path: Path, monkeypatch) -> None:
    locked = tmp_path / "video0"
    locked.touch()
    monkeypatch.setattr("os.access", lambda *_: False)
    plugged(replace(DESK, path=str(locked)))
    with pytest.raises(SourceError, match="group"):
        opened("camera:0")


def test_what_differs_from_what_was_asked_is_told(plugged, monkeypatch) -> None:
    monkeypatch.setattr(_live_pictures, "MEASURED_S", 0.2)
    plugged(DESK)
    source = opened("camera:0?fps=5")  # it gives about 100
    items = read(source, 2)
    while not any("pictures a second" in note for note in notes(items)):
        items += source.read()
    source.close()
    assert isinstance(items[0], StreamInfo) and items[0].rate_hz is None
    asked_size, asked_rate = notes(items)
    assert asked_size == "HD Webcam was asked for 1280 x 720 pixels and gives 64 x 48."
    assert asked_rate.startswith("HD Webcam was asked for 5 pictures a second and gives ")


def notes(items: list[Item]) -> list[str]:
    return [i.data["message"] for i in items if isinstance(i, Event) and i.kind == "note"]


class Device:
    """Stand for OpenCV's view of a camera."""

    made: list[Device]

    def __init__(self, *words: object) -> None:
        self.words, self.asked = words, {}
        Device.made.append(self)

    def isOpened(self) -> bool:
        return self.words[0] != 9

    def set(self, prop: int, value: float) -> bool:
        self.asked[prop] = value
        return True

    def grab(self) -> bool:
        return True

    def retrieve(self) -> tuple[bool, np.ndarray | None]:
        return False, None


def test_mjpg_comes_first_then_size_and_rate(monkeypatch) -> None:
    Device.made = []
    monkeypatch.setattr(opencv.cv2, "VideoCapture", Device)
    wanted = dict(index=3, backend=cv2.CAP_V4L2, width=640, height=480, rate_hz=0.0)
    camera = opencv.Camera(wanted)
    (device,) = Device.made
    assert device.words == (3, cv2.CAP_V4L2)
    fourcc = float(cv2.VideoWriter.fourcc(*"MJPG"))
    assert list(device.asked.items()) == [
        (cv2.CAP_PROP_FOURCC, fourcc), (cv2.CAP_PROP_FRAME_WIDTH, 640),
        (cv2.CAP_PROP_FRAME_HEIGHT, 480),
    ]  # fmt: skip
    assert camera.grab() is not None and camera.picture(None) is None, "a spoiled one is no end"
    with pytest.raises(Failed):
        opencv.Camera(wanted | dict(index=9))
