"""What the window knows of a source: bounded, of one stream, and no other than the monitor's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from windows import wait_for

from driftscope.core.errors import PluginError
from driftscope.core.sinks.outbox import Outbox
from driftscope.core.stream import Alarm, Event, StreamInfo
from driftscope.gui import connection as module
from driftscope.gui.session import Session


def put(session: Session, *items: StreamInfo | Alarm | Event) -> None:
    """Have the session take items in as if the monitor had given them out."""
    outbox: Outbox = session._outbox
    for item in items:
        outbox.write(item)
    session._tick()


def test_the_oldest_alarms_go_and_the_list_can_tell(
    session: Session, alarm: Callable[..., Alarm], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 100)
    before = session.alarms
    put(session, *(alarm(number, float(number)) for number in range(1, 102)))
    assert session.alarms is not before and list(session.alarms) == list(range(11, 102))


def test_marks_are_bounded_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 100)
    for seq in range(150):
        put(session, Event("demo", seq, float(seq), "note", {}))
    assert len(session.marks) <= 100 and session.marks[-1].seq == 149


def test_of_several_streams_the_first_is_shown(
    session: Session, alarm: Callable[..., Alarm]
) -> None:
    history = session.history
    assert history is not None
    other = StreamInfo("other", ("a",), ("",), 5.0)
    session.connections["other"] = session.shown
    put(session, other, alarm(1, 1.0), replace(alarm(1, 9.0), key="other"))
    assert session.history is history and session.info is not None
    assert session.info.key == "demo" and session.alarms[1].start_s == 1.0


def test_settings_wait_with_the_address_for_the_source_before_to_end(session: Session) -> None:
    session.connect_to("demo:")
    session.connect_to("demo:", [("learner.lr", "3")])
    wait_for(lambda: session.params.get("learner.lr") == 3.0)
    session.disconnect_source()
    wait_for(lambda: not session.running)


def test_a_model_that_cannot_be_built_leaves_the_slider_where_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.connect_to("demo:")
    wait_for(lambda: session.health.samples and "model" in session.params.sections)

    def broken(*_: object) -> None:
        raise PluginError("The model is broken.")

    monkeypatch.setattr("driftscope.core.knowledge.make_learner", broken)
    session.set_param("model.hidden", 77)
    wait_for(lambda: any(mark.kind == "note" for mark in session.marks))
    assert session.params.get("model.hidden") == 64
    session.disconnect_source()
    wait_for(lambda: not session.running)


def test_the_models_own_sliders_are_carried_to_the_next_source(
    session: Session, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b\n" + "\n".join(f"{i % 7},{i % 5}" for i in range(300)))
    session.connect_to("demo:")
    wait_for(lambda: "model" in session.params.sections)
    session.set_param("model.hidden", 32)
    session.connect_to(str(table))
    wait_for(lambda: session.info is not None and session.info.channels == ("a", "b"))
    assert session.params.get("model.hidden") == 32
    session.disconnect_source()
    wait_for(lambda: not session.running)
