"""The samples that are remembered, by class, as the list view shows them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from driftscope.core.reports import Report, Sample
from driftscope.gui import words
from driftscope.gui.grade_words import called
from driftscope.gui.pixels import image_of

Index = QModelIndex | QPersistentModelIndex
NONE = "none of these"
SHOWN_PX = 64
"""Pictures are shrunk by whole numbers as long as they stay this large: memory for hundreds."""
TESTS = "test samples"
"""What a matrix says it counts that leaves out the samples that are learned from."""


@dataclass(frozen=True)
class Heading:
    """Stand above the samples of a class."""

    name: str
    count: int


class SampleList(QAbstractListModel):
    """Give headings and, below each, the samples of that class, oldest first.

    Pictures are made once for each sample and forgotten with it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.classes: tuple[str, ...] = ()
        self.only: tuple[int, int] | None = None
        """(true, said) to show only the samples that stand in this cell of the matrix."""
        self.aspect: float | None = None
        """Width by height of the stream's pictures, whose small copies may be squeezed."""
        self._entries: list[Heading | Sample] = []
        self._images: dict[int, QImage] = {}
        self._taken: object = None
        self._report: Report | None = None

    def take(self, report: Report | None) -> bool:
        """Show a report's samples; return True if rows have come or gone (all are anew then)."""
        taken = id(report), self.only
        if taken == self._taken:
            return False
        self._report, self._taken = report, taken  # the report is held: its id stays its own
        self.classes = report.classes if report is not None else ()
        entries = self._sorted(report)
        same = [_key(each) for each in entries] == [_key(each) for each in self._entries]
        if same:
            self._entries = entries
            if entries:
                self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
            return False
        self.beginResetModel()
        self._entries = entries
        kept = {each.id for each in entries if isinstance(each, Sample)}
        self._images = {number: im for number, im in self._images.items() if number in kept}
        self.endResetModel()
        return True

    def entry(self, index: Index) -> Heading | Sample:
        """Return what stands in a row."""
        return self._entries[index.row()]

    def row_of(self, number: int) -> int:
        """Return the row of the sample with this id, -1 if it is not there."""
        for row, each in enumerate(self._entries):
            if isinstance(each, Sample) and each.id == number:
                return row
        return -1

    def image(self, sample: Sample) -> QImage:
        """Return a sample's picture, about as large as it is shown."""
        found = self._images.get(sample.id)
        if found is None:
            found = self._images[sample.id] = image_of(
                sample.picture, max(1, min(sample.picture.shape[:2]) // SHOWN_PX)
            )
        return found

    def aspect_of(self, sample: Sample) -> float:
        """Return how wide a sample is shown, its height being 1."""
        height, width = sample.picture.shape[:2]
        return self.aspect or width / height

    def name(self, y: int) -> str:
        """Return what a class is called; the number behind the last one is none of these."""
        return called(self.classes[y]) if 0 <= y < len(self.classes) else NONE

    def tip(self, sample: Sample) -> str:
        """Return what is known of a sample: 'Labelled cup, the model says bottle.'"""
        said = f"Labelled {self.name(sample.y)}"
        if sample.predicted >= 0:
            also = "too" if sample.predicted == sample.y else ""
            who = f"the model says {self.name(sample.predicted)}"
            said = f"{said}, {who} {also}".rstrip()
        kept = " Kept for testing: nothing is learned from it." if sample.test else ""
        return f"{said}.{kept}"

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.entry(index), Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry, roles = self.entry(index), Qt.ItemDataRole
        if isinstance(entry, Heading):
            texts = (roles.DisplayRole, roles.AccessibleTextRole)
            return f"{entry.name}, {words.plural(entry.count, 'sample')}" if role in texts else None
        if role in (roles.ToolTipRole, roles.AccessibleTextRole):
            return self.tip(entry)
        return None

    def _sorted(self, report: Report | None) -> list[Heading | Sample]:
        entries: list[Heading | Sample] = []
        kept = report.samples if report is not None else ()
        if self.only is not None and report is not None:
            tests = report.of == TESTS
            kept = tuple(
                each for each in kept
                if (each.y, each.predicted) == self.only and (each.test or not tests)
            )  # fmt: skip
        for y in range(len(self.classes)):
            of = [each for each in kept if each.y == y]
            if of:
                entries += [Heading(self.name(y), len(of)), *of]
        return entries


def _key(entry: Heading | Sample) -> object:
    return entry if isinstance(entry, Heading) else entry.id
