"""Everything one can do, said once: menus, keys, the palette and the list of keys show these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

MENUS = ("File", "Source", "View", "Measure", "Learning", "Alarms", "Panels", "Help")
MOST_LISTED = 8
"""Places of a list in a menu."""
R = TypeVar("R")
Asked = Callable[[], bool]
Text = str | Callable[[], str]
"""A text, or what gives it at the moment."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One action, and what is asked about it before it is shown."""

    action: QAction
    text: Text
    tip: Text
    on: Asked | None
    when: Asked | None
    there: Asked | None

    def refresh(self) -> None:
        """Show what it is called now, and whether it is there, can be done and is on."""
        action = self.action
        if self.there is not None:
            action.setVisible(self.there())
            if not action.isVisible():
                return
        if callable(self.text):
            action.setText(self.text().replace("&", "&&"))
        if callable(self.tip):
            action.setToolTip(self.tip())
            action.setStatusTip(self.tip())
        if self.on is not None:
            action.setChecked(self.on())
        if self.when is not None:
            action.setEnabled(self.when())


class Actions(QObject):
    """Hold the window's actions, a menu for each of MENUS that has any. GUI thread only.

    Whatever can be done from the window is added here by whoever does it: a panel has a method
    `offer(actions)` for it. Nothing else makes shortcuts. A menu within one is written
    "Source/Recent"; it is there as long as anything in it is.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._menus: dict[str, QMenu] = {}
        self._offered: list[Offered] = []

    def add(
        self,
        menu: str,
        text: Text,
        act: Callable[[], object],
        keys: str = "",
        tip: Text = "",
        *,
        on: Asked | None = None,
        when: Asked | None = None,
        there: Asked | None = None,
    ) -> QAction:
        """Add what `act` does to a menu. `keys` is as "Ctrl+K"; several are separated by "; ".

        `on` says whether it is switched on now, `when` whether it can be done now, `there`
        whether there is such a thing at all; they are asked in `refresh` and before a menu opens.
        """
        made = QAction(self._window)
        if isinstance(text, str):
            made.setText(text)
            tip = tip or text.rstrip("…") + "."
        if keys:
            made.setShortcuts([QKeySequence(each) for each in keys.split("; ")])
        if isinstance(tip, str):
            made.setToolTip(f"{tip} ({keys})" if keys else tip)
            made.setStatusTip(tip)
        made.setCheckable(on is not None)
        made.setData(menu.partition("/")[0])
        made.triggered.connect(lambda _=False: self._do(act))
        self._menu(menu).addAction(made)
        self._offered.append(Offered(made, text, tip, on, when, there))
        self._offered[-1].refresh()
        return made

    def add_list(
        self,
        menu: str,
        listed: Callable[[], Sequence[str]],
        text: Callable[[str], str],
        act: Callable[[str], object],
    ) -> None:
        """Add an action for each thing in a list that may change, MOST_LISTED of them at most.

        `text` names the action that does `act` with one; the thing itself stands in its tip.
        """

        def at(place: int) -> str:
            found = listed()
            return found[place] if place < len(found) else ""

        for place in range(MOST_LISTED):
            thing = partial(at, place)
            self.add(
                menu, _with(text, thing), _with(act, thing), tip=thing,
                there=_with(bool, thing),
            )  # fmt: skip

    def gap(self, menu: str) -> None:
        """Draw a line below what a menu holds so far."""
        self._menu(menu).addSeparator()

    def all(self) -> list[QAction]:
        """Return every action there is, in the order of the menus; `data()` is the menu's name."""
        found = [each.action for each in self._offered if each.action.isVisible()]
        return sorted(found, key=lambda action: MENUS.index(action.data()))

    def menus(self) -> list[QMenu]:
        """Return the menus in their order."""
        return [self._menus[name] for name in MENUS if name in self._menus]

    def refresh(self) -> None:
        """Show what is switched on and what can be done now."""
        for each in self._offered:
            each.refresh()
        for path, menu in self._menus.items():
            if "/" in path:
                menu.menuAction().setVisible(any(each.isVisible() for each in menu.actions()))

    def _do(self, act: Callable[[], object]) -> None:
        act()
        self.refresh()

    def _menu(self, path: str) -> QMenu:
        if path not in self._menus:
            around, _, name = path.rpartition("/")
            made = self._menus[path] = QMenu(self._lettered(around, name), self._window)
            made.setToolTipsVisible(True)
            made.aboutToShow.connect(self.refresh)
            if around:
                self._menu(around).addMenu(made)
                return made
            later = [self._menus[n] for n in MENUS[MENUS.index(name) + 1 :] if n in self._menus]
            bar = self._window.menuBar()
            bar.insertMenu(later[0].menuAction() if later else None, made)  # type: ignore[arg-type]  # Qt takes none
        return self._menus[path]

    def _lettered(self, around: str, name: str) -> str:
        """Return a menu's name, marked at the letter that opens it: no two beside it share one."""
        beside = [menu for path, menu in self._menus.items() if path.rpartition("/")[0] == around]
        taken = {menu.title().partition("&")[2][:1].lower() for menu in beside}
        at = next((k for k, letter in enumerate(name) if letter.lower() not in taken), 0)
        return f"{name[:at]}&{name[at:]}"


def _with(do: Callable[[str], R], thing: Callable[[], str]) -> Callable[[], R]:
    """Return what does something with a thing, as the thing then is."""
    return lambda: do(thing())
