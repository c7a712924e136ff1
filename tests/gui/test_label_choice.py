"""Choosing the column that holds labels, in the window, of a source that is open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from labelled_rows import written
from windows import wait_for

from driftscope.gui.connect_dialog import ConnectDialog
from driftscope.gui.label_choice import LabelChoice
from driftscope.gui.main_window import MainWindow
from driftscope.gui.panels.labels import LabelsPanel


@pytest.fixture
def path(tmp_path: Path) -> Path:
    a, b = np.random.default_rng(0).standard_normal((2, 300))
    words = np.where(a > 0, "up", "down")
    return written(tmp_path, list(zip(a, b, words, strict=True)))


def choose(choice: LabelChoice, name: str) -> None:
    """Take a column as with the mouse."""
    place = choice.combo.findData(name)
    assert place >= 0
    choice.combo.setCurrentIndex(place)
    choice.combo.activated.emit(place)


def test_a_column_of_text_is_chosen_and_let_go_of_again(window: MainWindow, path: Path) -> None:
    session, choice = window.session, window.controls.panel.labels
    session.connect_to(str(path), [("source.speed", "max")])
    wait_for(lambda: session.info is not None and session.health.link == "ended")
    window.refresh_texts()
    assert [choice.combo.itemText(k) for k in range(choice.combo.count())] == [
        "none", "a", "b", "class"
    ]  # fmt: skip
    assert choice.combo.currentText() == "none" and choice.fields["label_kind"].isHidden()
    choose(choice, "class")
    wait_for(lambda: session.info is not None and session.info.label is not None)
    wait_for(lambda: session.told.count >= 20)
    window.refresh_texts()
    assert session.info is not None and session.info.channels == ("a", "b")
    assert choice.combo.currentText() == "class" and not choice.fields["label_kind"].isHidden()
    panel = window.classes.pages["Labels"].panel
    assert isinstance(panel, LabelsPanel) and panel.session.report is not None
    assert window.panels.docks["classes"].windowTitle() == "Labels"
    choose(choice, "")
    wait_for(lambda: session.info is not None and session.info.label is None)
    assert session.told.count == 0


def test_what_its_labels_are_is_chosen_beside_it(window: MainWindow, path: Path) -> None:
    session, choice = window.session, window.controls.panel.labels
    session.connect_to(str(path), [("source.speed", "max"), ("stream.label", "b")])
    wait_for(lambda: session.info is not None and session.info.label is not None)
    window.refresh_texts()
    assert session.info is not None and session.info.label.kind == "value"
    choice.fields["label_delay"].turned.emit("-3")
    assert choice.fields["label_delay"].refused.text()
    assert session.params.get("stream.label_delay") == 0
    choice.fields["label_delay"].turned.emit("2")
    wait_for(lambda: session.info is not None and session.told.count > 0)
    assert session.params.get("stream.label_delay") == 2
    assert session.params.get("stream.label") == "b"


def test_another_source_does_not_begin_with_the_label_of_the_last(
    window: MainWindow, path: Path, tmp_path: Path
) -> None:
    session = window.session
    session.connect_to(str(path), [("source.speed", "max"), ("stream.label", "class")])
    wait_for(lambda: session.info is not None and session.info.label is not None)
    other = tmp_path / "other.csv"
    other.write_text("x,y\n1,2\n2,3\n3,4\n")
    session.connect_to(str(other))
    wait_for(lambda: session.info is not None and session.info.channels == ("x", "y"))
    assert session.params.get("stream.label") == ""


def test_a_name_that_is_gone_is_told_and_can_be_let_go_of(window: MainWindow, path: Path) -> None:
    session, choice = window.session, window.controls.panel.labels
    session.connect_to(str(path), [("source.speed", "max"), ("stream.label", "gone")])
    wait_for(lambda: "There are: a, b, class" in session.message)
    window.refresh_texts()
    assert choice.combo.currentText() == "gone"
    choose(choice, "")
    wait_for(lambda: session.info is not None and session.info.channels == ("a", "b"))


def test_the_label_is_offered_where_a_source_is_looked_at_before_it_is_taken(
    qtbot, path: Path
) -> None:
    dialog = ConnectDialog(())
    dialog.show()
    labels = dialog.shown.labels
    try:
        dialog.picker.choose(str(path))
        wait_for(lambda: labels.findData("class") > 0 and labels.isVisible())
        assert dialog.settings == []
        labels.setCurrentIndex(labels.findData("class"))
        wait_for(lambda: dialog.preview is not None and dialog.preview.samples > 2)
        assert dialog.settings == [("stream.label", "class")], "it stays while more comes"
        dialog.picker.choose("demo:")
        wait_for(lambda: dialog.shown.labels.findData("class") < 0)
        assert dialog.settings == []
    finally:
        dialog.reject()
        wait_for(lambda: all(each.gone for each in dialog._leaving))
