"""What can be measured in the plots and how one moves through them, said to the Actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from driftscope.gui.actions import Actions
from driftscope.gui.cursor import MARKS, Mark
from driftscope.gui.lane import Lane
from driftscope.gui.lanes import Lanes
from driftscope.gui.readout import Readout
from driftscope.gui.time_plot import ZOOM


def offer(lanes: Lanes, readout: Readout, actions: Actions) -> None:
    """Add what is read and measured to the menu Measure, and what moves the plots to View."""
    cursor, view = lanes.view.cursor, lanes.view
    measure = partial(actions.add, "Measure", when=lambda: seen(lanes))
    measure(
        "Cursor", partial(switch_cursor, lanes), "C",
        "Read all values at one sample; the arrow keys go from sample to sample",
        on=lambda: cursor.on,
    )  # fmt: skip
    for name in MARKS:
        measure(
            f"Mark {name}", partial(mark, lanes, name), name,
            "Measure from A to B: difference, rate, frequency",
        )  # fmt: skip
    actions.add(
        "Measure", "Clear marks", partial(clear, lanes), "M", "Take the marks A and B away",
        when=lambda: bool(cursor.marks),
    )  # fmt: skip
    actions.add(
        "Measure", "Zoom from A to B", partial(zoom_between, lanes), "Z",
        when=lambda: len(cursor.marks) == 2,
    )  # fmt: skip
    actions.gap("Measure")
    measure(
        "Statistics of the view", partial(switch_statistics, lanes), "T",
        "Lowest, highest, mean and standard deviation of all that is in view",
        on=lambda: cursor.statistics,
    )  # fmt: skip
    actions.add(
        "Measure", "Copy readings", readout.copy, "Ctrl+Alt+C", "Put the readings on the clipboard",
        when=lambda: not readout.isHidden(),
    )  # fmt: skip
    moves = partial(actions.add, "View", when=lambda: seen(lanes))
    moves("Zoom in", partial(zoom, lanes, 1 / ZOOM), tip="Key + in a plot, or the wheel")
    moves("Zoom out", partial(zoom, lanes, ZOOM), tip="Key - in a plot, or the wheel")
    moves("First zoom", partial(moved, lanes, view.reset_span), tip="Key 0 in a plot")
    moves("All that is kept", partial(moved, lanes, view.show_all), "Ctrl+Home")
    moves("Back to now", lanes.follow_live, tip="Key End in a plot, or a double click")
    actions.gap("View")
    tip = "In the lane that is looked at; or Ctrl and the wheel"
    moves("Zoom values in", partial(zoom_values, lanes, 1 / ZOOM), "Ctrl+Up", tip)
    moves("Zoom values out", partial(zoom_values, lanes, ZOOM), "Ctrl+Down", tip)
    moves(
        "Automatic range", partial(automatic, lanes), "Y",
        "Let the values' range follow the signal; or a double click on the axis",
    )  # fmt: skip
    actions.gap("View")


def seen(lanes: Lanes) -> bool:
    """Say whether there is a signal to read."""
    info = lanes.session.info
    return info is not None and not info.pictures and not lanes.view.unset


def switch_cursor(lanes: Lanes) -> None:
    """Switch the cursor on, under the mouse or in the middle of what is shown, or off."""
    view, history = lanes.view, lanes.session.history
    cursor = view.cursor
    cursor.on = not cursor.on
    if not cursor.on:
        if cursor.pointed_by is None:
            cursor.leave()
    elif history is not None and not view.unset:
        if cursor.row is None:
            cursor.point(history, (view.lo_s + min(view.hi_s, view.now_s)) / 2)
        if cursor.channel is None:
            cursor.channel = next(iter(lanes.channels()), None)
        lanes.setFocus()
    lanes.refresh()


def switch_statistics(lanes: Lanes) -> None:
    """Show figures of all that is in view, or no longer."""
    cursor = lanes.view.cursor
    cursor.statistics = not cursor.statistics
    lanes.refresh()


def mark(lanes: Lanes, name: Mark) -> None:
    """Put a mark at what is read; where nothing is, the cursor comes on."""
    if lanes.view.cursor.row is None:
        if lanes.view.cursor.on:  # it stands in a gap
            return
        switch_cursor(lanes)
    lanes.view.cursor.mark(name)
    lanes.refresh()


def clear(lanes: Lanes) -> None:
    """Take the marks away."""
    lanes.view.cursor.marks.clear()
    lanes.refresh()


def zoom_between(lanes: Lanes) -> None:
    """Show just what lies from A to B."""
    times = sorted(row.time_s for row in lanes.view.cursor.marks.values())
    if len(times) == 2 and times[0] < times[1]:
        moved(lanes, lambda: lanes.view.frame(*times))


def zoom(lanes: Lanes, factor: float) -> None:
    """Zoom in time, about the cursor if it is on."""
    view = lanes.view
    at_s = view.cursor.time_s if view.cursor.on else (view.lo_s + view.hi_s) / 2
    moved(lanes, lambda: view.zoom(factor, at_s))


def moved(lanes: Lanes, move: Callable[[], None]) -> None:
    """Move the view, and show it."""
    move()
    lanes.refresh()


def looked_at(lanes: Lanes) -> Lane | None:
    """Return the lane of the channel that is looked at, else the first one on screen."""
    found = lanes.lanes()
    chosen = lanes.view.cursor.channel
    return next((lane for lane in found if chosen in lane.channels), found[0] if found else None)


def zoom_values(lanes: Lanes, factor: float) -> None:
    """Zoom the range of the lane that is looked at, else of the first."""
    lane = looked_at(lanes)
    if lane is not None:
        lanes.values.zoom(lane, factor)


def automatic(lanes: Lanes) -> None:
    """Let the range of the lane that is looked at follow the signal, else those of all."""
    chosen = lanes.view.cursor.channel is not None
    lanes.values.automatic(looked_at(lanes) if chosen else None)
