"""Parameters: declared once, checked once, drawn by themselves.

A plugin's parameters are one dataclass whose fields are made by `param(...)`. The window's form,
`--set section.name=value`, profiles and docs all read these declarations; code reads
`self.params.x` where it uses it and never keeps a copy, so a slider needs no hook.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

from driftscope.core.errors import ParamError
from driftscope.core.spec import Spec, Value, param

if TYPE_CHECKING:
    from driftscope.core.sections import DetectorParams, LearnerParams, StreamParams

__all__ = [
    "ParamSet",
    "Params",
    "Spec",
    "Value",
    "param",
]

SECTIONS = ("source", "decoder", "stream", "learner", "model", "detector")


@dataclass
class Params:
    """Base of every section of parameters; setting a field checks it.

    A plugin without parameters uses this class itself.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        spec = self.specs().get(name)
        if spec is None:
            known = ", ".join(self.specs()) or "none"
            raise ParamError(f"There is no parameter {name!r}; known here: {known}.")
        super().__setattr__(name, spec.parse(value))

    @classmethod
    def specs(cls) -> dict[str, Spec]:
        """Return every parameter of this section by name, in the order declared."""
        found: dict[str, Spec] | None = cls.__dict__.get("_specs")
        if found is None:
            hints = typing.get_type_hints(cls)
            found = {
                f.name: Spec(f.name, hints[f.name], f.default, **f.metadata["param"])  # type: ignore[arg-type]
                for f in dataclasses.fields(cls)
                if "param" in f.metadata
            }
            cls._specs = found  # type: ignore[attr-defined]
        return found

    @classmethod
    def from_options(cls, options: dict[str, str]) -> Self:
        """Make a section from the options of an address (`?baud=9600&dtr=off`)."""
        made = cls()
        for name, text in options.items():
            setattr(made, name, text)
        return made

    def as_dict(self) -> dict[str, Value]:
        return {name: getattr(self, name) for name in self.specs()}


class ParamSet:
    """Hold the sections by name, and set any parameter by `section.name`.

    A section may come late (a model's own parameters are known once the model is loaded):
    what was set before waits and is applied, and checked, by `attach`.
    """

    def __init__(self, **sections: Params) -> None:
        self.sections: dict[str, Params] = {}
        self._waiting: dict[str, object] = {}
        for name, section in sections.items():
            self.attach(name, section)

    def attach(self, name: str, section: Params) -> None:
        """Add or replace a section, applying what was set for it before it came."""
        self.sections[name] = section
        for full in [key for key in self._waiting if key.startswith(name + ".")]:
            self.set(full, self._waiting.pop(full))

    @property
    def learner(self) -> LearnerParams:
        return cast("LearnerParams", self.sections["learner"])

    @property
    def detector(self) -> DetectorParams:
        return cast("DetectorParams", self.sections["detector"])

    @property
    def stream(self) -> StreamParams:
        return cast("StreamParams", self.sections["stream"])

    def has(self, full: str) -> bool:
        """Say whether there is such a parameter."""
        section, name = self._split(full)
        return section in self.sections and name in self.sections[section].specs()

    def may_have(self, full: str) -> bool:
        """Say whether there is such a parameter, or may be once its section is known."""
        return self.has(full) or self._split(full)[0] not in self.sections

    def spec(self, full: str) -> Spec:
        """Return the declaration of `section.name`."""
        section, name = self._split(full)
        specs = self.sections[section].specs() if section in self.sections else {}
        if name not in specs:
            none = "none of this source" if section in self.sections else "none yet"
            known = ", ".join(sorted(f"{section}.{n}" for n in specs)) or none
            raise ParamError(f"There is no parameter {full!r}; known in {section!r}: {known}.")
        return specs[name]

    def get(self, full: str) -> Value:
        self.spec(full)
        section, name = self._split(full)
        value: Value = getattr(self.sections[section], name)
        return value

    def set(self, full: str, value: object) -> Value:
        """Check and set one parameter; the old value stays if ParamError is raised."""
        section, name = self._split(full)
        if section not in self.sections:
            self._waiting[full] = value
            return str(value)
        taken = self.spec(full).parse(value, full)
        setattr(self.sections[section], name, taken)
        return taken

    def __iter__(self) -> Iterator[tuple[str, Spec, Value]]:
        """Give (full name, declaration, value) of every parameter."""
        for section, params in self.sections.items():
            for name, spec in params.specs().items():
                yield f"{section}.{name}", spec, getattr(params, name)

    def as_dict(self) -> dict[str, Value]:
        return {full: value for full, _, value in self}

    @staticmethod
    def _split(full: str) -> tuple[str, str]:
        section, _, name = full.partition(".")
        if section not in SECTIONS or not name:
            raise ParamError(
                f"{full!r} is not a parameter's name; it is written section.name, "
                f"where section is one of {', '.join(SECTIONS)}."
            )
        return section, name
