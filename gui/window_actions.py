"""What the window itself can do, said to its Actions: sources, the view, learning, help."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton, QComboBox

from driftscope.gui.actions import Actions
from driftscope.gui.keys import Keys
from driftscope.gui.palette import Palette
from driftscope.gui.panels.picture import PicturePanel
from driftscope.gui.session import Session
from driftscope.gui.source_picker import DEMOS, STORIES

if TYPE_CHECKING:
    from driftscope.gui.main_window import MainWindow


def offer(window: MainWindow, actions: Actions) -> None:
    """Add what the window can do."""
    _sources(window, actions)
    _learning(window, actions)
    session = window.session
    actions.add(
        "View", "Pause view", lambda: _space(window), "Space",
        "Hold the view; acquisition and learning go on", on=lambda: session.paused,
    )  # fmt: skip
    actions.gap("View")
    window.profiles.offer(actions)
    window.states.offer(actions)
    window.keeping.offer(actions)
    actions.add(
        "File", "Save alarm, samples or model…", window.offer_to_save, "Ctrl+S",
        "Save what was seen or learned",
    )  # fmt: skip
    palette, keys = Palette(window, actions, session), Keys(window, actions)
    window.top_bar.anything.clicked.connect(palette.ask)
    actions.add("Help", "Do anything…", palette.ask, "Ctrl+K", "Type what you want done")
    actions.add("Help", "Keys", keys.ask, "F1", "Show what every key does")


def _sources(window: MainWindow, actions: Actions) -> None:
    session = window.session
    add = partial(actions.add, "Source")
    add("Connect…", window.connect_source, "Ctrl+O", "Choose a device, a file or a demo")
    add(
        "Add source…", lambda: window.connect_source(beside=True), "Ctrl+Shift+O",
        "Connect one more, beside those there are", when=lambda: bool(session.connections),
    )  # fmt: skip
    window.habits.recent.offer(actions)
    for title, address in DEMOS:
        actions.add(
            "Source/Demos", f"{title} ({address})", partial(window.habits.connect_again, address),
            tip=STORIES[address],
        )  # fmt: skip
    actions.gap("Source")
    several = lambda: len(session.connections) > 1  # noqa: E731  named, as it is used five times
    add("Close source", window.close_source, "Ctrl+W", "Let the shown one go", when=several)
    add("Next source", lambda: _show_next(window, 1), "Ctrl+Tab", when=several)
    add("Previous source", lambda: _show_next(window, -1), "Ctrl+Shift+Tab", when=several)
    for place in range(9):
        add(
            f"Source {place + 1}", partial(_show_at, window, place), f"Ctrl+{place + 1}",
            there=partial(_has, session, place),
        )  # fmt: skip
    actions.gap("Source")
    add(
        "Release device", lambda: session.release_port(session.health.link != "released"),
        tip="Let another program have the device for a while, or take it back",
        on=lambda: session.health.link == "released", when=session.can_release,
    )  # fmt: skip


def _learning(window: MainWindow, actions: Actions) -> None:
    session = window.session
    add = partial(actions.add, "Learning")
    add(
        "Freeze learning", window.top_bar.freeze.click, "F",
        "Predict, but hold what was learned",
        on=lambda: bool(session.params.get("learner.frozen")),
    )  # fmt: skip
    picture = window.picture.panel
    if isinstance(picture, PicturePanel):
        shown = lambda: session.pictures  # noqa: E731  used three times
        for text, keys, button in (
            ("Learn this as normal", "L", picture.accept),
            ("Region to look at", "R", picture.tools.region),
            ("What was expected beside it", "E", picture.tools.expected),
        ):
            add(text, partial(_click_of_picture, window, button), keys, when=shown)


def _has(session: Session, place: int) -> bool:
    return len(session.connections) > max(1, place)


def _click_of_picture(window: MainWindow, button: QAbstractButton) -> None:
    if window.session.pictures:
        button.click()


def _show_next(window: MainWindow, by: int) -> None:
    """Show the source that stands beside the shown one."""
    session = window.session
    names = list(session.connections)
    if session.address in names:
        session.show(names[(names.index(session.address) + by) % len(names)])


def _show_at(window: MainWindow, place: int) -> None:
    names = list(window.session.connections)
    if place < len(names):
        window.session.show(names[place])


def _space(window: MainWindow) -> None:
    """Press the control that has the focus, as everywhere; else pause the view."""
    focused = window.focusWidget()
    if isinstance(focused, QAbstractButton):
        focused.click()
    elif isinstance(focused, QComboBox):
        focused.showPopup()
    else:
        window.top_bar.pause.click()
