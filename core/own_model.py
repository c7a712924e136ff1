"""A user's own model: a factory in a Python file, or one that is installed, made a plugin.

A factory is called as `make(channels, window)` and returns an `nn.Module` that maps windows
(B, W, C) to predictions (B, C), in deviations, all float32. It may be a function or the module's
class. One with sliders of its own takes them third: `make(channels, window, params: MyParams)`,
where MyParams is a dataclass of `param(...)`s.

Its file is run as any Python program is, with all the rights of whoever runs it. So a file is only
ever run after `allow` was called with its exact text, as the command line's `--model` does; a
profile or a saved model can name it, and is refused without.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib.util
import inspect
import re
import sys
import traceback
import typing
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from driftscope.core import registry
from driftscope.core.errors import ParamError, PluginError
from driftscope.core.params import Params, param

if TYPE_CHECKING:
    from torch import nn

    from driftscope.core.stream import StreamInfo

SIGNATURE = "make(channels, window)"
_OWN = re.compile(r"\.py:\w+$")


@dataclass
class OwnParams(Params):
    """What every model of one's own has beside its own parameters."""

    window: int = param(
        32, low=1, high=1024, log=True, live=False, unit="samples", label="Window",
        help="How many past samples each prediction is made from.",
    )  # fmt: skip
    weights: str = param(
        "", live=False, label="Weights",
        help="A .safetensors file that holds the weights to begin with, by the names the module "
        "gives them. Empty: those the factory makes.",
    )  # fmt: skip


class OwnModel:
    """Make a model of what a factory builds: a plugin like those in `core/models/`.

    `file` is where its code stands, to tell the line of what it raises. Raise PluginError if it
    cannot be called as SIGNATURE says.
    """

    def __init__(self, name: str, factory: Callable[..., Any], file: str = "") -> None:
        self.name, self.file, self._factory = name, file, factory
        theirs = self._declared()
        self._extra = theirs is not None
        self.Params: type[Params] = OwnParams
        if theirs is not None:
            both = (theirs, OwnParams)
            self.Params = dataclasses.make_dataclass(theirs.__name__, [], bases=both)

    def build(self, params: Any, info: StreamInfo) -> nn.Module:
        """Return a fresh net, tried out; raise PluginError that says what is wrong with it."""
        from driftscope.core import own_net

        given = (len(info.channels), params.window, *((params,) if self._extra else ()))
        try:
            made = self._factory(*given)
        except (Exception, SystemExit) as error:  # what a stranger's code raises is told as theirs
            raise failure(self.name, f"made no model: {said(error, self.file)}") from error
        try:
            return own_net.checked(made, self.name, self.file, info, params)
        except PluginError:
            forget(self.name)
            raise

    def _declared(self) -> type[Params] | None:
        """Return the third argument's class, None if there is none."""
        try:
            signature = inspect.signature(self._factory)
        except (TypeError, ValueError):  # one written in C says nothing of itself
            return None
        with contextlib.suppress(TypeError):
            signature.bind(1, 1)
            return None
        third = [each for each in signature.parameters.values() if each.kind in BY_PLACE][2:3]
        with contextlib.suppress(TypeError):
            signature.bind(1, 1, None)
            called: Any = self._factory
            written = called.__dict__.get("__init__") if isinstance(called, type) else called
            hints = typing.get_type_hints(written)
            declared = hints.get(third[0].name) if third else None
            if isinstance(declared, type) and issubclass(declared, Params):
                if not declared.__dict__.get("__dataclass_fields__"):
                    raise PluginError(
                        f"{self.name}: {declared.__name__} has no parameters: write @dataclass "
                        "above it, and name = param(...) in it."
                    )
                return declared
        raise PluginError(
            f"{self.name} takes {signature}, but is called as {SIGNATURE}: a third argument must "
            "be annotated with a dataclass of param(...)s, and all others need a default."
        )


BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def is_own(name: str) -> bool:
    """Say whether a model's name is that of a factory in a file, such as "my.py:make"."""
    return bool(_OWN.search(name))


def allow(text: str) -> None:
    """Let this process run a factory's file, by its exact text, and offer it as a model. It is run
    when it is first loaded. Raise PluginError if there is no such file, or no Python in it.

    The name of a model that is installed needs no leave.
    """
    if not is_own(text):
        if text not in registry.names("models"):
            known = ", ".join(registry.names("models"))
            raise PluginError(
                f"{text!r} is no model: write FILE.py:FACTORY, such as my.py:make, or one of "
                f"{known}."
            )
        return
    path = Path(text.rpartition(":")[0])
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except OSError as error:
        why = error.strerror or error
        raise PluginError(f"{path} cannot be read: {why}. Name another file.") from error
    except (SyntaxError, ValueError) as error:
        raise PluginError(f"{path} cannot be run: {said(error, str(path))}") from error
    registry.add("models", text, lambda: _of_file(text))


def allowed(text: str) -> str:
    """Return a model's name as it is; raise ParamError if it means code nobody allowed to run."""
    if is_own(text) and text not in registry.names("models"):
        raise ParamError(
            f"{text} is a program of yours, which is only run when the command line names it: "
            f"start with --model {text}"
        )
    return text


def of_numbers(text: str) -> str:
    """Return the name of a model for pictures as it is; raise ParamError at one's own."""
    if is_own(text):
        raise ParamError(f"{text} predicts numbers: pictures have models of their own.")
    return text


def plugin(name: str, thing: Any) -> Any:
    """Return a plugin as it is, an OwnModel of a factory, a model of River's as one that predicts;
    raise PluginError if it is none of these."""
    if hasattr(thing, "build") and hasattr(thing, "Params"):
        return thing
    if any(each.__module__.startswith("river.") for each in type(thing).__mro__):
        from driftscope.core.river.inside import predicting

        return predicting(name, thing)
    if not callable(thing):
        raise PluginError(
            f"{name} is {type(thing).__name__}, nothing that can be called as {SIGNATURE}."
        )
    return _own_model(name, thing)


@functools.cache  # its Params must be the same class each time
def _own_model(name: str, factory: Callable[..., Any]) -> OwnModel:
    try:
        file = inspect.getsourcefile(inspect.unwrap(factory)) or ""
    except TypeError:  # what is called is an object: its file is not known
        file = ""
    return OwnModel(name, factory, file)


def failure(name: str, what: str) -> PluginError:
    """Return the error that a model did what it must not; its file is run anew when it is loaded
    again, since whoever wrote it will have changed it."""
    forget(name)
    return PluginError(f"{name} {what}")


def forget(name: str) -> None:
    """Have a model's file run anew when it is loaded again."""
    if is_own(name):
        sys.modules.pop(_module(name), None)


def said(error: BaseException, file: str) -> str:
    """Return what code raised as 'my.py, line 12: ValueError: why.'; the line is the last one in
    `file`, or, if it has none in it, the last of all."""
    if isinstance(error, SyntaxError) and error.filename:
        where, line = error.filename, error.lineno
        return f"{Path(where).name}, line {line}: {type(error).__name__}: {error.msg}."
    frames = traceback.extract_tb(error.__traceback__)
    in_file = [each for each in frames if file and Path(each.filename) == Path(file)]
    last = next(reversed(in_file or frames), None)
    told = f"{type(error).__name__}: {error}".strip().rstrip(".:")
    told = told.splitlines()[0] if told else type(error).__name__
    return f"{Path(last.filename).name}, line {last.lineno}: {told}." if last else f"{told}."


def _of_file(text: str) -> Any:
    """Run a file, once; return the plugin its factory is."""
    where, _, name = text.rpartition(":")
    module = _run(text, Path(where))
    if not hasattr(module, name):
        own = [
            each
            for each, thing in vars(module).items()
            if callable(thing) and getattr(thing, "__module__", "") == module.__name__
        ]
        forget(text)
        known = f"it has {', '.join(own)}" if own else "it has no function and no class"
        raise PluginError(f"There is no {name} in {where}; {known}.")
    return plugin(text, getattr(module, name))


def _module(text: str) -> str:
    """Return what a factory's file is called as a module."""
    path = Path(text.rpartition(":")[0])
    return "driftscope_own_" + re.sub(r"\W", "_", str(path.resolve()))


def _run(text: str, path: Path) -> ModuleType:
    """Run a factory's file as a module of its own; what stands beside it can be imported."""
    name = _module(text)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # it ends with .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise PluginError(f"{path} was run and failed: {said(error, str(path))}") from error
    return module
