"""Lines of a file: plain or gzipped, of any size, in constant memory."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from pathlib import Path

from driftscope.core.errors import SourceError
from driftscope.core.sources._names import near

CHUNK_BYTES = 128_000
LINE_BYTES = 1_000_000
"""A longer line is cut to its beginning, which fits no table, and so is a bad line."""
SHOWN_BYTES = 200


class LineFile:
    """Read a text file by runs of whole lines, without the blank ones at its end.

    `broken` says why the file ended too early; the unfinished line there is left out. `notes`
    are sentences worth telling. `part` is how much of it has been read, 0 to 1. Raise SourceError
    if it cannot be opened or is no text.
    """

    def __init__(self, path: Path) -> None:
        self.broken = ""
        self.notes: list[str] = []
        self.part = 0.0
        self._carry = b""
        self._cut = b""
        self._blank = 0
        self._ended = False
        self._raw = _open(path)
        self._size = max(1, os.fstat(self._raw.fileno()).st_size)
        self._file: io.BufferedReader | gzip.GzipFile = self._raw
        try:
            if self._raw.peek(2)[:2] == b"\x1f\x8b":
                self._file = gzip.GzipFile(fileobj=self._raw, mode="rb")
            elif path.suffix.lower() == ".gz":
                self.notes.append(f"{path.name} is not compressed: it is read as plain text.")
            self._first = self._chunk().removeprefix(b"\xef\xbb\xbf")
            _check_text(self._first, path, self.broken)
        except BaseException:
            self.close()
            raise

    def read(self) -> bytes | None:
        """Return whole lines, each ending in a newline, perhaps none yet; None at the end."""
        if self._ended:
            return None
        data, self._first = self._first or self._chunk(), b""
        if not data:
            self._ended = True
            return b"" if self.broken else self._clean(self._cut or self._carry)
        if self._cut:
            _, newline, data = data.partition(b"\n")
            if not newline:
                return b""
            data, self._cut = self._cut + b"\n" + data, b""
        lines, newline, self._carry = (self._carry + data).rpartition(b"\n")
        if len(self._carry) > LINE_BYTES:
            self._cut, self._carry = self._carry[:SHOWN_BYTES] + b" ...", b""
        return self._clean(lines) if newline else b""

    def close(self) -> None:
        self._file.close()
        self._raw.close()

    def _chunk(self) -> bytes:
        try:
            data = self._file.read1(CHUNK_BYTES)
            self.part = min(1.0, self._raw.tell() / self._size)
            return data
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.broken = "its compressed data is damaged or cut off"
        except OSError as error:
            self.broken = f"reading it failed ({error.strerror or error})"
        return b""

    def _clean(self, lines: bytes) -> bytes:
        """Unify line ends; hold blank lines back until a line that is not blank follows."""
        lines = lines.replace(b"\r\n", b"\n").removesuffix(b"\r")
        blank = 0
        while True:
            before, newline, last = lines.rpartition(b"\n")
            if last.strip():
                break
            blank += 1
            if not newline:
                self._blank += blank
                return b""
            lines = before
        lines = b"\n" * self._blank + lines + b"\n"
        self._blank = blank
        return lines


def _open(path: Path) -> io.BufferedReader:
    try:
        if path.is_dir():
            inside = sorted(p.name for p in path.iterdir() if ".csv" in p.name.lower())
            such = f", such as {path / inside[0]}" if inside else ""
            raise SourceError(f"{path} is a folder: name one file in it{such}.")
        if path.exists() and not path.is_file():
            raise SourceError(f"{path} is no ordinary file: to read from a pipe write - instead.")
        return path.open("rb")
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}{near(path)}") from None
    except PermissionError:
        raise SourceError(
            f"You may not read {path}: change its permissions, or copy it to a folder of yours."
        ) from None
    except OSError as error:
        raise SourceError(f"{path} could not be opened: {error.strerror or error}.") from None


def _check_text(first: bytes, path: Path, broken: str) -> None:
    if broken:
        raise SourceError(f"{path} cannot be read: {broken}. Fetch the file again.")
    if not first.strip():
        raise SourceError(f"{path} is empty: there is nothing to play.")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(f"{path} is UTF-16 text: save it as CSV in UTF-8.")
    if first.startswith(b"PK\x03\x04"):
        raise SourceError(f"{path} is a workbook or a zip archive: save its table as CSV.")
    if b"\0" in first:
        raise SourceError(f"{path} holds binary data: a text table of numbers is needed.")
