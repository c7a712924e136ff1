"""A model in a file: all that was learned as safetensors, or its net alone as a .pt2.

Neither holds code that a reader would have to run: a safetensors file is numbers and text, and
what is loaded goes into the plugin of that name which is installed here.
"""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import Tensor, nn

from driftscope.core import own_model, registry
from driftscope.core.address import masked
from driftscope.core.errors import DriftscopeError, StateError
from driftscope.core.export import state as states
from driftscope.core.interfaces import Learner, State
from driftscope.core.lane import Lane
from driftscope.core.params import Params, ParamSet
from driftscope.core.parts import make_learner
from driftscope.core.pictures.files import write_whole
from driftscope.core.sections import default_params
from driftscope.core.stream import Label, StreamInfo

SUFFIXES = (".safetensors", ".pt2")
FORMAT = "driftscope model 1"
LIMIT_S = 180.0
"""How long exporting a net may take: tens of seconds on a busy machine."""
DEEP = 6
"""How far inside a learner its nets are looked for."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Hold a learner as it was: the stream, the model's name, all parameters, the state."""

    info: StreamInfo
    model: str
    learner_params: dict[str, Any]
    model_params: dict[str, Any]
    state: State
    nets: dict[str, Tensor]
    """The weights of its nets under the names the modules give them, for other programs."""

    @classmethod
    def of(cls, info: StreamInfo, params: ParamSet, learner: Learner) -> Saved:
        """Take a copy of what a learner is now. The thread that learns, between two steps."""
        nets = {
            f"{place}.{name}": tensor.detach().clone()
            for place, net in nets_in(learner)
            for name, tensor in net.state_dict().items()
        }
        text, tensors = states.packed(learner.state_dict())
        own = params.sections.get("model", Params())
        known = getattr(learner, "info", info).classes  # labels may have told of more
        info = dataclasses.replace(info, key=masked(info.key), classes=known)
        return cls(
            info, params.learner.model, dict(params.learner.as_dict()), dict(own.as_dict()),
            states.unpacked(text, tensors), nets,
        )  # fmt: skip

    def params(self) -> ParamSet:
        """Return the parameters as they were."""
        made = default_params(pictures=self.info.pictures)
        for name, value in self.learner_params.items():
            made.set(f"learner.{name}", value)
        made.set("learner.model", self.model)
        for name, value in self.model_params.items():
            made.set(f"model.{name}", value)
        return made

    def learner(self, params: ParamSet | None = None) -> Learner:
        """Make the learner anew; raise DriftscopeError if its plugin is missing or another one."""
        made = make_learner(self.info, params or self.params())
        try:
            made.load_state_dict(self.state)
        except DriftscopeError:
            raise
        except Exception as error:  # whatever a state for another version makes of it
            raise StateError(
                f"What was learned does not fit the model {self.model!r} installed here "
                f"({type(error).__name__}: {error})."
            ) from error
        return made


def save(saved: Saved, path: str | Path) -> Path:
    """Write a model as .safetensors or .pt2, by the file's ending; a file there is replaced.

    A .pt2 takes seconds: call it from a thread that may wait. Raise DriftscopeError.
    """
    path = Path(path)
    check(path)
    try:
        if path.suffix.lower() == ".pt2":
            _save_net(saved, path)
        else:
            write_whole(path, _bytes(saved))
    except OSError as error:
        raise DriftscopeError(
            f"The model cannot be written to {path}: {error.strerror or error}. Name another file."
        ) from error
    return path


def save_beside(saved: Saved, path: Path, done: Future[Path]) -> None:
    """Have a model written by a thread of its own; `done` gives the path, or DriftscopeError."""

    def work() -> None:
        try:
            done.set_result(save(saved, path))
        except Exception as error:  # whoever waits for it must be told, whatever it is
            done.set_exception(error)

    threading.Thread(target=work, name="model to a file").start()


def save_all(lanes: Mapping[str, Lane], path: str | Path) -> None:
    """Write what was learned of each stream: the first to the file named, each other beside it.

    That of stream "b" for `m.pt2` is `m.b.pt2`. Raise DriftscopeError.
    """
    if not lanes:
        raise StateError(f"There is no model to write to {path}: nothing was learned.")
    for at, (key, lane) in enumerate(lanes.items()):
        word = re.sub(r"[^\w-]+", "_", masked(key))
        to = Path(path).with_suffix(f".{word}{Path(path).suffix}") if at else Path(path)
        save(Saved.of(lane.info, lane.params, lane.learner), to)


def check(path: str | Path) -> None:
    """Raise DriftscopeError if no model could be written there."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise DriftscopeError(
            f"A model is not written as {path.name}: end its name with {' or '.join(SUFFIXES)}."
        )
    if not path.parent.is_dir():
        raise DriftscopeError(f"There is no folder {path.parent} for {path.name}: make it first.")


def load(path: str | Path) -> Saved:
    """Read a .safetensors file that `save` wrote; nothing in it is run. Raise StateError."""
    path = Path(path)
    try:
        with safetensors.safe_open(path, "pt") as file:
            about = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no dict
        if about.get("format") != FORMAT:
            raise StateError("it was not written by Driftscope, or by a newer one")
        said = json.loads(about["model"])
        info = said["info"]
        for name in ("channels", "units", "sample_shape", "classes"):
            info[name] = tuple(info[name])
        names = {name for name in tensors if name.startswith("net.")}
        nets = {name.removeprefix("net."): tensors.pop(name) for name in sorted(names)}
        inner = {name.removeprefix("state."): tensor for name, tensor in tensors.items()}
        if info.get("label"):
            info["label"] = Label(**info["label"])
        return Saved(
            StreamInfo(**info), said["name"], said["learner"], said["parameters"],
            states.unpacked(about["state"], inner), nets,
        )  # fmt: skip
    except FileNotFoundError:
        raise StateError(f"There is no file {path}.") from None
    except (
        StateError,
        safetensors.SafetensorError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise StateError(f"{path} holds no model that can be loaded: {reason}.") from error


def nets_in(learner: object) -> Iterator[tuple[str, nn.Module]]:
    """Give every net of a learner with its place in it, such as "net" or "head.net"."""
    seen: set[int] = set()

    def look(thing: object, place: tuple[str, ...]) -> Iterator[tuple[str, nn.Module]]:
        if id(thing) in seen or len(place) > DEEP:
            return
        seen.add(id(thing))
        if isinstance(thing, nn.Module):
            yield ".".join(place), thing
        elif type(thing).__module__.partition(".")[0] not in ("builtins", "torch", "numpy"):
            for name, inner in sorted(getattr(thing, "__dict__", {}).items()):
                yield from look(inner, (*place, name.strip("_")))

    yield from look(learner, ())


def parts_of(saved: Saved, learner: Learner) -> dict[str, nn.Module]:
    """Return the net that the plugin builds, as the learner holds it, by the name "".

    Where what is built only holds several nets, it is these by their names. Raise StateError if
    the learner has none of them.
    """
    plugin = registry.load("picture_models" if saved.info.pictures else "models", saved.model)
    params = saved.params()
    params.attach("model", plugin.Params())
    fresh: nn.Module = plugin.build(params.sections["model"], saved.info)
    whole = type(fresh).forward is not nn.Module.forward
    wanted = {"": fresh} if whole else dict(fresh.named_children())
    nets = [net for _, net in nets_in(learner)]
    found: dict[str, nn.Module] = {}
    for name, each in wanted.items():
        alike = [net for net in nets if _alike(net, each) and net not in found.values()]
        if not alike:
            raise StateError(f"The model {saved.model!r} has no net that could be exported.")
        found[name] = alike[0]
    return found


def _alike(one: nn.Module, two: nn.Module) -> bool:
    shapes = [{name: t.shape for name, t in net.state_dict().items()} for net in (one, two)]
    return type(one) is type(two) and shapes[0] == shapes[1]


def about(saved: Saved) -> dict[str, Any]:
    """Return what is told beside the numbers: stream, model, parameters, version."""
    return dict(
        name=saved.model, info=dataclasses.asdict(saved.info), learner=saved.learner_params,
        parameters=saved.model_params, driftscope=metadata.version("driftscope"),
    )  # fmt: skip


def _bytes(saved: Saved) -> bytes:
    text, tensors = states.packed(saved.state)
    named = {f"state.{name}": tensor for name, tensor in tensors.items()}
    named |= {f"net.{name}": tensor.contiguous().clone() for name, tensor in saved.nets.items()}
    said = dict(format=FORMAT, model=json.dumps(about(saved)), state=text)
    return safetensors.torch.save(named, said)


def _save_net(saved: Saved, path: Path) -> None:
    """Have a process of its own export the net: torch.export brings in half a compiler."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "model.safetensors", Path(folder) / "model.pt2"
        given.write_bytes(_bytes(saved))
        command = [sys.executable, "-m", "driftscope.core.export.pt2", str(given), str(made)]
        command += [saved.model] if own_model.is_own(saved.model) else []
        try:
            ran = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT_S, check=False,
                stdin=subprocess.DEVNULL, process_group=0,  # Ctrl+C is not for it
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise DriftscopeError(
                f"Exporting the model took longer than {LIMIT_S:.0f} s and was given up: save it "
                "as .safetensors instead."
            ) from None
        if ran.returncode or not made.exists():
            lines = ran.stderr.strip().splitlines() or [f"exit status {ran.returncode}"]
            raise DriftscopeError(
                f"The model {saved.model!r} could not be exported: {lines[-1].rstrip('.')}. "
                "Save it as .safetensors instead."
            )
        write_whole(path, made.read_bytes())
