"""The docks of the window: put in their places, folded in a narrow window, remembered."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow, QTabBar, QTabWidget

from driftscope.gui import theme
from driftscope.gui.actions import Actions
from driftscope.gui.docks import Dock
from driftscope.gui.in_use import InUse
from driftscope.gui.places import MIDDLE_SHARE, Area, Place
from driftscope.gui.preferences import LAYOUT, NARROW_LAYOUT, TURNED_PANELS, Preferences
from driftscope.gui.session import Session
from driftscope.gui.stage import Guarded

VERSION = 1
"""Of what is remembered: another one falls back to the first arrangement."""
NARROW_PX, ROOMY_PX = 1180, 1500
"""Below the first width the right column folds into tabs of the left one; from the second on there
is room for wide panels."""
SIDES: dict[Area, Qt.DockWidgetArea] = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "below": Qt.DockWidgetArea.BottomDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
}
WIDTHS: dict[Area, tuple[float, int, int]] = {"left": (0.12, 288, 400), "right": (0.18, 324, 560)}
"""How wide a column is at first: a part of the window, but so many pixels at least and at most."""


class Layouts(QMainWindow):
    """Hold docks around a middle, and remember where they stand, wide and narrow apart.

    It is no window of its own but stands in one; Qt moves docks within a QMainWindow only.
    """

    session: Session

    def __init__(self, preferences: Preferences) -> None:
        super().__init__(None, Qt.WindowType.Widget)
        self.preferences = preferences
        self.docks: dict[str, Dock] = {}
        self._places: dict[str, Place] = {}
        self._turned = set(preferences.lines(TURNED_PANELS))
        self._kept = {
            False: preferences.data(LAYOUT), True: preferences.data(NARROW_LAYOUT),
        }  # fmt: skip
        self._first = QByteArray()
        self._shares: dict[bool, dict[str, float]] = {False: {}, True: {}}
        self._narrow: bool | None = None
        self._in_use = InUse(self)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner, side in (
            (Qt.Corner.BottomLeftCorner, SIDES["left"]), (Qt.Corner.TopLeftCorner, SIDES["left"]),
            (Qt.Corner.BottomRightCorner, SIDES["right"]),
            (Qt.Corner.TopRightCorner, SIDES["right"]),
        ):  # fmt: skip
            self.setCorner(corner, side)
        self.setContentsMargins(*[theme.GAP_PX] * 4)

    @property
    def narrow(self) -> bool:
        """Say whether the window is too narrow for a right column."""
        return bool(self._narrow)

    def add(self, place: Place, held: Guarded) -> None:
        """Put a panel into a dock."""
        dock = Dock(place.name, place.title, held)
        dock.closed.connect(lambda name: self.show_panel(name, False))
        dock.wanted.connect(lambda name: self.show_panel(name, True))
        self.docks[place.name], self._places[place.name] = dock, place

    def offer(self, actions: Actions) -> None:
        """Say which panels there are, each to be shown and hidden."""
        for number, (name, place) in enumerate(self._places.items(), start=1):
            keys = f"Alt+{number}" if number < 10 else ""
            actions.add(
                "Panels", place.title, partial(self.turn_panel, name),
                "; ".join(filter(None, (keys, place.keys))),
                f"Show or hide the panel “{place.title}”",
                on=partial(self.wants, name), when=partial(self._applies, name),
            )  # fmt: skip
        actions.gap("Panels")
        actions.add(
            "Panels", "Float or dock the panel in use", self.float_used,
            tip="Take the panel that has the keys out of the window, or put it back",
            when=lambda: self._used() is not None,
        )  # fmt: skip
        actions.add(
            "Panels",
            "Reset layout",
            self.reset,
            "Ctrl+0",
            "Put every panel back to its first place",
        )  # fmt: skip

    def wants(self, name: str) -> bool:
        """Say whether a panel is to be shown, when the stream has anything for it."""
        return self._places[name].shown != (name in self._turned)

    def turn_panel(self, name: str) -> None:
        """Show a panel, bring it to the front if it is behind a tab, or hide it."""
        dock = self.docks[name]
        behind = not dock.isHidden() and not dock.seen
        self.show_panel(name, behind or not self.wants(name))

    def show_panel(self, name: str, on: bool) -> None:
        """Show a panel in front, or hide it."""
        if self.wants(name) != on:
            self._turned ^= {name}
        self.show_what_applies()
        if on and self._applies(name):
            self.docks[name].raise_()

    def show_what_applies(self) -> None:
        """Show the panels that are wanted and have anything to show."""
        come = []
        for name, dock in self.docks.items():
            shown = self._stands(name)
            if dock.isHidden() == shown:
                dock.setVisible(shown)
                come += [name] if shown else []
        self._dress_tabs()
        if self._narrow is False and self.isVisible():
            self._make_room(come)

    def reset(self) -> None:
        """Put every panel back to its first place."""
        self._turned = set()
        self._kept = {False: QByteArray(), True: QByteArray()}
        self._shares = {False: {}, True: {}}
        self.arrange()

    def build(self) -> None:
        """Stand every panel where the table says: once, when all were added."""
        last: dict[Area, Dock] = {}
        for name, place in self._places.items():
            dock, area = self.docks[name], place.area
            self.addDockWidget(SIDES[area], dock)
            if place.behind:
                self.tabifyDockWidget(self.docks[place.behind], dock)
                continue
            if area in last:
                self.splitDockWidget(last[area], dock, Qt.Orientation.Vertical)
            last[area] = dock
        self.show_what_applies()
        self._first = self.saveState(VERSION)

    def arrange(self) -> None:
        """Put the panels where they were left, or to their first places if that cannot be read."""
        kept = self._kept[self.narrow]
        if kept.isEmpty() or not self.restoreState(kept, VERSION):
            self._go_to_first_places()
        self.show_what_applies()

    def fold(self) -> None:
        """Put the right column into tabs of the left one where room is short, else to the right.

        It is called when the whole window has its size, not while this part of it gets one: Qt
        does not bear docks that move meanwhile.
        """
        narrow = self.width() < NARROW_PX
        if narrow != self._narrow:
            self._narrow = narrow
            self.arrange()
        self._share_height()

    def watch(self) -> None:
        """Take note of where everything stands: of a window that has shrunk it is too late.

        Each keeps its share of the height; Qt would give all to the middle, or to the last one.
        """
        if self._narrow is None or not self.isVisible():
            return
        self._kept[self._narrow] = self.saveState(VERSION)
        room = self.height() - 4 * theme.GAP_PX
        self._shares[self._narrow] |= {
            name: (dock.height() + self._tabs_height(dock)) / room
            for name, dock in self.docks.items()
            if dock.seen and not dock.isFloating()
        }

    def remember(self) -> None:
        """Keep the arrangement for the next start."""
        self.watch()
        self.preferences.set(LAYOUT, self._kept[False])
        self.preferences.set(NARROW_LAYOUT, self._kept[True])
        self.preferences.set(TURNED_PANELS, sorted(self._turned))

    def float_used(self) -> None:
        """Take the panel that has the focus out of the window, or put it back."""
        dock = self._used()
        if dock is not None:
            dock.setFloating(not dock.isFloating())

    def _stands(self, name: str) -> bool:
        return self.wants(name) and self._applies(name)

    def _applies(self, name: str) -> bool:
        return self._places[name].applies(self.session)

    def _used(self) -> Dock | None:
        return next((dock for dock in self.docks.values() if self._in_use.inside(dock)), None)

    def _go_to_first_places(self) -> None:
        """Put the panels where the table says; in a narrow window the right ones into tabs."""
        self.restoreState(self._first, VERSION)
        if self.narrow:
            columns = {area: self._column(area) for area in SIDES}
            front = columns["left"][0]
            for dock in columns["right"]:
                self.tabifyDockWidget(front, dock)
            front.raise_()
        self.show_what_applies()
        self._first_sizes()

    def _first_sizes(self) -> None:
        """Give columns their first widths, and panels their first shares of the height."""
        for area, (part, least, most) in WIDTHS.items():
            if area == "left" or not self.narrow:
                width = round(min(max(part * self.width(), least), most))
                self.resizeDocks(self._column(area)[:1], [width], Qt.Orientation.Horizontal)
        shares = self._shares[self.narrow] = {}
        for area in SIDES:
            if area == "below" or not self.narrow:
                shares |= self._first_shares(area)
        self._share_height()

    def _make_room(self, come: list[str]) -> None:
        """Give panels that have appeared for the first time room, beside those of their column."""
        shares = self._shares[False]
        for name in come:
            place, dock = self._places[name], self.docks[name]
            if self.dockWidgetArea(dock) != SIDES[place.area] or name in shares or place.behind:
                continue
            shares |= self._first_shares(place.area)
            if dock.width() < place.wide_px and self.width() >= ROOMY_PX:
                self.resizeDocks([dock], [place.wide_px], Qt.Orientation.Horizontal)
            self._share_height()

    def _first_shares(self, area: Area) -> dict[str, float]:
        there = [p for n, p in self._places.items() if p.area == area and self._stands(n)]
        column = [p for p in there if not p.behind]
        whole = sum(p.share for p in column) + (MIDDLE_SHARE if area == "below" else 0)
        return {p.name: p.share / whole for p in column}

    def _share_height(self) -> None:
        """Give every panel its share of the height."""
        shares = self._shares[self.narrow]
        there = [name for name in shares if self._stands(name)]
        room = self.height() - 4 * theme.GAP_PX
        heights = [round(shares[name] * room) for name in there]
        self.resizeDocks([self.docks[name] for name in there], heights, Qt.Orientation.Vertical)
        self._settle()

    def _tabs_height(self, dock: Dock) -> int:
        """Return how high the tabs above a panel are, 0 if it shares its place with none."""
        if all(other.isHidden() for other in self.tabifiedDockWidgets(dock)):
            return 0
        return next((tabs.height() for tabs in self._tabs() if tabs.isVisible()), 0)

    def _tabs(self) -> list[QTabBar]:
        return self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _settle(self) -> None:
        """Carry out at once what Qt would at the next turn: what is read next is of now."""
        layout = self.layout()
        assert layout is not None
        layout.activate()

    def _column(self, area: Area) -> list[Dock]:
        return [self.docks[name] for name, p in self._places.items() if p.area == area]

    def _dress_tabs(self) -> None:
        """Give the tabs Qt makes the look of those the window has elsewhere."""
        for tabs in self._tabs():
            if not tabs.accessibleName():
                tabs.setAccessibleName("Panels that share a place")
                tabs.setDrawBase(False)
                tabs.setExpanding(True)
                tabs.setUsesScrollButtons(False)
