"""Find plugins: built-in ones by looking through their folder, strangers' by entry point.

Adding a plugin is adding one file to `core/<kind>/` that ends with `PLUGIN = <its class>`.
A plugin that cannot be loaded is a listed error, never a crash.
"""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import pkgutil
from collections.abc import Callable
from typing import Any

from driftscope.core.errors import PluginError

KINDS = (
    "sources", "transports", "decoders", "models", "picture_models", "detectors", "sinks",
)  # fmt: skip

_added: dict[str, dict[str, Callable[[], Any]]] = {}
"""What was added while running, by kind and name."""


def names(kind: str) -> list[str]:
    """Return the names of all plugins of a kind without loading any of them.

    "panels" are strangers' only: the window places its own.
    """
    found = [*_entry_points(kind), *_added.get(kind, {})]
    if kind in KINDS:
        package = importlib.import_module(f"driftscope.core.{kind}")
        found += [m.name for m in pkgutil.iter_modules(package.__path__) if m.name[0] != "_"]
    return sorted(set(found))


def add(kind: str, name: str, load: Callable[[], Any]) -> None:
    """Have one more plugin in this process; `load` gives it, or raises, when it is asked for."""
    _added.setdefault(kind, {})[name] = load


def load(kind: str, name: str) -> Any:
    """Return the plugin's class; raise PluginError naming it if that fails."""
    if name not in names(kind):
        known = ", ".join(names(kind))
        raise PluginError(f"There is no {kind[:-1]} called {name!r}; known: {known}.")
    added, stranger = _added.get(kind, {}).get(name), _entry_points(kind).get(name)
    try:
        if added is not None:
            return added()
        if stranger is not None:
            return _of_stranger(kind, name, stranger.load())
        return importlib.import_module(f"driftscope.core.{kind}.{name}").PLUGIN
    except PluginError:
        raise
    except Exception as error:  # whatever a plugin's file may raise, the rest must go on
        raise PluginError(
            f"The {kind[:-1]} {name!r} could not be loaded: {type(error).__name__}: {error}."
        ) from error


def load_all(kind: str) -> tuple[dict[str, Any], list[str]]:
    """Return every plugin of a kind that loads, by name, and a sentence for each that fails."""
    found: dict[str, Any] = {}
    broken: list[str] = []
    for name in names(kind):
        try:
            found[name] = load(kind, name)
        except PluginError as error:
            broken.append(str(error))
    return found, broken


def _of_stranger(kind: str, name: str, thing: Any) -> Any:
    """Return what an entry point names as a plugin; that of a model may be a factory."""
    if kind != "models":
        return thing
    from driftscope.core import own_model

    return own_model.plugin(name, thing)


def broken() -> list[str]:
    """Return a sentence for each source and transport that was found and cannot be loaded.

    The other kinds are told when they are chosen: loading a model imports torch.
    """
    return [told for kind in ("sources", "transports") for told in load_all(kind)[1]]


@functools.cache  # looking through what is installed takes milliseconds
def _entry_points(kind: str) -> dict[str, importlib.metadata.EntryPoint]:
    points = importlib.metadata.entry_points(group=f"driftscope.{kind}")
    return {point.name: point for point in points}
