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
from typing import Any, Self

from driftscope.core.errors import ParamError
from driftscope.core.spec import Spec, Value, param

__all__ = [
    "DetectorParams",
    "LearnerParams",
    "ParamSet",
    "Params",
    "PictureLearnerParams",
    "Spec",
    "StreamParams",
    "Value",
    "default_params",
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
        section = self.sections["learner"]
        assert isinstance(section, LearnerParams)
        return section

    @property
    def detector(self) -> DetectorParams:
        section = self.sections["detector"]
        assert isinstance(section, DetectorParams)
        return section

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
            known = ", ".join(sorted(f"{section}.{n}" for n in specs)) or "none yet"
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


def _names(kind: str) -> tuple[str, ...]:
    from driftscope.core import registry

    return tuple(registry.names(kind))


@dataclass
class StreamParams(Params):
    """What is said of the stream itself."""


@dataclass
class LearnerParams(Params):
    """How the learner learns; read while it runs, so every slider acts at the next step."""

    lr: float = param(
        1.0, low=0.0, high=100.0, log=True, label="Learning rate", unit="x safe step",
        help="How big a step each update takes, as a multiple of the safe step. 0 freezes the "
        "weights, 1 is automatic, more learns faster and jitters.",
    )  # fmt: skip
    lr_mode: str = param(
        "safe", choices=("safe", "absolute"), hidden=True, label="Learning rate means",
        help="safe: a multiple of the safe step; absolute: the optimizer's own number.",
    )  # fmt: skip
    momentum: float = param(
        0.9, low=0.0, high=0.99, label="Momentum",
        help="How much of the last direction each update keeps. More smooths the path and is "
        "slower to turn.",
    )  # fmt: skip
    step_rows: int = param(
        0, low=1, high=64, log=True, auto=0, unit="samples", label="Batch size",
        help="How many samples are scored, then learned, together. More costs less time for each "
        "sample and shows it later. Automatic: at most 10 ms of stream.",
    )  # fmt: skip
    horizon: int = param(
        0, low=1, high=4096, log=True, auto=0, unit="samples", label="Predict ahead",
        help="How far ahead each prediction looks. Automatic: 50 ms, or 8 samples below 160 Hz.",
    )  # fmt: skip
    model: str = param(
        "mlp", choices=lambda: _names("models"), live=False, label="Model",
        help="What predicts. Changing it starts the learning anew; the model before goes on beside "
        "it for a while, so that their losses can be compared.",
    )  # fmt: skip
    optimizer: str = param(
        "adam", choices=("sgd", "rmsprop", "adam"), label="Optimizer",
        help="How the gradient becomes a step: as it is; every weight's divided by how large it "
        "usually is; Adam, which smooths it as well. Changing it forgets the momentum.",
    )  # fmt: skip
    frozen: bool = param(
        False, hidden=True, label="Freeze learning",
        help="Hold weights, normalisation and calibration as they are; scoring goes on.",
    )  # fmt: skip
    seed: int = param(
        0, low=0, high=2**31 - 1, live=False, hidden=True, label="Seed",
        help="Where the random numbers of the first weights start.",
    )  # fmt: skip


@dataclass
class PictureLearnerParams(LearnerParams):
    """How the learner of a stream of pictures learns."""

    step_rows: int = param(
        0, low=1, high=64, log=True, auto=0, unit="pictures", label="Batch size",
        help="How many pictures are scored, then learned, together. Automatic: one at a time from "
        "a camera, 32 from a set of labelled pictures.",
    )  # fmt: skip
    updates: int = param(
        1, low=1, high=16, log=True, unit="updates", label="Steps a picture",
        help="How many updates follow each picture. More learns faster and takes longer.",
    )  # fmt: skip
    replay: int = param(
        4, low=0, high=64, unit="pictures", label="Replay",
        help="How many remembered pictures are learned again in each update, so that what is "
        "rarely in view is not forgotten. A set of labelled pictures starts with 0: each comes "
        "again in the next pass.",
    )  # fmt: skip
    horizon: int = param(
        0, low=1, high=4096, log=True, auto=0, unit="pictures", hidden=True, label="Predict ahead",
        help="Pictures are compared with what is usual, not predicted: this has no effect.",
    )  # fmt: skip
    model: str = param(
        "cells", choices=lambda: _names("picture_models"), live=False, label="Model",
        help="What learns. Changing it starts the learning anew; samples taught by hand "
        "are kept by a model that can be taught so, and lost by any other.",
    )  # fmt: skip


@dataclass
class DetectorParams(Params):
    """When the signal counts as not normal."""

    # 1000: ten times that is what the calibrator remembers, so the threshold lies within what was
    # seen rather than in the extrapolated tail. At a decision a second it allows 86 alarms a day.
    one_in: float = param(
        1000.0, low=10.0, high=1e9, log=True, unit="decisions", label="False alarms",
        help="One alarm in this many decisions of a normal stream. Fewer alarms miss more.",
    )  # fmt: skip
    decision_rows: int = param(
        0, low=1, high=100_000, log=True, auto=0, unit="samples", label="Time scale",
        help="How long a stretch is judged at once. A short one finds brief faults and tells them "
        "sooner, a long one finds slow or weak ones. Automatic: 19 samples, or one second if that "
        "is more.",
    )  # fmt: skip
    kind: str = param(
        "residual_range", choices=lambda: _names("detectors"), live=False, hidden=True,
        label="Detector", help="What judges. Taken when a source is opened.",
    )  # fmt: skip
    refractory: int = param(
        5, low=0, high=1000, unit="decisions", hidden=True, label="Rest after an alarm",
        help="How many decisions after an alarm's end no new one may start.",
    )  # fmt: skip


def default_params(
    source: Params | None = None, pictures: bool = False, labelled: bool = False
) -> ParamSet:
    """Return a fresh set of the sections known before anything is open; `pictures` and
    `labelled` are what the source says of itself."""
    learner = LearnerParams()
    if labelled:  # a set comes back in its next pass: nothing is to be replayed
        learner = PictureLearnerParams(model="image_cnn", replay=0)
    elif pictures:
        learner = PictureLearnerParams()
    return ParamSet(
        source=source or Params(),
        stream=StreamParams(),
        learner=learner,
        detector=DetectorParams(kind="frames") if pictures else DetectorParams(),
    )
