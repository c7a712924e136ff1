"""Make what a lane is made of: a learner and a detector, and the thread they need."""

from __future__ import annotations

import importlib

from driftscope.core import devices, registry
from driftscope.core.interfaces import Detector, Learner
from driftscope.core.params import ParamSet
from driftscope.core.stream import StreamInfo


def prepare_thread(pictures: bool = False) -> None:
    """Load torch and give it one thread; first thing in each thread that calls torch.

    The setting belongs to the calling thread: without it a 0.3 ms step takes 80 ms. What a lane
    is made of is loaded as well, so that the first sample does not wait 0.2 s for it.
    """
    import torch

    torch.set_num_threads(1)
    devices.look()
    importlib.import_module("driftscope.core.learner")
    for kind in ("models", "detectors", *(["picture_models"] if pictures else [])):
        registry.load_all(kind)


def make_learner(info: StreamInfo, params: ParamSet) -> Learner:
    """Make the learner with the model chosen; imports torch.

    A model may name the learner that goes with it: `Learner`, called with the stream, the
    parameters of the learner and those of the model. Else it is the Forecaster, and of a stream
    with labels the LabelLearner.
    """
    from driftscope.core.labelled.learner import LabelLearner
    from driftscope.core.learner import Forecaster

    plugin = registry.load("picture_models" if info.pictures else "models", params.learner.model)
    if not isinstance(params.sections.get("model"), plugin.Params):
        params.attach("model", plugin.Params())
    made: Learner = getattr(plugin, "Learner", LabelLearner if info.label else Forecaster)(
        info, params.learner, params.sections["model"]
    )
    return made


def make_detector(info: StreamInfo, params: ParamSet) -> Detector:
    """Make the detector chosen."""
    detector: Detector = registry.load("detectors", params.detector.kind)(info, params.detector)
    return detector
