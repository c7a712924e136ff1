"""A box to choose the column of labels from."""

from __future__ import annotations

from collections.abc import Sequence

from driftscope.core.sections import StreamParams
from driftscope.gui.widgets import Combo

NONE = "none"


class ColumnCombo(Combo):
    """Offer the columns of a source as `stream.label`, and none of them."""

    def __init__(self, more: str = "") -> None:
        super().__init__()
        spec = StreamParams.specs()["label"]
        self.setAccessibleName(spec.label)
        self.setAccessibleDescription(spec.help + more)
        self.setToolTip(spec.help + more)
        self.offer((), "")

    @property
    def chosen(self) -> str:
        """Return the name of the column that is chosen, "" for none."""
        return self.currentData() or ""

    def offer(self, columns: Sequence[str], chosen: str) -> None:
        """Offer these, and show what is chosen; an open list is left as it is."""
        names = list(dict.fromkeys(["", *columns, chosen]))
        if self.view().isVisible():
            return
        if names != [self.itemData(place) for place in range(self.count())]:
            self.clear()
            for name in names:
                self.addItem(name or NONE, name)
        self.setCurrentIndex(self.findData(chosen))
