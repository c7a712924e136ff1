"""Whatever arrives, the real window goes on, and says what is wrong and what to try."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from devices import PacedWriter, PtyDevice
from PySide6.QtTest import QTest
from windows import lines, wait_for

from driftscope.gui.main_window import MainWindow
from driftscope.gui.sentence import phase
from driftscope.gui.session import Session
from driftscope.gui.stage import Guarded

Play = Callable[..., PacedWriter]


def plug(window: MainWindow, device: PtyDevice) -> Session:
    """Connect to a device; what was written before it is open would be thrown away."""
    window.session.connect_to(device.address)
    wait_for(lambda: window.session.health.link == "live")
    return window.session


def whole(window: MainWindow) -> bool:
    """Say whether every panel is still there."""
    return not any(panel.text() for panel in window.findChildren(Guarded))


def said(window: MainWindow, text: str) -> None:
    wait_for(lambda: text in f"{window.stage.text()} {window.said.text()}")
    assert whole(window)


def rubbish() -> Iterator[bytes]:
    """Bytes as they come at a wrong baud rate: line ends are rare, text is rarer."""
    random = np.random.default_rng(1)
    while True:
        yield random.choice(
            np.frombuffer(b"\xe0\xfc\x80\x00\xff\x1c\x98\xf8", np.uint8), 60
        ).tobytes()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("csv:{folder}", "is a folder"),
        ("csv:{folder}/nothing.csv", "There is no file"),
        ("csv:{folder}/empty.csv", "is empty"),
        ("csv:{folder}/text.csv", "holds no table of numbers"),
        ("serial:", "No port was named"),
        ("serial:/dev/null", "is not a serial port"),
        ("serial:{folder}", "is a directory"),
        ("serial:/dev/ttyNOTHING?baud=3", "baud must be between"),
        ("rubbish", "is no source Driftscope knows"),
    ],
)
def test_what_cannot_be_opened_is_told_in_the_middle_and_below(
    window: MainWindow, tmp_path: Path, address: str, told: str
) -> None:
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "text.csv").write_text("all work\nand no play\n")
    window.session.connect_to(address.format(folder=tmp_path))
    wait_for(lambda: phase(window.session) == "failed" and not window.session.running)
    wait_for(lambda: told in window.stage.text() and told in window.said.text())
    assert "Traceback" not in window.said.text()


def test_a_port_in_use_is_told_and_its_owner_goes_on(
    window: MainWindow, device: PtyDevice, play: Play
) -> None:
    session, second = plug(window, device), Session()
    second.connect_to(device.address)
    wait_for(lambda: second.message and not second.running)
    assert "in use by another program" in second.message
    play()
    wait_for(lambda: session.health.updates > 20)
    second.close()
    second.deleteLater()


def test_a_device_that_sends_nothing_is_waited_for(window: MainWindow, device: PtyDevice) -> None:
    plug(window, device)
    said(window, "it has sent nothing yet: look whether its program runs")


def test_a_wrong_baud_rate_is_guessed_from_the_start_and_later(
    window: MainWindow, device: PtyDevice, play: Play
) -> None:
    session = plug(window, device)
    writer = play(rubbish())
    said(window, "baud rate")
    assert phase(session) == "waiting" and not session.health.samples
    writer.stop()
    writer = play(itertools.chain([b"\n"], lines()))
    wait_for(lambda: session.health.updates > 20)
    writer.stop()
    play(itertools.chain([b"\n"], rubbish()))
    said(window, "Nothing readable has come from")
    said(window, "try another baud rate")


def test_a_megabyte_without_a_line_end_is_one_reject(
    window: MainWindow, device: PtyDevice, play: Play
) -> None:
    session = plug(window, device)
    PacedWriter(device, itertools.repeat(b"1" * 10_000, 100), 1e8).start()
    wait_for(lambda: session.health.bytes == 1_000_000)
    said(window, "no numbers have come yet")
    play(itertools.chain([b"\n"], lines()))
    wait_for(lambda: session.health.updates > 20)
    assert session.health.rejected == 1 and session.health.rejects[0][1].startswith(
        "a line of more"
    )


def test_missing_values_are_told(window: MainWindow, device: PtyDevice, play: Play) -> None:
    session = plug(window, device)
    play(itertools.chain([b"1,2\n"], itertools.repeat(b"nan,\n")))
    said(window, "Every value that arrives is missing")
    assert session.health.alarms == 0


def test_every_slider_at_both_ends_while_giants_arrive_breaks_nothing(
    window: MainWindow, device: PtyDevice, play: Play
) -> None:
    session = plug(window, device)
    values = (
        (1e30 if i % 97 == 0 else math.sin(i / 9), math.cos(i / 7)) for i in itertools.count()
    )
    play(b"%g,%g\n" % pair for pair in values)
    wait_for(lambda: session.health.updates > 20)
    for name, spec, before in list(session.params):
        if spec.live and spec.low is not None and spec.high is not None:
            for end in (spec.low, spec.high, before):
                session.set_param(name, end)
                QTest.qWait(60)
    samples, updates = session.health.samples, session.health.updates
    wait_for(lambda: session.health.samples > samples + 200 and session.health.updates > updates)
    net = next(iter(session._thread.monitor.lanes.values())).learner.net
    assert all(np.isfinite(weights.detach().numpy()).all() for weights in net.parameters())
    assert whole(window)


def test_new_channels_keep_history_alarms_sliders_and_what_was_learned(
    window: MainWindow, device: PtyDevice, play: Play
) -> None:
    session = plug(window, device)

    def growing() -> Iterator[bytes]:
        for i in itertools.count():
            more = b", hum: %.3f" % math.cos(i / 7) if i > 700 else b""
            yield b"temp: %.3f%s\n" % (math.sin(i / 9), more)

    play(growing())
    wait_for(lambda: session.health.updates > 20 and session.history is not None)
    history, updates = session.history, session.health.updates
    session.set_param("learner.lr", 3.0)
    wait_for(lambda: session.info is not None and session.info.channels == ("temp", "hum"))
    wait_for(lambda: session.history.last_seq > 900)
    assert session.history is history and session.history.row(100) is not None
    assert session.health.updates >= updates and session.params.get("learner.lr") == 3.0
    assert session._thread.monitor.params[session.address].get("learner.lr") == 3.0
    said(window, "New in the stream: hum")


def test_a_time_that_no_clock_can_mean_does_not_freeze_the_plots(
    window: MainWindow, tmp_path: Path
) -> None:
    rows = [f"{1e300 if i % 40 == 7 else i / 100},{i % 9}" for i in range(400)]
    (tmp_path / "t.csv").write_text("\n".join(["time,a", *rows]) + "\n")
    session = window.session
    session.connect_to(f"csv:{tmp_path / 't.csv'}?speed=max")
    wait_for(lambda: phase(session) == "ended")
    assert session.history.last_seq == 399 and session.health.stream_s == pytest.approx(3.99)
    said(window, "has ended after 4.0 s and 400 samples")


def test_a_learner_that_diverges_is_set_back_and_told_once(window: MainWindow) -> None:
    session = window.session
    settings = dict(lr_mode="absolute", optimizer="sgd", lr="100")
    session.connect_to(
        "demo:?speed=max", [(f"learner.{name}", value) for name, value in settings.items()]
    )
    said(window, "The model was set back to a sound state")
    samples = session.health.samples
    wait_for(lambda: session.health.samples > samples + 5000)
    assert [mark.kind for mark in session.marks].count("restored") == 1


def test_switching_back_and_forth_at_once_ends_with_the_last(
    window: MainWindow, device: PtyDevice, play: Play, tmp_path: Path
) -> None:
    session = window.session
    (tmp_path / "t.csv").write_text("a,b,c\n" + "1,2,3\n" * 300)
    table, waits = f"csv:{tmp_path / 't.csv'}", itertools.cycle((0, 5, 60))
    play()
    for address in (device.address, "demo:", table, "rubbish", "serial:/dev/ttyNOTHING") * 2:
        session.connect_to(address)
        QTest.qWait(next(waits))
    session.connect_to(device.address)
    wait_for(lambda: session.address == device.address and session.health.updates > 20)
    assert session.info is not None and session.info.channels == ("value 1", "value 2")
    assert whole(window)


def test_frozen_through_a_gap_stays_frozen(
    window: MainWindow, device: PtyDevice, play: Play
) -> None:
    session = plug(window, device)
    play()
    wait_for(lambda: session.health.updates > 20)
    session.freeze(True)
    wait_for(lambda: session.health.state == "frozen")
    device.unplug()
    wait_for(lambda: session.health.link == "lost")
    said(window, "has been lost for")
    session.reset_model()
    device.replug()
    wait_for(lambda: session.health.link == "live")
    samples, updates = session.health.samples, session.health.updates
    play()
    wait_for(lambda: session.health.samples > samples + 300)
    assert session.health.updates == updates and session.health.state == "frozen"
