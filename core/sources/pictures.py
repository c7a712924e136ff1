"""A folder of pictures; with a subfolder for each class they are labelled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from driftscope.core.errors import SourceError
from driftscope.core.params import param
from driftscope.core.pictures.files import is_picture, read_picture, scaled
from driftscope.core.sources._labelled import PictureSet, SetParams
from driftscope.core.sources._names import natural, near
from driftscope.core.stream import Pixels

CLASSES = "classes.txt"
"""Names the classes' folders in the order of their numbers, one a line, where it is there."""
OURS = (CLASSES, "manifest.csv")


@dataclass
class PicturesParams(SetParams):
    """Parameters of a folder of pictures."""

    width: int = param(
        0, low=8, high=8192, auto=0, unit="pixels", live=False, label="Width",
        help="What all pictures are scaled to. Automatic: that of the first picture.",
    )  # fmt: skip
    height: int = param(
        0, low=8, high=8192, auto=0, unit="pixels", live=False, label="Height",
        help="What all pictures are scaled to. Automatic: that of the first picture.",
    )  # fmt: skip
    rate_hz: float = param(
        25.0, low=0.01, high=100_000.0, log=True, unit="Hz", label="Pictures a second",
        help="How many pictures a second are given at speed 1.",
    )  # fmt: skip


class Pictures(PictureSet):
    """Give the pictures of a folder in the natural order of their names, 2.png before 10.png.

    Pictures in subfolders are labelled with these. One of another size is scaled to that of the
    first; one that cannot be read is a "reject" with its name and the reason, told once.
    """

    scheme = "pictures"
    Params = PicturesParams
    params: PicturesParams

    def __init__(self, target: str, params: PicturesParams) -> None:
        self._path = Path(target).expanduser()
        self._files: list[Path] = []
        super().__init__(self._path.resolve().name or "pictures", params)
        self.name = self._path.resolve().name if target else "pictures"
        self.labelled = bool(_class_folders(self._path))

    def _start(self) -> None:
        super()._start()
        self._bad: set[int] = set()
        self._scaled = False
        self._reason = ""

    def find(self) -> None:
        """Look for pictures; read them up to the first good one, whose size is taken."""
        path = self._path
        if path == Path():
            raise SourceError("A folder's path is missing: write pictures:FOLDER.")
        if not path.is_dir():
            what = f"{path} is a file: name the folder it is in."
            raise SourceError(what if path.exists() else f"There is no folder {path}{near(path)}")
        try:
            self._look(path)
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror or error}.") from None
        if not self._files:
            raise SourceError(
                f"There is no picture in {path}: files such as .png and .jpg are needed, in it or "
                "in a folder for each class."
            )
        self.count = len(self._files)
        found = (self._read(number) for number in range(self.count))
        first = next((picture for picture in found if picture is not None), None)
        if first is None:
            raise SourceError(
                f"Of {self.count} pictures in {path} none can be read; {self._files[-1].name}: "
                f"{self._reason}."
            )
        self.shape = self._asked(*first.shape[:2])

    def take(self, wanted: list[int]) -> tuple[list[int], Pixels]:
        kept: list[int] = []
        made = np.empty((len(wanted), *self.shape), np.uint8)
        for number in wanted:
            picture = self._read(number)
            if picture is not None:
                made[len(kept)] = self._fitted(number, picture)
                kept.append(number)
        return kept, made[: len(kept)]

    def _look(self, path: Path) -> None:
        """List the files, and the labels of those in folders of classes."""
        folders = _class_folders(path)
        self.labelled = bool(folders)
        loose = _files(path)
        if folders:
            self.classes = _in_order([folder.name for folder in folders], path / CLASSES)
            inside = [(file, folder.name) for folder in folders for file in _files(folder)]
            self._files = [file for file, _ in inside if is_picture(file)]
            numbers = [self.classes.index(name) for file, name in inside if is_picture(file)]
            self.labels = np.array(numbers, np.int64)
            others = [file for file, _ in inside if not is_picture(file)] + loose
        else:
            self._files = [file for file in loose if is_picture(file)]
            others = [file for file in loose if not is_picture(file)]
        others = [file for file in others if file.name not in OURS]
        if others:
            beside = " beside the folders of the classes" if others[-1] in loose and folders else ""
            message = f"{len(others):,} files{beside} were left out, such as {others[-1].name}."
            self.tell("note", message=message)

    def _asked(self, height: int, width: int) -> tuple[int, int, int]:
        """Return the size asked for; where one side is given, the other follows the shape."""
        h, w = self.params.height, self.params.width
        if w and not h:
            return max(1, round(height * w / width)), w, 3
        if h and not w:
            return h, max(1, round(width * h / height)), 3
        return h or height, w or width, 3

    def _read(self, number: int) -> Pixels | None:
        """Return a picture as it is; None if it cannot be read, which is told once."""
        if number in self._bad:
            return None
        file = self._files[number]
        try:
            return read_picture(file)
        except ValueError as error:
            self._bad.add(number)
            self._reason = str(error)
            self.tell("reject", count=1, text=self._label(file), reason=self._reason)
        return None

    def _fitted(self, number: int, picture: Pixels) -> Pixels:
        """Return the picture scaled to the set's size; tell when the first one has another."""
        height, width = self.shape[:2]
        if picture.shape == self.shape:
            return picture
        if not self._scaled and not (self.params.width or self.params.height):
            message = (
                f"{self._label(self._files[number])} is {picture.shape[1]} x {picture.shape[0]}: "
                f"such pictures are scaled to {width} x {height}, the size of the first one."
            )
            self.tell("note", message=message)
        self._scaled = True
        return scaled(picture, height, width)

    def _label(self, file: Path) -> str:
        """Return what to call a file: its path within the folder."""
        return str(file.relative_to(self._path))


def _class_folders(path: Path) -> list[Path]:
    """Return the subfolders that hold pictures, in natural order; none of what is no folder."""
    try:
        inside = [each for each in path.iterdir() if each.is_dir() and each.name[0] != "."]
    except OSError:
        return []
    return sorted(filter(_holds_pictures, inside), key=natural)


def _holds_pictures(folder: Path) -> bool:
    try:
        return any(map(is_picture, folder.iterdir()))
    except OSError:
        return False


def _files(folder: Path) -> list[Path]:
    """Return the files in a folder, but for hidden ones, in natural order."""
    inside = [each for each in folder.iterdir() if each.is_file() and each.name[0] != "."]
    return sorted(inside, key=natural)


def _in_order(names: list[str], listed: Path) -> tuple[str, ...]:
    """Return the classes in the order of the list, if there is one; others stand behind."""
    try:
        lines = listed.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    wanted = dict.fromkeys(line.strip() for line in lines if line.strip())
    return tuple(dict.fromkeys([*wanted, *names]))


PLUGIN = Pictures
