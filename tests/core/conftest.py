from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from devices import PtyDevice
from readers import PATIENT_S

from driftscope.core import reader as module
from driftscope.core.interfaces import Device
from driftscope.core.mailbox import Mailbox
from driftscope.core.messages import Message
from driftscope.core.reader import Reader
from driftscope.core.tap import Tap


@pytest.fixture
def device(tmp_path: Path) -> Iterator[PtyDevice]:
    with PtyDevice(tmp_path / "ttyTEST0") as made:
        yield made


@pytest.fixture
def start(monkeypatch) -> Iterator[Callable[..., tuple[Reader, Mailbox[Message], Tap]]]:
    """Start readers that try again soon; at the end each must stop, whatever its device does."""
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(Device, "longest_wait_s", 0.04)
    made: list[Reader] = []

    def make(device, limit_bytes=1_000_000):
        inbox: Mailbox[Message] = Mailbox(limit_bytes, "wait")
        tap = Tap()
        made.append(Reader("dev", device, inbox, tap))
        made[-1].start()
        return made[-1], inbox, tap

    yield make
    assert all([each.stop(PATIENT_S) for each in made])
