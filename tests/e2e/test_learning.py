"""The real window on the demo: what is learned is drawn, what is turned is obeyed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from windows import activate, button, slider, wait_for

from driftscope.gui.main_window import MainWindow


def test_the_demo_is_learned_and_drawn(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 300)
    wait_for(lambda: window.signal.panel.drawn_seq > 1000)
    assert session.info is not None and session.info.channels
    wait_for(lambda: np.isfinite(session.health.recent.skill()) and "earning" in window.said.text())
    row = session.history.row(session.history.last_seq)
    assert np.isfinite(row.prediction).all() and np.isfinite(row.values).all()
    wait_for(lambda: session.frames_per_s > 5)


def test_a_slider_reaches_the_optimizer_while_it_runs(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 20)
    lane = next(iter(session._thread.monitor.lanes.values()))
    for name, read in (
        ("Learning rate", lambda: lane.learner.params.lr),
        ("Momentum", lambda: lane.learner.params.momentum),
        ("Batch size", lane.step_rows),
        ("False alarms", lambda: lane.detector.params.one_in),
    ):
        moved, before = slider(window, name), read()
        moved.setFocus()
        for _ in range(3):
            QTest.keyClick(moved, Qt.Key.Key_PageUp)
        wait_for(lambda read=read, before=before: read() != before)
    wait_for(lambda: any(mark.kind == "param" for mark in session.marks))
    names = {mark.data["name"] for mark in session.marks if mark.kind == "param"}
    wait_for(lambda: {"learner.lr", "learner.momentum"} <= names | {
        mark.data["name"] for mark in session.marks if mark.kind == "param"})  # fmt: skip


def test_learning_rate_0_by_the_slider_freezes_the_weights(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 50)
    learner = next(iter(session._thread.monitor.lanes.values())).learner
    rate = slider(window, "Learning rate")
    rate.setFocus()
    QTest.keyClick(rate, Qt.Key.Key_Home)
    wait_for(lambda: learner.params.lr == 0)
    QTest.qWait(100)
    before = [p.detach().numpy().copy() for p in learner.net.parameters()]
    samples = session.health.samples
    wait_for(lambda: session.health.samples > samples + 500)
    after = [p.detach().numpy() for p in learner.net.parameters()]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_freeze_holds_learning_and_scoring_goes_on(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 50)
    QTest.mouseClick(button(window, "Freeze"), Qt.MouseButton.LeftButton)
    wait_for(lambda: session.health.state == "frozen")
    updates, samples = session.health.updates, session.health.samples
    wait_for(lambda: session.health.samples > samples + 500)
    assert session.health.updates == updates
    wait_for(lambda: "rozen" in window.said.text())


def test_pausing_the_view_stops_neither_reading_nor_learning(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: window.signal.panel.drawn_seq > 500)
    QTest.mouseClick(button(window, "Pause"), Qt.MouseButton.LeftButton)
    assert session.paused
    QTest.qWait(100)
    drawn, updates = window.signal.panel.drawn_seq, session.health.updates
    wait_for(lambda: session.health.updates > updates + 60)
    assert window.signal.panel.drawn_seq == drawn
    QTest.mouseClick(button(window, "view"), Qt.MouseButton.LeftButton)
    wait_for(lambda: window.signal.panel.drawn_seq > drawn)


def test_changing_the_model_and_the_optimizer_while_it_runs(window: MainWindow) -> None:
    session = window.session
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 20)
    session.set_param("learner.optimizer", "adam")
    session.set_param("learner.model", "gru")
    lane = next(iter(session._thread.monitor.lanes.values()))
    wait_for(lambda: type(lane.learner.net).__name__ != "" and "model" in session.params.sections)
    wait_for(lambda: lane.learner.params.model == "gru")
    updates = session.health.updates
    wait_for(lambda: session.health.updates > updates + 10)
    assert "hidden" in session.params.sections["model"].specs()


def test_the_model_before_goes_on_and_keys_bring_back_what_was_learned(window: MainWindow) -> None:
    session, loss = window.session, window.loss.panel
    session.connect_to("demo:")
    wait_for(lambda: session.health.updates > 20)
    combo = next(c for c in window.findChildren(QComboBox) if c.accessibleName() == "Model")
    combo.setCurrentIndex(combo.findText("Linear"))
    combo.activated.emit(combo.currentIndex())
    wait_for(lambda: "MLP, before" in loss.legend.accessibleName() and loss.stop.isVisible())
    activate(window)
    window.stage.setFocus()
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    wait_for(lambda: marks(window) == ["bookmark"])
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_B, both)
    wait_for(lambda: marks(window) == ["bookmark", "back to the bookmark"])
    wait_for(lambda: "Back to the bookmark" in window.said.text())
    QTest.keyClick(window, Qt.Key.Key_Z, both)
    wait_for(lambda: "Nothing that old is remembered" in window.said.text())
    QTest.mouseClick(loss.stop, Qt.MouseButton.LeftButton)
    wait_for(lambda: "before" not in loss.legend.accessibleName() and not loss.stop.isVisible())


def marks(window: MainWindow) -> list[str]:
    """Return what going back and bookmarks have left on the loss plot."""
    return [mark.data["mark"] for mark in window.session.marks if mark.data.get("mark")]
