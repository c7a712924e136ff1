"""Accuracy by pass, and which pages of the classes apply."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from picture_stand_in import PictureStandIn
from stand_in import StandIn, shown

from driftscope.core.reports import Report
from driftscope.gui.classes_area import applying
from driftscope.gui.panels.passes import PassesPanel
from driftscope.gui.theme import current

PASSES = tuple(dict(train_accuracy=0.5 + 0.1 * k, held_out_accuracy=0.4) for k in range(4))


def report(**fields: object) -> Report:
    made = Report("c", ("cat", "dog"), np.zeros((2, 3), np.int64), "held-out rows", {})
    return replace(made, **fields)


def test_passes_are_drawn_and_the_newest_is_told(qtbot) -> None:
    session = PictureStandIn()
    panel = shown(qtbot, PassesPanel(session), 400, 300)
    assert panel.note.text() == "" and panel.curves.newest() == []
    session.report = report(passes=PASSES)
    panel.refresh()
    assert panel.note.text() == "pass 4"
    assert panel.legend.accessibleName() == "train 80 %, held out 40 %"
    image = panel.curves.grab().toImage()
    found = {image.pixelColor(x, y).name() for x in range(60, 380, 2) for y in range(8, 200)}
    assert current().prediction.name() in found


def test_pages_that_apply(qtbot) -> None:
    session = PictureStandIn()
    assert applying(session) == ("Classes", "Samples", "Confusion")
    session.info = replace(session.info, classes=("cat", "dog"))
    session.report = report(passes=PASSES)
    assert applying(session) == ("Classes", "Confusion", "Passes")
    signal = StandIn()
    signal.describe()
    signal.report = None
    assert applying(signal) == ()
    signal.report = report()
    assert applying(signal) == ("Classes", "Confusion")
