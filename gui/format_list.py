"""Choose how text is read, seeing what each choice gives."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from driftscope.core.decoders._formats import FORMATS, TextParams
from driftscope.gui import theme
from driftscope.gui.format_choices import FormatChoices
from driftscope.gui.widgets import Combo, label

NO_FIELD = "the time of arrival"
ROW_PX = 21
AUTO_JSON = ("auto", "json")


class FormatList(QWidget):
    """List the formats with what they give. `picked` tells (format, time field)."""

    picked = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.list = QTreeWidget()
        self.list.setAccessibleName("Text format, and what each gives")
        self.list.setToolTip(TextParams.specs()["format"].help)
        self.list.setColumnCount(2)
        self.list.setHeaderLabels(["Read as", "What that gives"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.list.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        for name, called in FORMATS.items():
            item = QTreeWidgetItem([called, ""])
            item.setData(0, Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(1, QSize(0, ROW_PX))
            self.list.addTopLevelItem(item)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(header.sizeHint().height() + ROW_PX * len(FORMATS) + 8)
        self.list.currentItemChanged.connect(lambda now, _: self._pick())
        self.time = Combo()
        self.time.setAccessibleName("Time field of JSON")
        self.time.setToolTip(TextParams.specs()["time_field"].help)
        self.time.setEditable(True)
        self.time.setInsertPolicy(Combo.InsertPolicy.NoInsert)
        self.time.addItem(NO_FIELD)
        self.time.activated.connect(lambda _: self._pick())
        line = self.time.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._pick)
        line.setAccessibleName("Time field of JSON")
        self._of_json = QWidget()
        beside = QHBoxLayout(self._of_json)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(label("Time of each object", "secondary"))
        beside.addWidget(self.time, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addWidget(self.list)
        rows.addWidget(self._of_json)
        self._told: tuple[str, str] = ("auto", "")
        self.show_choice("auto", "")

    def show_choice(self, name: str, time_field: str) -> None:
        """Show what is chosen, without telling; what is being typed stays."""
        if (name, time_field) == self._told and self.list.currentItem() is not None:
            return
        self._told = name, time_field
        self.list.blockSignals(True)
        self.list.setCurrentItem(self._item(name))
        self.list.blockSignals(False)
        self.time.setCurrentText(time_field or NO_FIELD)

    def show_choices(self, choices: FormatChoices) -> None:
        """Bring up to date what each format gives."""
        for name in FORMATS:
            item, gives = self._item(name), choices.gives(name)
            if item.text(1) != gives:
                item.setText(1, gives)
                item.setToolTip(1, gives)
                role = theme.current().text if choices.found(name) else theme.current().secondary
                item.setForeground(1, QBrush(role))
        listed = [self.time.itemText(at) for at in range(1, self.time.count())]
        if choices.fields and listed != list(choices.fields):
            shown = self.time.currentText()
            self.time.clear()
            self.time.addItems([NO_FIELD, *choices.fields])
            self.time.setCurrentText(shown)
        chosen = self._told[0]
        self._of_json.setVisible(chosen == "json" or (chosen, choices.recognised()) == AUTO_JSON)

    def _item(self, name: str) -> QTreeWidgetItem:
        item = self.list.topLevelItem(list(FORMATS).index(name))
        assert item is not None
        return item

    def _pick(self) -> None:
        """Tell what is chosen now, if it is another than before."""
        item = self.list.currentItem()
        if item is None:
            return
        field = self.time.currentText().strip()
        chosen = item.data(0, Qt.ItemDataRole.UserRole), "" if field == NO_FIELD else field
        if chosen != self._told:
            self._told = chosen
            self.picked.emit(*chosen)
