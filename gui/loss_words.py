"""What the panel of the loss says: its title, and what its curves are called. No Qt in here."""

from __future__ import annotations

from driftscope.gui import scale
from driftscope.gui.watched import Watched

SKILL_TIP = "Skill is 1 - loss / best baseline over the last 1,000 {}: 1 is perfect, 0 no better."
FORECAST = (
    "Loss (error of the forecast, in units of the signal’s spread)",
    "Mean Huber loss of the forecast, in units of the signal's spread, since the start. "
    + SKILL_TIP.format("samples"),
)
PICTURES = (
    "Loss (error of the reconstruction, in units of the usual spread)",
    "How far the picture is from what the model expected to see: the mean Huber loss of its "
    "reconstruction, since the start. " + SKILL_TIP.format("pictures"),
)
CLASSES = (
    "Loss (cross entropy)",
    "How surprised the model was by each label, before it learned it: -log of the probability it "
    "had given to the right class. " + SKILL_TIP.format("pictures"),
)
LABELLED = (
    FORECAST[0],
    f"{FORECAST[1]} How well labels are said stands under Labels.",
)
"""Title and tooltip by what is learned."""
EACH_TIP = (
    "Show the loss of each part the prediction is mixed from: copies of the model that learn at "
    "0.1 to 3 times the learning rate set (the faster, the longer the strokes of its line), the "
    "closed form, a regression learned at once, and the echo, what followed when the past was most "
    "like now. The better one was lately, the more it counts."
)
LEADS_TIP = "Which part of the prediction has the lowest loss now: it counts most."


def what_is_learned(session: Watched) -> tuple[str, str]:
    """Return the title and the tooltip that go with what the shown source's learner learns."""
    info = session.info
    if info is not None and info.label is not None:
        return LABELLED
    if info is not None and info.classes:
        return CLASSES
    return PICTURES if info is not None and info.pictures else FORECAST


def part_words(part: str) -> str:
    """Return how a part of the prediction is called: '0.3×' of "0.3x"."""
    return f"{part[:-1]}×" if part.endswith("x") else part


def before_words(former: str) -> str:
    """Return how the model before is called: 'GRU, before', 'MLP, hidden units 64, before'."""
    model, _, rest = former.partition(",")
    return f"{scale.option_name(model)}{f',{rest}' if rest else ''}, before"


def leads_words(part: str) -> str:
    """Return that a part has the lowest loss, "" if there is none: 'rate 3× leads'."""
    rate = "rate " if part.endswith("x") else ""
    return f"{rate}{part_words(part)} leads" if part else ""
