"""CIFAR batches: small labelled pictures in one file, in the binary and in the Python layout.

Both layouts as described at https://www.cs.toronto.edu/~kriz/cifar.html: a picture is 1,024
bytes of red, then of green, then of blue, row by row, 32 x 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from driftscope.core.errors import SourceError
from driftscope.core.params import param
from driftscope.core.sources import _pickle
from driftscope.core.sources._labelled import PictureSet, SetParams
from driftscope.core.sources._names import natural, near
from driftscope.core.stream import Classes, Pixels

SIDE = 32
PIXELS = 3 * SIDE * SIDE
LARGEST_BYTES = 400_000_000
"""No published file of CIFAR has half as much."""
TEN = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip
PICKLED = (b"\x80", b"(", b"}", b"]", b"c")
"""How a pickle begins; no label of a binary file is one of these."""

NONE: Pixels = np.empty((0, PIXELS), np.uint8)


@dataclass
class CifarParams(SetParams):
    """Parameters of CIFAR batches: small pictures there to be learned, so more, and quicker."""

    passes: int = param(
        10, low=0, high=1_000_000, unit="passes", label="Passes",
        help="How often all pictures are gone through. 0 goes on for ever.",
    )  # fmt: skip
    rate_hz: float = param(
        500.0, low=0.01, high=100_000.0, log=True, unit="Hz", label="Pictures a second",
        help="How many pictures a second are given at speed 1.",
    )  # fmt: skip


class Cifar(PictureSet):
    """Give the pictures of a CIFAR-10 or CIFAR-100 file, or of a folder of data_batch_* files.

    A batch that lies there in both layouts is taken once.
    Of a Python-layout file nothing is run: it is read without unpickling it.
    """

    scheme = "cifar"
    labelled = True
    Params = CifarParams

    def __init__(self, target: str, params: CifarParams) -> None:
        self._path = Path(target).expanduser()
        self._pixels = NONE
        super().__init__(self._path.name, params)

    def find(self) -> None:
        """Read all files; raise SourceError with what to try."""
        if not self._path.name:
            raise SourceError("A file's path is missing: write cifar:data_batch_1.bin.")
        files = _files(self._path)
        parts = [_batch(file) for file in files]
        kinds = {kind for kind, _, _ in parts}
        if len(kinds) > 1:
            raise SourceError(
                f"{self._path} holds batches of CIFAR-10 and of CIFAR-100: name one of the files."
            )
        self.classes = TEN if kinds == {10} else _hundred(files[0].parent)
        self.labels = np.concatenate([y for _, y, _ in parts])
        self._pixels = np.concatenate([flat for _, _, flat in parts])
        self.count, self.shape = len(self.labels), (SIDE, SIDE, 3)

    def take(self, wanted: list[int]) -> tuple[list[int], Pixels]:
        planes = self._pixels[wanted].reshape(-1, 3, SIDE, SIDE)
        return wanted, np.ascontiguousarray(planes.transpose(0, 2, 3, 1))

    def close(self) -> None:
        super().close()
        self._pixels = NONE


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    inside = [each for each in path.iterdir() if each.is_file()]
    found = [each for each in inside if each.name.startswith("data_batch_")]
    found = found or [each for each in inside if each.name in ("train", "train.bin")]
    if not found:
        raise SourceError(
            f"There is no file data_batch_... in {path}: name the folder that holds them, or one "
            "of them."
        )
    by_name: dict[str, Path] = {}
    for each in sorted(found, key=natural):  # a batch may be there in both layouts
        by_name.setdefault(each.stem, each)
    return list(by_name.values())


def _batch(path: Path) -> tuple[int, Classes, Pixels]:
    """Return how many classes there are (10 or 100), labels (n,) and pixels (n, 3072)."""
    data = _bytes(path)
    try:
        kind, y, flat = _pickled(data) if data.startswith(PICKLED) else _binary(data)
    except _pickle.Refused as error:
        raise SourceError(
            f"{path} was refused and nothing of it was run: {error}, where pictures and labels are "
            "plain arrays and lists. Fetch the file again from where CIFAR is published."
        ) from None
    except ValueError as error:
        raise SourceError(
            f"{path} is no CIFAR batch: {error}. Name a file such as data_batch_1.bin."
        ) from None
    odd = np.flatnonzero((y < 0) | (y >= kind))
    if len(odd):
        raise SourceError(
            f"{path} is no CIFAR-{kind} batch: picture {odd[0]} is of class {y[odd[0]]}, and there "
            f"are {kind}. Name a file such as data_batch_1.bin."
        )
    return kind, y, flat


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if not path.is_file() or size > LARGEST_BYTES:
            what = f"{size:,} bytes large" if path.is_file() else "no ordinary file"
            raise SourceError(f"{path} is {what}: name a CIFAR file such as data_batch_1.bin.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}{near(path)}") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}.") from None
    if not data:
        raise SourceError(f"{path} is empty: fetch the file again.")
    return data


def _binary(data: bytes) -> tuple[int, Classes, Pixels]:
    """Read records of a label, or a coarse and a fine label, and the pixels."""
    fits = [n for n in (1, 2) if len(data) % (n + PIXELS) == 0]
    if not fits:
        raise ValueError(
            f"its {len(data):,} bytes are no whole number of records of {1 + PIXELS:,} bytes"
        )
    found = np.frombuffer(data, np.uint8).reshape(-1, fits[0] + PIXELS)
    return 10 ** fits[0], found[:, fits[0] - 1].astype(np.int64), found[:, fits[0] :]


def _pickled(data: bytes) -> tuple[int, Classes, Pixels]:
    """Read a dict of data (n, 3072) uint8 and labels, or fine_labels, n numbers."""
    found = _pickle.plain(data)
    if not isinstance(found, dict):
        raise ValueError("it holds no dict of data and labels")
    flat, y = _item(found, "data"), _item(found, "labels")
    kind = 10
    if y is None:
        kind, y = 100, _item(found, "fine_labels")
    if not isinstance(flat, np.ndarray) or flat.dtype != np.uint8 or flat.shape[1:] != (PIXELS,):
        raise ValueError(f"its data are no bytes of n x {PIXELS:,}")
    if isinstance(y, list) and all(isinstance(each, int) for each in y):
        y = np.array(y, np.int64)
    if not isinstance(y, np.ndarray) or y.dtype.kind not in "iu" or y.shape != (len(flat),):
        raise ValueError(f"it does not hold one label for each of its {len(flat):,} pictures")
    if not len(flat):
        raise ValueError("there is no picture in it")
    return kind, y.astype(np.int64), flat


def _item(found: dict[Any, Any], name: str) -> Any:
    return found.get(name.encode(), found.get(name))


def _hundred(folder: Path) -> tuple[str, ...]:
    """Return the names of the 100 classes, from the list that is published beside the files."""
    try:
        text = (folder / "fine_label_names.txt").read_text(encoding="utf-8")
        names = tuple(text.split())
    except (OSError, UnicodeDecodeError):
        names = ()
    return names if len(names) == 100 else tuple(f"class {y}" for y in range(100))


PLUGIN = Cifar
