"""What a run has learned, and where it stood, in one file that holds no code.

It is a safetensors file: numbers and text. What is read goes into the plugins installed here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import safetensors
import safetensors.torch
from torch import Tensor

from driftscope.core.address import HIDDEN, masked
from driftscope.core.errors import StateError
from driftscope.core.export import state as states
from driftscope.core.interfaces import State
from driftscope.core.params import Value
from driftscope.core.pictures.files import write_whole
from driftscope.core.renaming import renamed

if TYPE_CHECKING:
    from driftscope.core.monitor import Monitor

SUFFIX = ".safetensors"
FORMAT, VERSION = "driftscope state", 1


@dataclass(frozen=True, slots=True)
class SavedSource:
    """Hold one source of a run: its parameters by their full names, and what a Monitor goes on
    from."""

    params: Mapping[str, Value]
    state: State


@dataclass(frozen=True, slots=True)
class Copied:
    """Hold a copy of a run's state, ready to be written. Passwords are left out."""

    about: dict[str, Any]
    text: str
    tensors: dict[str, Tensor]

    @classmethod
    def of(cls, monitor: Monitor, only: str = "") -> Copied:
        """Take a copy between two messages, of one device or of all. The Monitor's thread."""
        state = {key: each for key, each in monitor.state_dict().items() if only in ("", key)}
        hidden = {name: masked(name) for key in state for name in (key, *state[key]["lanes"])}
        text, tensors = states.packed(renamed(state, hidden))
        params = {masked(key): monitor.params[key].as_dict() for key in state}
        about = dict(params=params, saved=time.time(), driftscope=metadata.version("driftscope"))
        return cls(about, text, tensors)

    def write(self, path: Path) -> int:
        """Write the file, whole or not at all; return its size in bytes. Raise StateError."""
        said = dict(
            format=FORMAT, version=str(VERSION), about=json.dumps(self.about), state=self.text
        )
        data = safetensors.torch.save(self.tensors, said)
        try:
            write_whole(path, data, lasting=True)
        except OSError as error:
            raise StateError(
                f"The state cannot be written to {path}: {error.strerror or error}. Look at the "
                "disk, or name another file."
            ) from error
        return len(data)


@dataclass(frozen=True, slots=True)
class Saved:
    """Hold what a file says: its sources by their addresses, without passwords, and when it was
    saved, in Unix seconds."""

    path: Path
    sources: Mapping[str, SavedSource]
    saved_s: float

    def addresses(self) -> list[str]:
        """Return the sources to open again; raise StateError if a password is missing."""
        for text in self.sources:
            if HIDDEN in text:
                raise StateError(
                    f"{self.path.name} keeps no passwords: name {text} beside it, with the "
                    f"password in place of {HIDDEN}."
                )
        return list(self.sources)


def read(path: Path) -> Saved:
    """Read a file; nothing in it is run. Raise StateError that says what is wrong with it."""
    try:
        data = path.read_bytes()  # not mapped: it is going to be replaced
        tensors = safetensors.torch.load(data)
        said = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
        if said.get("format") != FORMAT:
            raise StateError("it is another kind of file")
        if int(said["version"]) > VERSION:
            raise StateError("it was written by a newer Driftscope: install that one")
        about = json.loads(said["about"])
        state = states.unpacked(said["state"], tensors)
        sources = {key: SavedSource(about["params"][key], each) for key, each in state.items()}
        return Saved(path, sources, float(about["saved"]))
    except FileNotFoundError:
        raise StateError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise StateError(f"{path} is a folder: name a file in it.") from None
    except (
        StateError, safetensors.SafetensorError, OSError, ValueError, KeyError, TypeError,
        AttributeError,
    ) as error:  # fmt: skip
        reason = str(error).rstrip(".") or type(error).__name__
        raise StateError(
            f"{path} holds no state to go on from: {reason}. Name another file, or move it away "
            "to begin anew."
        ) from error
