"""All experts of one stream's labels, and their mix."""

from __future__ import annotations

import numpy as np

from driftscope.core import bank
from driftscope.core.arrays import F64, Array
from driftscope.core.interfaces import State
from driftscope.core.labelled.context import Context, Last
from driftscope.core.labelled.hedge import Hedge
from driftscope.core.labelled.nets import Nets
from driftscope.core.labelled.pending import Said
from driftscope.core.labelled.plain import Plain, PlainClasses, PlainValues
from driftscope.core.labelled.recursive import Recursive
from driftscope.core.labelled.target import Classes, Target, Values

RATES = bank.SPREADS[4]
"""What the slider is multiplied by for each net."""
PLAIN = 2
"""The first experts are the plain ones: the last label again, then what is usual."""
USUAL_RATE = 0.01


class Experts:
    """Say labels in many ways, from the plainest on, and mix what is said by recent loss.

    `names` says which they are. The order, in every array: the two plain ones, the closed form
    of the row and of all inputs, the nets of the row and of all inputs.
    """

    def __init__(self, context: Context, classes: bool, seed: int) -> None:
        self.target: Target = Classes(context.outputs) if classes else Values()
        self.plain: Plain = PlainClasses(context.outputs) if classes else PlainValues()
        row, inputs = context.row_inputs, context.inputs
        self.of_row = Recursive(row, self.target)
        self.of_all = Recursive(inputs, self.target)
        self.nets = Nets(RATES, inputs, row, self.target, seed)
        self.names = (
            "no change", "class frequency" if classes else "mean", "closed form, row",
            "closed form", *(f"{name}, row" for name in bank.names(RATES)), *bank.names(RATES),
        )  # fmt: skip
        self.hedge = Hedge(len(self.names))
        self.usual = 1.0
        self.learned = 0

    def say(self, inputs: F64, last: Last, seq: int) -> F64:
        """Return what each says of rows (n, F) from `seq` on: (n, E, K)."""
        rows = len(inputs)
        plain = np.stack([self.plain.say(last, seq + row) for row in range(rows)])
        closed = np.stack((self.of_row.say(inputs), self.of_all.say(inputs)), 1)
        return np.concatenate((plain, closed, self.nets.say(inputs)), 1)

    def learn(self, said: Said, y: float, lr: float, trust: float) -> None:
        """Learn a row's label, as if it were `trust` of a row; `lr` turns the nets' rates."""
        inputs, loss = said.inputs, self.target.loss(said.each, y)
        if isinstance(self.target, Values):  # chances are judged as they are, errors by the usual
            mixed = float(self.target.loss(self.hedge.mix(said.each[None])[0], y))
            self.usual += USUAL_RATE * trust * (min(mixed, 2.0 * self.usual) - self.usual)
            loss = loss / max(self.usual, 1e-6)
        self.hedge.learn(loss, trust)
        self.plain.learn(said.last, said.seq, y, trust)
        self.of_row.learn(inputs, y, trust)
        self.of_all.learn(inputs, y, trust)
        self.nets.learn(inputs, y, lr, trust)
        self.learned += 1

    def extend(self, context: Context, places: Array) -> None:
        """Make room for more inputs and classes; what inputs were before is in `places` now."""
        if isinstance(self.target, Classes):
            self.target.outputs = context.outputs
        self.plain.extend(context.outputs)
        row, inputs = context.row_inputs, context.inputs
        self.of_row.extend(row, places[: len(self.of_row.weights)])
        self.of_all.extend(inputs, places)
        self.nets.extend(inputs, row, places)

    def state_dict(self) -> State:
        parts = ("plain", "of_row", "of_all", "nets", "hedge")
        made: State = {name: getattr(self, name).state_dict() for name in parts}
        return made | dict(usual=self.usual, learned=self.learned)

    def load_state_dict(self, state: State) -> None:
        for name in ("plain", "of_row", "of_all", "nets", "hedge"):
            getattr(self, name).load_state_dict(state[name])
        self.usual, self.learned = state["usual"], state["learned"]
