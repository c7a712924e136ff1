"""The labelled pictures that are remembered: looked through, relabelled, deleted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from driftscope.core.teaching import DeleteSamples, RelabelSamples, UndoSamples
from driftscope.gui import theme, words
from driftscope.gui.grade_words import called
from driftscope.gui.sample_list import SampleList
from driftscope.gui.thumbnails import Thumbnails
from driftscope.gui.watched import Watched
from driftscope.gui.widgets import label, set_text

EMPTY = "The pictures you teach with are kept here, to be looked through and put right."
NONE_SHOWN = "No picture that is still remembered is of this kind."


class SamplesPanel(QWidget):
    """List the samples by class. Several can be selected; Delete forgets them, a digit or the
    menu gives them another class, Ctrl+Z takes the last change back."""

    def __init__(self, session: Watched) -> None:
        super().__init__()
        theme.as_panel(self)
        self.setAccessibleName("Samples")
        self.session = session
        self.model = SampleList()
        self.list = Thumbnails(self.model)
        self.title = label("Samples", "title")
        self.counted = label(role="small")
        self.empty = label(EMPTY, "secondary", wrap=True)
        self.relabel = QPushButton("Label as…")
        self.relabel.setToolTip("Give what is selected another class: its digit does it too.")
        self.delete = QPushButton("Delete")
        self.delete.setToolTip("Forget what is selected (Delete).")
        self.undo = QPushButton("Undo")
        self.undo.setToolTip("Take the last change of the samples back (Ctrl+Z).")
        self.relabel.clicked.connect(self._show_classes)
        self.delete.clicked.connect(self._delete)
        self.undo.clicked.connect(self._undo)
        self.list.installEventFilter(self)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._show_choice())
        self._build()
        self.refresh()

    def refresh(self) -> None:
        """Show the samples there are now; what is selected stays selected."""
        report, info = self.session.report, self.session.info
        if info is not None and info.pictures:
            self.model.aspect = info.sample_shape[1] / info.sample_shape[0]
        chosen, scrolled = self.list.chosen(), self.list.verticalScrollBar().value()
        if self.model.take(report):
            self._select(chosen)
            self.list.verticalScrollBar().setValue(scrolled)
        none = self.model.rowCount() == 0
        set_text(self.empty, EMPTY if self.model.only is None else NONE_SHOWN)
        self.empty.setVisible(none)
        self.list.setVisible(not none)
        count = len(report.samples) if report is not None else 0
        set_text(
            self.counted, words.plural(count, "sample") if count and self.model.only is None else ""
        )
        self._show_choice()

    def show_only(self, pair: tuple[int, int] | None) -> None:
        """Show only the samples in one cell (true, said) of the matrix; or all."""
        self.model.only = pair
        self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that change samples before anything else in the window does."""
        if not isinstance(event, QKeyEvent) or not self._ours(event):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress:
            self._press(event)
            return True
        return event.type() == QEvent.Type.KeyRelease

    def _ours(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Undo):
            return True
        digit = event.text().isdigit() and event.text() != "0"
        removes = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        return (digit or removes) and bool(self.list.chosen())

    def _press(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self._undo()
        elif event.text().isdigit():
            self._relabel(int(event.text()) - 1)
        else:
            self._delete()

    def _relabel(self, y: int) -> None:
        chosen = self.list.chosen()
        if chosen and y < len(self.model.classes):
            self.session.ask(RelabelSamples(chosen, y))

    def _delete(self) -> None:
        if chosen := self.list.chosen():
            self.session.ask(DeleteSamples(chosen))

    def _undo(self) -> None:
        self.session.ask(UndoSamples())

    def _select(self, chosen: tuple[int, ...]) -> None:
        selection = self.list.selectionModel()
        for number in chosen:
            if (row := self.model.row_of(number)) >= 0:
                index = self.model.index(row)
                selection.select(index, QItemSelectionModel.SelectionFlag.Select)

    def _show_choice(self) -> None:
        some = bool(self.list.chosen())
        for button in (self.relabel, self.delete):
            button.setEnabled(some)

    def classes_menu(self) -> QMenu:
        """Return a menu of the classes that what is selected can be given."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for y, name in enumerate(self.model.classes):
            key = f"\t{y + 1}" if y < 9 else ""
            act = menu.addAction(called(name).replace("&", "&&") + key)
            act.triggered.connect(lambda _=False, y=y: self._relabel(y))
        return menu

    def _show_classes(self) -> None:
        corner = self.relabel.mapToGlobal(QPoint(0, self.relabel.height() + 2))
        self.classes_menu().popup(corner)

    def _show_menu(self, at: QPoint) -> None:
        menu = self.classes_menu()
        for act in menu.actions():
            act.setText(f"Label as {act.text()}")
        menu.addSeparator()
        menu.addAction("Delete", self._delete)
        menu.addAction("Undo", self._undo)
        for act in menu.actions()[:-1]:
            act.setEnabled(bool(self.list.chosen()))
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _build(self) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(self.title)
        heading.addWidget(self.counted)
        heading.addStretch()
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 8, 0)
        for button in (self.relabel, self.delete, self.undo):
            button.setStyleSheet("padding: 6px 10px")
        foot.setSpacing(8)
        foot.addWidget(self.relabel)
        foot.addWidget(self.delete)
        foot.addStretch()
        foot.addWidget(self.undo)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(14, 10, 6, 8)
        rows.setSpacing(6)
        rows.addLayout(heading)
        rows.addWidget(self.empty)
        rows.addWidget(self.list, 1000)
        rows.addStretch()
        rows.addLayout(foot)
