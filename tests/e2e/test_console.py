"""Bytes to and from a device, through the real window."""

from __future__ import annotations

import os
import select

from devices import PtyDevice
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from windows import wait_for

from driftscope.gui.main_window import MainWindow
from driftscope.gui.panels.console import ConsolePanel


def arrived(device: PtyDevice) -> bytes:
    """Return what was written to the device so far."""
    assert device._master is not None
    data = b""
    while select.select([device._master], [], [], 0)[0]:
        try:
            data += os.read(device._master, 1000)
        except OSError:  # nobody has it open any more
            break
    return data


def console(window: MainWindow) -> ConsolePanel:
    (found,) = window.findChildren(ConsolePanel)
    return found


def test_nothing_is_written_until_it_is_armed_and_then_exactly_the_line(
    window: MainWindow, device: PtyDevice
) -> None:
    session, panel = window.session, console(window)
    session.connect_to(device.address)
    wait_for(lambda: session.health.link == "live")
    device.write(b"ready>\n1,2\n")
    wait_for(lambda: any(line.data == b"1,2" for line in panel.view.console.lines))
    panel.go_to_send()
    QTest.keyClicks(panel.send.line, "LED 1")
    QTest.keyClick(panel.send.line, Qt.Key.Key_Return)
    assert "Arm send" in panel.said.text()
    assert arrived(device) == b""
    QTest.mouseClick(panel.send.arm, Qt.MouseButton.LeftButton)
    QTest.keyClick(panel.send.line, Qt.Key.Key_Return)
    wait_for(lambda: panel.view.console.lines[-1].kind == "out")
    assert arrived(device) == b"LED 1\n"
    assert panel.view.console.lines[-1].data == b"LED 1"
    session.disconnect_source()
    wait_for(lambda: not session.running)
    assert arrived(device) == b""


def test_plugged_in_again_it_is_not_armed(window: MainWindow, device: PtyDevice) -> None:
    session, panel = window.session, console(window)
    session.connect_to(device.address)
    wait_for(lambda: session.health.link == "live")
    wait_for(panel.send.arm.isEnabled)
    panel.send.arm.click()
    device.unplug()
    wait_for(lambda: session.health.link == "lost")
    device.replug()
    wait_for(lambda: session.health.link == "live" and panel.send.arm.isEnabled())
    assert not panel.send.armed
    kinds = [line.kind for line in panel.view.console.lines]
    assert kinds == ["link"] * 3  # connected, lost, connected again
