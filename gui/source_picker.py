"""Say which source is meant: from the list of what is there, from a file, or typed."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from driftscope.core import address, registry
from driftscope.core.errors import DriftscopeError, ParamError
from driftscope.core.mailbox import Mailbox
from driftscope.core.params import Spec, Value
from driftscope.core.ports import Port, ports_text, serial_ports
from driftscope.gui import theme
from driftscope.gui.fields import BaudField, Field, field
from driftscope.gui.preview import as_address, with_options
from driftscope.gui.scale import Nothing, Reading
from driftscope.gui.widgets import label

PORTS_S = 2.0
DEMO = ("Demo: a machine's vibration", "demo:")


class SourcePicker(QWidget):
    """Choose a source. `changed` comes when `address` or `trouble` has changed."""

    changed = Signal()
    activated = Signal()
    """A source was double-clicked: it is to be taken."""

    def __init__(self) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setFixedWidth(380)
        self.address = ""
        """The chosen source with its options; "" if what is typed names none."""
        self.trouble = ""
        """Why what is typed names no source."""
        self.options: dict[str, Value] = {}
        self.fields: dict[str, Field] = {}
        self._specs: dict[str, Spec] = {}
        self._ports: list[Port] | None = None
        self._found: Mailbox[list[Port]] = Mailbox(0)
        self._search: threading.Thread | None = None
        self._looked_s = time.monotonic() - PORTS_S
        self._build()
        self._list_ports([])

    def choose(self, text: str) -> None:
        """Choose a source by its address."""
        self.line.setText(text)
        self._read_line()

    def refresh(self) -> None:
        """List the ports that have come or gone; they are looked for every two seconds."""
        for ports in self._found.drain():
            self._list_ports(ports)
        if time.monotonic() - self._looked_s >= PORTS_S:
            self.look()

    def look(self) -> None:
        """Look for ports in a thread of its own: a driver may take its time."""
        if self._search is None or not self._search.is_alive():
            self._looked_s = time.monotonic()
            self._search = threading.Thread(
                target=lambda: self._found.put(serial_ports()), name="ports", daemon=True
            )
            self._search.start()

    def close_search(self) -> None:
        """Wait for the last search, which takes milliseconds."""
        if self._search is not None:
            self._search.join(0.5)

    def _build(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName("Sources")
        self.list.setMinimumHeight(110)
        self.list.setStyleSheet("QListWidget::item { padding: 5px 4px; }")
        self.list.itemClicked.connect(self._pick)
        self.list.itemDoubleClicked.connect(lambda _: self.activated.emit())
        self.list.currentItemChanged.connect(lambda now, _: self._pick(now))
        self.line = QLineEdit()
        self.line.setAccessibleName("Port, file or address")
        self.line.setPlaceholderText("/dev/ttyUSB0, run.csv, demo:")
        self.line.setToolTip(
            "A port, a file, or an address such as serial:/dev/ttyUSB0?baud=9600 or "
            "serial:socket://host:port"
        )
        self.line.textEdited.connect(lambda _: self._read_line())
        refresh = _button("Refresh", "Look for ports now; it is also done every two seconds.")
        refresh.clicked.connect(self.look)
        browse = _button("File…", "Play a file of numbers.")
        browse.clicked.connect(self._browse)
        head = QHBoxLayout()
        head.addWidget(label("Sources", "title"))
        head.addStretch()
        head.addWidget(browse)
        head.addWidget(refresh)
        self._inside = QWidget()
        self._form = QVBoxLayout(self._inside)
        self._form.setContentsMargins(0, 4, 10, 0)
        self._form.setSpacing(10)
        self._form.addStretch()
        area = QScrollArea()
        area.setWidget(self._inside)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 14, 10, 14)
        rows.setSpacing(10)
        rows.addLayout(head)
        rows.addWidget(self.list, 2)
        rows.addWidget(label("or type a port, a file or an address", "secondary"))
        rows.addWidget(self.line)
        rows.addWidget(area, 3)

    def _list_ports(self, ports: list[Port]) -> None:
        if ports == self._ports:
            return
        self._ports = ports
        self.list.blockSignals(True)
        self.list.clear()
        for text, where in [DEMO, *((port.name, port.address) for port in ports)]:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, where)
            item.setToolTip(where)
            self.list.addItem(item)
        if not ports:
            none = QListWidgetItem(ports_text([]))
            none.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(none)
        self._mark()
        self.list.blockSignals(False)

    def _mark(self) -> None:
        """Show which of the list is what the line says."""
        bare = self.address.partition("?")[0]
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == bare:
                self.list.setCurrentItem(item)
                return
        self.list.setCurrentItem(None)  # type: ignore[call-overload]  # Qt takes none

    def _pick(self, item: QListWidgetItem | None) -> None:
        where = item.data(Qt.ItemDataRole.UserRole) if item else None
        if where and where != self.address.partition("?")[0]:
            self.choose(where)

    def _browse(self) -> None:
        endings = sorted(
            suffix
            for plugin in registry.load_all("sources")[0].values()
            for suffix in plugin.suffixes
        )
        kinds = (
            f"What can be played ({' '.join('*' + ending for ending in endings)});;All files (*)"
        )
        chosen, _ = QFileDialog.getOpenFileName(self, "Play a file", "", kinds)
        if chosen:
            self.choose(chosen)

    def _read_line(self) -> None:
        """Make an address of what is typed, and fields of the parameters it may have."""
        try:
            text = as_address(self.line.text())
            parsed = address.parse(text)
            specs = address.find(parsed).Params.specs()
            given = {
                name: specs[name].parse(value)
                for name, value in parsed.options.items()
                if name in specs
            }
        except DriftscopeError as error:
            self.address, self.trouble = "", str(error)
            self._inside.hide()
            self._mark()
            self.changed.emit()
            return
        if specs != self._specs:
            self._specs = specs
            self.options = {name: spec.default for name, spec in specs.items()}
            self._make_fields()
        self.options.update(given)
        self._tell(text)

    def _tell(self, text: str) -> None:
        self.address, self.trouble = with_options(text, self.options), ""
        self._inside.show()
        for name, made in self.fields.items():
            made.show_value(self.options[name])
        self.list.blockSignals(True)
        self._mark()
        self.list.blockSignals(False)
        self.changed.emit()

    def _make_fields(self) -> None:
        for old in self.fields.values():
            self._form.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.fields = {}
        for name, spec in self._specs.items():
            if spec.hidden:
                continue
            made = BaudField(spec) if name == "baud" else field(spec, Reading(spec, Nothing()))
            made.turned.connect(lambda value, name=name: self._turn(name, value))
            self.fields[name] = made
            self._form.insertWidget(self._form.count() - 1, made)

    def _turn(self, name: str, value: object) -> None:
        made = self.fields[name]
        try:
            self.options[name] = self._specs[name].parse(value)
        except ParamError:
            written = Reading(self._specs[name], Nothing())
            made.refuse(written.refusal(made.name, self.options[name]))
            return
        made.refuse("")
        text = self.address.partition("?")[0]
        self._tell(text)
        self.line.setText(self.address)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(tip)
    return button
