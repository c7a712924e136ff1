"""Read what a pickle holds without unpickling it: nothing named in it is ever called.

A pickle is a program for a small stack machine, and the real machine runs whatever function a
file names. This one knows only the instructions that put numbers, bytes, text, lists, dicts,
tuples and plain numpy arrays together (the opcodes as listed in Python's `pickletools`).
"""

from __future__ import annotations

import io
import pickletools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from driftscope.core.stream import Array

KNOWN = {
    ("numpy.core.multiarray", "_reconstruct"): "array",
    ("numpy._core.multiarray", "_reconstruct"): "array",
    ("numpy.core.numeric", "_frombuffer"): "buffer",
    ("numpy._core.numeric", "_frombuffer"): "buffer",
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): "dtype",
    ("_codecs", "encode"): "encode",
    ("__builtin__", "bytes"): "bytes",
}
"""What a pickle of plain arrays names, and what it stands for here."""
PLAIN = r"[|<>=]?[biufc][0-9]{1,2}"
"""Names of dtypes that hold nothing but numbers."""

VALUES = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT",
    "UNICODE", "BINUNICODE", "BINUNICODE8", "SHORT_BINUNICODE",
    "BINBYTES", "BINBYTES8", "SHORT_BINBYTES", "BYTEARRAY8",
}  # fmt: skip
BYTES_OF_PYTHON_2 = {"STRING", "BINSTRING", "SHORT_BINSTRING"}
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}


class Refused(ValueError):
    """The pickle holds, or asks for, something that plain data have no need of."""


@dataclass(slots=True)
class _Named:
    """Stand for what the pickle names."""

    what: str


@dataclass(slots=True)
class _Made:
    """Stand for an array or a dtype while it is being put together."""

    what: str
    name: str = ""
    order: str = ""
    array: Array | None = None


_MARK = object()


def plain(data: bytes) -> Any:
    """Return what the pickle in `data` holds; raise Refused, or ValueError if it is damaged."""
    reader = _Reader()
    try:
        for opcode, arg, _ in pickletools.genops(io.BytesIO(data)):
            if opcode.name == "STOP":
                return _finished(reader.stack.pop())
            reader.do(opcode.name, arg)
    except Refused:
        raise
    except Exception as error:  # whatever a damaged file makes of the stack
        raise ValueError(f"it is damaged ({type(error).__name__})") from error
    raise ValueError("it breaks off")


class _Reader:
    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def do(self, name: str, arg: Any) -> None:
        """Carry out one instruction."""
        stack = self.stack
        if name in VALUES:
            stack.append(arg)
        elif name in BYTES_OF_PYTHON_2:
            stack.append(arg.encode("latin-1"))
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name in _DO:
            _DO[name](self)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self.memo[arg] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(self.memo[arg])
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            self._name(arg)
        elif name not in ("PROTO", "FRAME"):
            raise Refused(f"it holds the instruction {name}")

    def _name(self, arg: str | None) -> None:
        if arg is None:
            name, module = self.stack.pop(), self.stack.pop()
        else:
            module, _, name = arg.partition(" ")
        if (module, name) not in KNOWN:
            raise Refused(f"it names {str(module)[:60]}.{str(name)[:60]}")
        self.stack.append(_Named(KNOWN[module, name]))

    def memoize(self) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def marked(self) -> list[Any]:
        """Take all that was put on the stack since the last mark."""
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:
            at -= 1
            if at < 0:
                raise ValueError("no mark")
        found = self.stack[at + 1 :]
        del self.stack[at:]
        return found

    def gathered(self, n: int) -> None:
        """Put the last n together in a tuple."""
        found = tuple(self.stack[-n:])
        if len(found) < n:
            raise IndexError(n)
        del self.stack[-n:]
        self.stack.append(found)

    def appended(self, found: list[Any]) -> None:
        if not isinstance(self.stack[-1], list):
            raise Refused("it appends to something that is no list")
        self.stack[-1].extend(found)

    def dictionary(self) -> None:
        found = self.marked()
        self.stack.append({})
        self.assigned(found)

    def assigned(self, found: list[Any]) -> None:
        if not isinstance(self.stack[-1], dict):
            raise Refused("it assigns to something that is no dict")
        self.stack[-1].update(zip(found[::2], found[1::2], strict=True))

    def reduce(self) -> None:
        """Make what a call would give, for the few calls that are known."""
        args, called = self.stack.pop(), self.stack.pop()
        match called, args:
            case _Named("encode"), (str() as text, "latin1"):
                self.stack.append(text.encode("latin-1"))
            case _Named("bytes"), ():
                self.stack.append(b"")
            case _Named("array"), (_Named("ndarray"), (0,), b"b" | "b"):
                self.stack.append(_Made("array"))
            case _Named("buffer"), (
                raw,
                _Made("dtype") as kind,
                tuple() as shape,
                "C" | "F" as order,
            ):
                self.stack.append(_Made("array", array=_array(shape, kind, order == "F", raw)))
            case _Named("dtype"), (str() | bytes() as name, int(), int()):
                self.stack.append(_Made("dtype", _text(name)))
            case _:
                raise Refused("it asks for a call that plain arrays do not need")

    def build(self) -> None:
        """Fill in an array or a dtype."""
        state, made = self.stack.pop(), self.stack[-1]
        match made, state:
            case _Made("dtype"), (3, str() | bytes() as order, None, None, None, -1, -1, 0):
                made.order = _text(order)
            case _Made("array"), (1, tuple() as shape, _Made("dtype") as kind, fortran, raw):
                made.array = _array(shape, kind, bool(fortran), raw)
            case _:
                raise Refused("it sets up an object that is no plain array")


def _array(shape: tuple[Any, ...], kind: _Made, fortran: bool, raw: object) -> Array:
    name = kind.order + kind.name
    if not re.fullmatch(PLAIN, name) or not isinstance(raw, bytes | bytearray):
        raise Refused(f"it holds an array of {name[:20]!r}, not of numbers")
    found: Array = np.frombuffer(raw, np.dtype(name)).reshape(shape, order="F" if fortran else "C")
    return found


def _text(word: str | bytes) -> str:
    return word.decode("latin-1") if isinstance(word, bytes) else word


def _finished(found: Any) -> Any:
    """Put the arrays in the place of what stands for them, in a value or a dict of values."""
    if isinstance(found, dict):
        return {key: _finished(value) for key, value in found.items()}
    if isinstance(found, _Made | _Named):
        if not isinstance(found, _Made) or found.array is None:
            raise Refused("it names something and makes nothing of it")
        return found.array
    return found


def _on_stack(make: Callable[[], Any]) -> Callable[[_Reader], None]:
    return lambda reader: reader.stack.append(make())


_DO: dict[str, Callable[[_Reader], None]] = {
    "MARK": _on_stack(lambda: _MARK),
    "EMPTY_LIST": _on_stack(list),
    "EMPTY_DICT": _on_stack(dict),
    "EMPTY_TUPLE": _on_stack(tuple),
    "DICT": _Reader.dictionary,
    "LIST": lambda reader: reader.stack.append(reader.marked()),
    "TUPLE": lambda reader: reader.stack.append(tuple(reader.marked())),
    "TUPLE1": lambda reader: reader.gathered(1),
    "TUPLE2": lambda reader: reader.gathered(2),
    "TUPLE3": lambda reader: reader.gathered(3),
    "APPEND": lambda reader: reader.appended([reader.stack.pop()]),
    "APPENDS": lambda reader: reader.appended(reader.marked()),
    "SETITEM": lambda reader: reader.assigned([reader.stack.pop(-2), reader.stack.pop()]),
    "SETITEMS": lambda reader: reader.assigned(reader.marked()),
    "MEMOIZE": _Reader.memoize,
    "REDUCE": _Reader.reduce,
    "BUILD": _Reader.build,
}
