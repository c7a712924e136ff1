"""An alarm is told in the title and the taskbar, and by a sound if that was asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from driftscope.core.stream import Alarm
from driftscope.gui import bell as bell_module
from driftscope.gui.bell import MUTE, Bell
from driftscope.gui.preferences import SOUND, Preferences
from driftscope.gui.session import Session


class Heard:
    """Listen to what a bell does, with a clock of its own."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.beeps = self.alerts = 0
        self.now_s = 100.0
        self.said: list[str] = []
        self.window = QWidget()
        monkeypatch.setattr(QApplication, "beep", self._beep)
        monkeypatch.setattr(QApplication, "alert", self._alert)
        monkeypatch.setattr(bell_module.time, "monotonic", lambda: self.now_s)
        self.bell = Bell(self.window, session, Preferences(), self.said.append)

    def _beep(self) -> None:
        self.beeps += 1

    def _alert(self, window: QWidget) -> None:
        self.alerts += 1


@pytest.fixture
def heard(session: Session, monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(session, monkeypatch)


def test_it_is_silent_unless_asked(
    heard: Heard, session: Session, alarm: Callable[..., Alarm]
) -> None:
    session.alarms[1] = alarm(1, 2.0, end=None)
    heard.bell.refresh()
    heard.bell.refresh()
    assert (heard.beeps, heard.alerts) == (0, 1)
    assert heard.window.windowTitle() == "▼ 1 alarm now - Driftscope"
    session.alarms[1] = alarm(1, 2.0)
    heard.bell.refresh()
    assert heard.window.windowTitle() == "Driftscope"


def test_each_onset_sounds_once_and_no_more_often_than_every_two_seconds(
    heard: Heard, session: Session, alarm: Callable[..., Alarm], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "xcb")
    heard.bell.turn()
    assert heard.beeps == 1 and Preferences().flag(SOUND)  # what it will sound like
    heard.now_s += 10
    for number, after_s in enumerate((0.0, 0.5, 1.0, 1.0), start=1):
        heard.now_s += after_s
        session.alarms[number] = alarm(number, 2.0 * number)
        heard.bell.refresh()
        heard.bell.refresh()
    assert heard.beeps == 3  # that one, the first, and the one 2.5 s after it
    heard.bell.turn()
    heard.now_s += 10
    session.alarms[9] = alarm(9, 30.0)
    heard.bell.refresh()
    assert heard.beeps == 3 and not Preferences().flag(SOUND)


def test_alarms_of_another_source_count_anew(
    heard: Heard, session: Session, alarm: Callable[..., Alarm]
) -> None:
    session.alarms.update({1: alarm(1, 2.0), 2: alarm(2, 4.0)})
    heard.bell.refresh()
    session.shown.alarms = {1: alarm(1, 1.0)}
    heard.bell.refresh()
    assert heard.alerts == 2


def test_where_nothing_can_sound_it_says_so(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "offscreen")
    heard.bell.turn()
    assert heard.said == [MUTE] and heard.beeps == 0
