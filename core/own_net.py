"""A user's net: tried out before it is used, and watched while it is."""

from __future__ import annotations

import copy
import time
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from driftscope.core.errors import PluginError
from driftscope.core.own_model import failure, said
from driftscope.core.stream import StreamInfo

ROWS, TRIES = 3, 3
NEAR = 1e-3
"""How far an output may be off, relative to the largest, by nothing but the batch it was in."""
SLOW_MS = 50.0
"""From how long a step on its net is told."""
LISTED = 4
DETACHED = (
    "what it gives does not depend on its weights. Is there a detach(), a no_grad() or a way "
    "through NumPy in its forward?"
)
IDLE = (
    nn.modules.batchnorm._NormBase,
    nn.modules.dropout._DropoutNd,
)
"""Layers that do something else while they train."""


class OwnNet(nn.Module):
    """Ask a user's net; tell what it raises by its line, and another shape than (B, C).

    `told` says what is worth knowing of it.
    """

    def __init__(self, net: nn.Module, name: str, file: str, channels: int) -> None:
        super().__init__()
        self.net = net
        self.name, self.file, self.channels = name, file, channels
        self.told: list[str] = []

    def forward(self, windows: Tensor) -> Tensor:
        try:
            made = self.net(windows)
        except (Exception, SystemExit) as error:
            raise failure(
                self.name, f"failed on windows {shape(windows)}: {said(error, self.file)}"
            ) from error
        wanted = (windows.shape[0], self.channels)  # len() would fix the batch of an export
        if not isinstance(made, Tensor):
            raise failure(
                self.name, f"gives {type(made).__name__}: it must give a tensor {shape(wanted)}, "
                "a row for each window, a column for each channel.",
            )  # fmt: skip
        if made.shape != wanted:
            raise failure(
                self.name, f"gives {shape(made)} for windows {shape(windows)}: it must give "
                f"{shape(wanted)}, a row for each window, a column for each channel.",
            )  # fmt: skip
        if torch.is_grad_enabled() and not made.requires_grad:
            raise failure(self.name, f"cannot learn: {DETACHED}")
        return made


def checked(made: Any, name: str, file: str, info: StreamInfo, params: Any) -> OwnNet:
    """Return what a factory made, with the weights asked for, once it was found to be a net that
    can be trained on a stream; raise PluginError that says what is wrong."""
    if not isinstance(made, nn.Module):
        what = type(made).__name__
        raise PluginError(f"{name} made {what}: it must return a torch.nn.Module.")
    net = OwnNet(made.float().eval(), name, file, len(info.channels))
    net.told.append(f"The model is {name}: your own code, run with all your rights.")
    if params.weights:
        try:
            load_weights(made, params.weights)
        except PluginError as error:
            if info.version == 1:
                raise
            net.told.append(f"{error} It goes on with fresh weights, as a channel was added.")
    _set_frozen_aside(net)
    if not list(net.parameters()):
        raise PluginError(f"{name} made a module without weights that could be trained.")
    try:
        copy.deepcopy(made)
    except Exception as error:  # of whatever it holds beside its weights
        raise PluginError(
            f"{name} cannot be copied, as is done to learn at several rates: {said(error, file)} "
            "Keep files, locks and the like outside the module."
        ) from error
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        _try(net, params.window)
    idle = sorted({type(each).__name__ for each in made.modules() if isinstance(each, IDLE)})
    if idle:
        net.told.append(
            f"{name} always runs in its eval mode: its {', '.join(idle)} "
            f"{'does' if len(idle) == 1 else 'do'} there what it does for one window alone."
        )
    return net


def load_weights(net: nn.Module, path: str) -> None:
    """Put a .safetensors file's tensors into a net; raise PluginError naming those that do not
    fit. Nothing in such a file is run."""
    if not path.lower().endswith(".safetensors"):
        raise PluginError(
            f"Weights are only loaded from .safetensors, which holds no code, not from {path}: "
            "write them with safetensors.torch.save_file(net.state_dict(), ...)."
        )
    try:
        given = safetensors.torch.load_file(path)
    except FileNotFoundError:
        raise PluginError(f"There is no file {path} with weights.") from None
    except (OSError, safetensors.SafetensorError) as error:
        raise PluginError(f"{path} holds no weights that can be read: {error}.") from error
    own = net.state_dict()
    wrong = {
        "without": [each for each in own if each not in given],
        "it has no": [each for each in given if each not in own],
        "another shape:": [
            f"{each} {shape(given[each])}, not {shape(own[each])}"
            for each in own
            if each in given and given[each].shape != own[each].shape
        ],
    }
    found = [f"{what} {_few(names)}" for what, names in wrong.items() if names]
    if found:
        raise PluginError(f"The weights in {path} do not fit the model: {'; '.join(found)}.")
    net.load_state_dict(given)


def shape(of: Tensor | tuple[int, ...]) -> str:
    """Return a shape in brackets: '(64, 16, 3)'."""
    return str(tuple(of.shape if isinstance(of, Tensor) else of))


def _few(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def _set_frozen_aside(net: OwnNet) -> None:
    """Make buffers of parameters that are not to be trained: they are saved, and never stepped."""
    frozen = [name for name, each in net.net.named_parameters() if not each.requires_grad]
    for full in frozen:
        place, _, name = full.rpartition(".")
        module = net.net.get_submodule(place)
        given = module._parameters.pop(name)
        assert given is not None
        module.register_buffer(name, given.detach())
    if frozen:
        net.told.append(f"{net.name} keeps {_few(frozen)} as it is: requires_grad is off.")


def _try(net: OwnNet, window: int) -> None:
    """Ask the net as a stream would; raise PluginError at what would go wrong later."""
    windows = torch.randn(ROWS, window, net.channels)
    took_s = []
    for _ in range(TRIES):
        begun_s = time.perf_counter()
        made = net(windows[:1])
        try:
            made.square().mean().backward()
        except RuntimeError as error:
            raise PluginError(f"{net.name} has no gradient: {said(error, net.file)}") from error
        took_s.append(time.perf_counter() - begun_s)
    net.zero_grad()
    if 1e3 * min(took_s) > SLOW_MS:
        net.told.append(
            f"{net.name} takes {1e3 * min(took_s):,.0f} ms to predict and learn one step: from a "
            "device that is faster, updates are left out."
        )
    with torch.no_grad():
        before = [each.clone() for each in net.buffers()]
        whole, again = net(windows), net(windows)
        for what, given in (("noise", whole), ("zeros", net(torch.zeros_like(windows)))):
            if not torch.isfinite(given).all():
                raise PluginError(
                    f"{net.name} gives numbers that are not finite for a window of {what}: look "
                    "for a division or a logarithm. A channel that stands still is all zeros."
                )
        if not torch.equal(whole, again) or any(
            not torch.equal(old, new) for old, new in zip(before, net.buffers(), strict=True)
        ):
            raise PluginError(
                f"{net.name} gives another result when it is asked again: in its eval mode it must "
                "neither draw random numbers nor remember anything between two calls."
            )
        others = torch.cat((windows[:1], torch.randn(ROWS - 1, window, net.channels)))
        if not torch.allclose(whole[:1], net(others)[:1], NEAR, NEAR):
            raise PluginError(
                f"What {net.name} gives for a window depends on the others in its batch: look for "
                "an operation over dimension 0. Later samples would change earlier results."
            )
