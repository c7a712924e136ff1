"""Gradients and weights from outside for a learner that runs, given to it between two steps."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from typing import TYPE_CHECKING

import numpy as np
import torch

from driftscope.core.commands import Ask
from driftscope.core.errors import ParamError, StateError
from driftscope.core.given_weights import Gradients, Weights, checked_gradients, checked_weights
from driftscope.core.teaching import LearnerCommand, UpdateModel, UpdateParameters
from driftscope.core.training import Training

if TYPE_CHECKING:
    from driftscope.core.monitor import Monitor

PATIENCE_S = 30.0
"""How long a run may take to come to the end of its step."""


class LiveLearner:
    """Change what a running Monitor's learner has learned: the two calls of LiveUpdate.

    They wait until it was done between two steps, and raise StateError with why not. Any thread
    but the Monitor's own. `stream` is the key of its StreamInfo. Of a bank of learning rates every
    copy takes the step, each at its own rate; the guard goes back if it turns out badly, and so
    can the user.
    """

    def __init__(self, monitor: Monitor, stream: str) -> None:
        self._monitor, self._stream = monitor, stream

    def update_parameters(self, gradients: Gradients, loss: float | None = None) -> None:
        """Step along gradients of the net's parameters, by name or in order, with the learner's
        own optimizer and rate. `loss` is what they are the gradients of; the recent loss if not
        told."""
        self._ask(UpdateParameters(gradients, loss))

    def update_model(self, weights: Weights) -> None:
        """Put other weights in place: a `state_dict`, another net, or a .safetensors file."""
        self._ask(UpdateModel(weights))

    def _ask(self, command: LearnerCommand) -> None:
        done: Future[str] = Future()
        self._monitor.send(Ask(self._stream, command, done))
        try:
            why_not = done.result(PATIENCE_S)
        except NotInTime:
            raise StateError(
                f"The run did not get to it within {PATIENCE_S:.0f} s: look whether it still runs."
            ) from None
        if why_not:
            raise StateError(why_not)


def obeyed(training: Training, command: UpdateParameters | UpdateModel) -> str:
    """Change what a learner trains; return why not, "" if it was done. Between two steps."""
    try:
        if isinstance(command, UpdateParameters):
            _step(training, command.gradients, command.loss)
        else:
            _put(training, command.weights)
    except (ParamError, StateError) as error:
        return str(error)
    return ""


def _step(training: Training, gradients: Gradients, loss: float | None) -> None:
    given, optimizer = checked_gradients(training.net, gradients), training.optimizer
    losses = np.asarray(optimizer.mean_loss) / 2.0 if loss is None else np.asarray(loss, float)
    if not np.isfinite(losses).all() or (losses < 0).any():
        raise ParamError(f"A loss is a number from 0 on, not {loss!r}.")
    if optimizer.params.lr_mode == "safe" and not losses.all():
        raise ParamError(
            "The safe step goes by the loss, and none is known yet: tell it, as in loss=0.3."
        )
    before, kept = optimizer.weights.clone(), optimizer.state_dict()
    optimizer.gradient.zero_()
    start = 0
    for name, parameter in training.net.named_parameters():
        part = slice(start, start + parameter.numel())
        start += parameter.numel()
        if name in given:
            optimizer.gradient[:, part] = given[name].reshape(-1).to(optimizer.gradient)
    done = optimizer.step(
        np.broadcast_to(losses, len(optimizer.weights)).tolist(), [1.0] * len(optimizer.weights)
    )
    if not (all(done) and bool(optimizer.weights.isfinite().all())):
        optimizer.weights.copy_(before)
        optimizer.load_state_dict(kept)
        raise ParamError(
            "This step would have left numbers that are not finite; nothing was changed. Choose a "
            "smaller rate."
        )


def _put(training: Training, weights: Weights) -> None:
    new, optimizer = checked_weights(training.net, weights), training.optimizer
    flat = [new[name].reshape(-1) for name, _ in training.net.named_parameters()]
    optimizer.reset()
    training.go_back(
        dict(
            weights=torch.cat(flat).to(optimizer.weights).expand_as(optimizer.weights),
            optimizer=optimizer.state_dict(),
            buffers={name: new.get(name, each) for name, each in training.net.named_buffers()},
        )
    )
