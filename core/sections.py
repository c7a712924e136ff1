"""What can be turned of every stream: of itself, of its learner, of its detector."""

from __future__ import annotations

from dataclasses import dataclass

from driftscope.core import devices
from driftscope.core.params import Params, ParamSet, param


def _names(kind: str) -> tuple[str, ...]:
    from driftscope.core import registry

    return tuple(registry.names(kind))


def _model_allowed(name: str) -> str:
    from driftscope.core import own_model

    return own_model.allowed(name)


def _model_of_pictures(name: str) -> str:
    from driftscope.core import own_model

    return own_model.of_numbers(name)


@dataclass
class StreamParams(Params):
    """What is said of the stream itself."""

    label: str = param(
        "", live=False, label="Labels",
        help="The column that says what each row is. It is learned from the other columns, and no "
        "channel itself; each row's is said before it is looked at. Empty: there is none.",
    )  # fmt: skip
    label_kind: str = param(
        "auto", choices=("auto", "class", "value"), live=False, label="Labels are",
        help="class: one of a few kinds; value: a number to be told as closely as possible; auto: "
        "text is classes, and so are whole numbers of which the first 64 rows hold few.",
    )  # fmt: skip
    label_delay: int = param(
        0, low=0, high=100_000, unit="rows", live=False, label="Labels late by",
        help="How many rows after the one it belongs to a label stands in the stream.",
    )  # fmt: skip


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
        "mlp", choices=lambda: _names("models"), read=_model_allowed, live=False, label="Model",
        help="What predicts. Changing it starts the learning anew; the model before goes on beside "
        "it for a while, so that their losses can be compared.",
    )  # fmt: skip
    optimizer: str = param(
        "adam", choices=("sgd", "rmsprop", "adam"), label="Optimizer",
        help="How the gradient becomes a step: as it is; every weight's divided by how large it "
        "usually is; Adam, which smooths it as well. Changing it forgets the momentum.",
    )  # fmt: skip
    precision: str = param(
        "float32", choices=("float32", "bfloat16", "float16"), label="Precision",
        help="How exactly the net calculates; weights and losses stay float32. bfloat16 keeps 8 of "
        "24 binary digits: large nets are faster where the processor has it, small ones slower. "
        "float16 is for graphics cards; a processor is slower with it.",
    )  # fmt: skip
    device: str = param(
        "cpu", choices=devices.names, read=devices.there, label="Calculate on",
        help="Where the net calculates: cpu, or cuda, a graphics card. Small nets are faster on "
        "the processor.",
    )  # fmt: skip
    rates: int = param(
        4, low=1, high=6, live=False, label="Rates at once", unit="copies",
        help="How many copies of the model learn side by side, at rates around the learning rate "
        "that is set: 4 at 0.1, 0.3, 1 and 3 times it. The prediction trusts those that did well "
        "lately. Fewer take less time.",
    )  # fmt: skip
    replay: int = param(
        0, low=0, high=64, unit="windows", label="Replay",
        help="How many remembered windows are learned again in each update, at most 20 times a "
        "second of stream, so that what came before is not forgotten; beside each label as many "
        "labelled rows, of each class as often.",
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
    rates: int = param(
        1, low=1, high=1, live=False, unit="copies", hidden=True, label="Rates at once",
        help="Models of pictures learn at one rate: this has no effect.",
    )  # fmt: skip
    horizon: int = param(
        0, low=1, high=4096, log=True, auto=0, unit="pictures", hidden=True, label="Predict ahead",
        help="Pictures are compared with what is usual, not predicted: this has no effect.",
    )  # fmt: skip
    model: str = param(
        "cells", choices=lambda: _names("picture_models"), read=_model_of_pictures, live=False,
        label="Model",
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
        stream=Params() if pictures else StreamParams(),
        learner=learner,
        detector=DetectorParams(kind="frames") if pictures else DetectorParams(),
    )
