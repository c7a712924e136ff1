"""Driftscope without its window, for programs: docs/library.md has an example of each name.

open_source   the blocks of a file, a device, the demo or an array, one after the other
as_dataset    the same as batches for a torch DataLoader
results       every sample scored, then learned; `outputs` gives alarms and events as well
LiveUpdate    gradients, or new weights, for a model that is in use; LiveLearner for a run's own

Each is loaded when it is first asked for, so that importing this package is next to nothing.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

# Both are read once, when torch and cv2 are loaded. A second thread of torch's only spins on such
# small models: it took four fifths of a core and made every step slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A picture of a few hundred bytes may claim to fill the memory.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**27))

if TYPE_CHECKING:
    from driftscope.core.batches import as_dataset
    from driftscope.core.blocks import Blocks, open_source
    from driftscope.core.errors import DriftscopeError
    from driftscope.core.live_learner import LiveLearner
    from driftscope.core.live_update import LiveUpdate
    from driftscope.core.pipeline import outputs, results

_HOMES = {
    "Blocks": "blocks", "DriftscopeError": "errors", "LiveLearner": "live_learner",
    "LiveUpdate": "live_update", "as_dataset": "batches", "open_source": "blocks",
    "outputs": "pipeline", "results": "pipeline",
}  # fmt: skip
__all__ = [
    "Blocks", "DriftscopeError", "LiveLearner", "LiveUpdate", "as_dataset", "open_source",
    "outputs", "results",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
