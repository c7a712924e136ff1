"""Opening the window: what must be right before Qt is asked for one."""

from __future__ import annotations

import pytest

from driftscope.gui import app


def test_a_clashing_opencv_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "why_no_window", lambda: None)
    monkeypatch.setattr(app, "wrong_wheel", lambda: "opencv-python clashes: uninstall it.")
    assert app.run(["demo:"], []) == 2
    assert capsys.readouterr().err == "driftscope: opencv-python clashes: uninstall it.\n"


def test_a_source_that_is_named_twice_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "why_no_window", lambda: None)
    assert app.run(["demo:", "scene:", "demo:"], []) == 2
    assert "demo: is named twice" in capsys.readouterr().err
