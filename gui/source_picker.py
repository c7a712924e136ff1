"""Say which source is meant: from the list of what is there, from a file, or typed."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from driftscope.core import address
from driftscope.core.cameras import Camera, cameras
from driftscope.core.errors import DriftscopeError, ParamError
from driftscope.core.mailbox import Mailbox
from driftscope.core.params import Spec, Value
from driftscope.core.ports import Port, serial_ports
from driftscope.core.sources.demo import address_of, demos
from driftscope.gui import theme, words
from driftscope.gui.browsing import ask_file, ask_folder
from driftscope.gui.fields import BaudField, Field, field
from driftscope.gui.scale import Nothing, Reading
from driftscope.gui.typed import as_address, masked, of_path, same_device, with_options
from driftscope.gui.widgets import Offered, label

PORTS_S = 2.0
LATELY = 4
"""So many sources that were connected lately stand in the list."""
DEMOS = (
    *((f"Demo: {each.title}", address_of(name)) for name, each in demos().items()),
    ("Demo: a conveyor under a camera", "scene:"),
)
STORIES = {
    **{address_of(name): each.story for name, each in demos().items()},
    "scene:": "Parts pass under a camera; now and then one is damaged or foreign: look for the "
    "frame around it.",
}
"""What happens in each demo, and what to look for."""
NOTHING = "No serial port and no camera is there: plug one in, with a cable that carries data."
Found = tuple[list[Camera], list[Port]]


class SourcePicker(QWidget):
    """Choose a source. `changed` comes when `address` or `trouble` has changed."""

    changed = Signal()
    activated = Signal()
    """A source was double-clicked: it is to be taken."""

    def __init__(self, recent: Sequence[str] = ()) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setFixedWidth(380)
        self.recent = recent
        """Addresses that were connected lately: they are offered first."""
        self.address = ""
        """The chosen source with its options; "" if what is typed names none."""
        self.device = ""
        """The same without what is said of how its text is read."""
        self.trouble = ""
        """Why what is typed names no source."""
        self.options: dict[str, Value] = {}
        self.fields: dict[str, Field] = {}
        self._specs: dict[str, Spec] = {}
        self._of_text: dict[str, Value] = {}
        self._listed: Found | None = None
        self._found: Mailbox[Found] = Mailbox(0)
        self._secret = ""
        """The address that stands in the line without its password."""
        self._search: threading.Thread | None = None
        self._looked_s = time.monotonic() - PORTS_S
        self._build()
        self._list(([], []))

    def choose(self, text: str) -> None:
        """Choose a source by its address; a password in it is not shown."""
        self._secret = text
        self.line.setText(masked(text))
        self._read_line()

    def refresh(self) -> None:
        """List what has come or gone; it is looked for every two seconds."""
        for found in self._found.drain():
            self._list(found)
        if time.monotonic() - self._looked_s >= PORTS_S:
            self.look()

    def look(self) -> None:
        """Look for cameras and ports in a thread of its own: a driver may take its time."""
        if self._search is None or not self._search.is_alive():
            self._looked_s = time.monotonic()
            self._search = threading.Thread(
                target=lambda: self._found.put((cameras(), serial_ports())), name="devices",
                daemon=True,
            )  # fmt: skip
            self._search.start()

    def close_search(self) -> None:
        """Wait for the last search, which takes milliseconds."""
        if self._search is not None:
            self._search.join(0.5)

    def _build(self) -> None:
        self.list = Offered()
        self.list.setAccessibleName("Sources")
        self.list.setMinimumHeight(110)
        self.list.setStyleSheet("QListWidget::item { padding: 5px 4px; }")
        self.list.itemClicked.connect(self._pick)
        self.list.itemDoubleClicked.connect(lambda _: self.activated.emit())
        self.list.currentItemChanged.connect(lambda now, _: self._pick(now))
        self.line = QLineEdit()
        self.line.setAccessibleName("Port, camera, file or address")
        self.line.setPlaceholderText("/dev/ttyUSB0, camera:0, clip.mp4, rtsp://…")
        self.line.setToolTip(
            "A port, a camera, a file, a folder of pictures, or an address such as "
            "serial:/dev/ttyUSB0?baud=9600, rtsp://user:password@host/stream or "
            "http://host:8080/video"
        )
        self.line.textEdited.connect(lambda _: self._read_line())
        refresh = _button("Refresh", "Look for devices now; it is also done every two seconds.")
        refresh.clicked.connect(self.look)
        browse = _button("File…", "Play a file of numbers or a video.")
        browse.clicked.connect(lambda: self._choose_path(ask_file(self)))
        folder = _button("Folder…", "Go through a folder of pictures, or of CIFAR batches.")
        folder.clicked.connect(lambda: self._choose_path(ask_folder(self)))
        head = QHBoxLayout()
        head.addWidget(label("Sources", "title"))
        head.addStretch()
        for button in (browse, folder, refresh):
            head.addWidget(button)
        self.story = label("", "secondary", wrap=True)
        self.story.hide()
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
        rows.addWidget(label("or type a port, a camera, a file or an address", "secondary"))
        rows.addWidget(self.line)
        rows.addWidget(self.story)
        rows.addWidget(area, 3)

    def _list(self, found: Found) -> None:
        if found == self._listed:
            return
        self._listed = found
        self.list.blockSignals(True)
        self.list.clear()
        devices = [(each.name, each.address) for kind in found for each in kind]
        there = [where for _, where in devices]
        lately = [
            (f"{words.shortened(where, 38)}, used lately", where)
            for where in self.recent
            if where.partition("?")[0] not in there
        ]
        for text, where in [*lately[:LATELY], *DEMOS, *devices]:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, where)
            item.setToolTip(where)
            self.list.addItem(item)
        if not devices:
            none = QListWidgetItem(NOTHING)
            none.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(none)
        self._mark()
        self.list.blockSignals(False)

    def _mark(self) -> None:
        """Show which of the list is what the line says."""
        known = (self.address, self.address.partition("?")[0])
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(Qt.ItemDataRole.UserRole) in known:
                self.list.setCurrentItem(item)
                return
        self.list.setCurrentItem(None)  # type: ignore[call-overload]  # Qt takes none

    def _pick(self, item: QListWidgetItem | None) -> None:
        where = item.data(Qt.ItemDataRole.UserRole) if item else None
        if where and where not in (self.address, self.address.partition("?")[0]):
            self.choose(where)

    def _choose_path(self, chosen: str) -> None:
        if not chosen:
            return
        try:
            self.choose(of_path(Path(chosen)))
        except DriftscopeError:  # the line says what is known
            self.choose(chosen)

    def _read_line(self) -> None:
        """Make an address of what is typed, and fields of the parameters it may have."""
        typed = self.line.text()
        try:
            text = as_address(self._secret if typed == masked(self._secret) else typed)
            parsed = address.parse(text)
            of_text = address.decoder_specs(kind := address.find(parsed))
            specs = kind.Params.specs() | of_text
            given = {
                name: specs[name].parse(value)
                for name, value in parsed.options.items()
                if name in specs
            }
        except DriftscopeError as error:
            self.address, self.device, self.trouble = "", "", str(error)
            self._inside.hide()
            self.story.hide()
            self._mark()
            self.changed.emit()
            return
        if specs != self._specs:
            self._specs = specs
            self._of_text = {name: spec.default for name, spec in of_text.items()}
            self.options = {name: spec.default for name, spec in specs.items()}
            self._make_fields()
        if not (self.address and same_device(text, self.address)):  # another prints otherwise
            self.options.update(self._of_text)
        self.options.update(given)
        self._tell(text)

    def _tell(self, text: str) -> None:
        self.address, self.trouble = with_options(text, self.options), ""
        self.device = with_options(text, self.options | self._of_text)
        self._inside.show()
        self.story.setText(STORIES.get(self.address.partition("?")[0], ""))
        self.story.setVisible(bool(self.story.text()))
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
            if spec.hidden or name in self._of_text:  # chosen where one sees what each gives
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
        self._turned()

    def read_as(self, format_: str, time_field: str) -> None:
        """Choose how the text that a device sends is read."""
        if self._of_text:
            self.options.update(format=format_, time_field=time_field)
            self._turned()

    @property
    def reading(self) -> tuple[str, str]:
        """Return how text is to be read: the format, and the time field of objects."""
        return str(self.options.get("format", "auto")), str(self.options.get("time_field", ""))

    def _turned(self) -> None:
        self._tell(self.address.partition("?")[0])
        self._secret = self.address
        self.line.setText(masked(self.address))


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setToolTip(tip)
    return button
