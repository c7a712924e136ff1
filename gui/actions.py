"""Everything one can do, said once: menus, keys, the palette and the list of keys show these."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

MENUS = ("File", "Source", "View", "Measure", "Learning", "Alarms", "Panels", "Help")
Asked = Callable[[], bool]


class Actions(QObject):
    """Hold the window's actions, a menu for each of MENUS that has any. GUI thread only.

    Whatever can be done from the window is added here by whoever does it: a panel has a method
    `offer(actions)` for it. Nothing else makes shortcuts. A menu within one is written
    "Source/Recent".
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._menus: dict[str, QMenu] = {}
        self._asked: list[tuple[QAction, Asked | None, Asked | None, Asked | None]] = []

    def add(
        self,
        menu: str,
        text: str,
        act: Callable[[], object],
        keys: str = "",
        tip: str = "",
        *,
        on: Asked | None = None,
        when: Asked | None = None,
        there: Asked | None = None,
    ) -> QAction:
        """Add what `act` does to a menu. `keys` is as "Ctrl+K"; several are separated by "; ".

        `on` says whether it is switched on now, `when` whether it can be done now, `there`
        whether there is such a thing at all; they are asked in `refresh` and before a menu opens.
        """
        made = QAction(text, self._window)
        if keys:
            made.setShortcuts([QKeySequence(each) for each in keys.split("; ")])
        tip = tip or text.rstrip("…") + "."
        made.setToolTip(f"{tip} ({keys})" if keys else tip)
        made.setStatusTip(tip)
        made.setCheckable(on is not None)
        made.setData(menu.partition("/")[0])
        made.triggered.connect(lambda _=False: self._do(act))
        self._asked.append((made, on, when, there))
        self._menu(menu).addAction(made)
        return made

    def gap(self, menu: str) -> None:
        """Draw a line below what a menu holds so far."""
        self._menu(menu).addSeparator()

    def all(self) -> list[QAction]:
        """Return every action there is, in the order of the menus; `data()` is the menu's name."""
        found = [action for action, *_ in self._asked if action.isVisible()]
        return sorted(found, key=lambda action: MENUS.index(action.data()))

    def menus(self) -> list[QMenu]:
        """Return the menus in their order."""
        return [self._menus[name] for name in MENUS if name in self._menus]

    def refresh(self) -> None:
        """Show what is switched on and what can be done now."""
        for action, on, when, there in self._asked:
            if there is not None and action.isVisible() != there():
                action.setVisible(there())
            if on is not None and action.isChecked() != on():
                action.setChecked(on())
            if when is not None and action.isEnabled() != when():
                action.setEnabled(when())

    def _do(self, act: Callable[[], object]) -> None:
        act()
        self.refresh()

    def _menu(self, path: str) -> QMenu:
        if path not in self._menus:
            around, _, name = path.rpartition("/")
            made = self._menus[path] = QMenu(f"&{name}", self._window)
            made.setToolTipsVisible(True)
            made.aboutToShow.connect(self.refresh)
            if around:
                self._menu(around).addMenu(made)
                return made
            later = [self._menus[n] for n in MENUS[MENUS.index(name) + 1 :] if n in self._menus]
            bar = self._window.menuBar()
            bar.insertMenu(later[0].menuAction() if later else None, made)  # type: ignore[arg-type]  # Qt takes none
        return self._menus[path]
