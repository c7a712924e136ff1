"""The samples of a stream that is taught, as a folder with a subfolder for each class."""

from __future__ import annotations

import csv
import io
import os
import shutil
from pathlib import Path

from driftscope.core.errors import DriftscopeError
from driftscope.core.export.names import safe_name
from driftscope.core.pictures.files import encoded
from driftscope.core.reports import Report
from driftscope.core.sources.pictures import CLASSES

MANIFEST = "manifest.csv"
HEADER = ("file", "class", "y", "test", "predicted", "seq", "time_s")


def write_samples(folder: str | Path, report: Report) -> int:
    """Write FOLDER/<class>/<id>.png for each sample, and a table of them; return how many.

    The address `pictures:FOLDER` reads it back with the same labels. The folder must be new or
    empty; it is whole or not there. Raise DriftscopeError with what to try.
    """
    folder = Path(folder)
    if not report.samples:
        raise DriftscopeError(
            "There are no samples to write yet: hold a key from 1 to 9 while the class is in view."
        )
    part = folder.with_name(f".{folder.name}.part")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DriftscopeError(f"{folder} is there already and not empty: name a new folder.")
        part.mkdir(parents=True)
        try:
            _write(part, report)
            if folder.exists():
                folder.rmdir()
            os.replace(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise DriftscopeError(
            f"The samples cannot be written to {folder}: {error.strerror or error}. Name another "
            "folder."
        ) from error
    return len(report.samples)


def folders_of(classes: tuple[str, ...]) -> tuple[str, ...]:
    """Return a folder's name for each class: its own, where a folder may have it.

    No two are the same, nor differ only in the case of letters.
    """
    taken = {CLASSES, MANIFEST}
    found: list[str] = []
    for words in classes:
        name = made = safe_name(words)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{made} {number}"
        taken.add(name.casefold())
        found.append(name)
    return tuple(found)


def _write(folder: Path, report: Report) -> None:
    folders = folders_of(report.classes)
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(HEADER)
    for name in folders:
        (folder / name).mkdir()
    for sample in report.samples:
        name = f"{folders[sample.y]}/{sample.id}.png"
        (folder / name).write_bytes(encoded(sample.picture, ".png"))
        rows.writerow((
            name, report.classes[sample.y], sample.y, int(sample.test), sample.predicted,
            sample.seq, f"{sample.time_s:.6f}",
        ))  # fmt: skip
    (folder / MANIFEST).write_text(table.getvalue(), encoding="utf-8", newline="")
    (folder / CLASSES).write_text("".join(f"{name}\n" for name in folders), encoding="utf-8")
