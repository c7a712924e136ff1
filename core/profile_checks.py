"""Whether what a profile says of a parameter can be taken, in words."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from driftscope.core import registry
from driftscope.core.errors import ParamError
from driftscope.core.interfaces import Device
from driftscope.core.params import ParamSet
from driftscope.core.spec import Spec
from driftscope.core.toml_lines import KeyPath

WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: 'a "text"'}


@dataclass(frozen=True, slots=True)
class Setting:
    """Hold one parameter by `section.name`; `path` is where it stands in the file."""

    name: str
    value: object
    path: KeyPath = ()


def check(setting: Setting, device: Device, params: ParamSet, load_models: bool = False) -> str:
    """Return why a setting cannot be taken by a device's parameters, "" if it can."""
    section, _, name = setting.name.partition(".")
    specs = _specs(section, device, params, load_models)
    if specs is None:
        return ""
    if name not in specs:
        every = [full for full, _, _ in params] + [f"{section}.{each}" for each in specs]
        return f"{setting.name} is no parameter; {closest(setting.name, every)}"
    spec, value = specs[name], setting.value
    fits = isinstance(value, spec.type) and (spec.type is bool or not isinstance(value, bool))
    if spec.type is float and isinstance(value, int) and not isinstance(value, bool):
        fits = True
    if not fits and not (spec.auto is not None and value == "auto"):
        kind = WORDS[spec.type]
        return f"{setting.name} must be {kind}{spec.range_text()}, not {value!r}."
    try:
        spec.parse(value, setting.name)
    except ParamError as error:
        return str(error)
    return ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return "did you mean ...?" or, if nothing resembles the word, what is known."""
    every = list(dict.fromkeys(known))
    near = difflib.get_close_matches(word, every, 1, 0.7)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(every) or 'none'}."


def _specs(
    section: str, device: Device, params: ParamSet, load_models: bool
) -> dict[str, Spec] | None:
    """Return what parameters a section has, None while that is not known."""
    if section in params.sections:
        return params.sections[section].specs()
    if section != "model" or not (load_models or "torch" in sys.modules):
        return None
    kind = "picture_models" if device.pictures else "models"
    plugin: type[Any] = registry.load(kind, params.learner.model)
    found: dict[str, Spec] = plugin.Params.specs()
    return found


def may_have(full: str, device: Device, params: ParamSet, load_models: bool = False) -> bool:
    """Say whether a device's parameters hold one, or may once its model is loaded."""
    section, _, name = full.partition(".")
    specs = _specs(section, device, params, load_models)
    return specs is None or name in specs
