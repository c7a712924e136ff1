"""Where nets can calculate: the processor, and a graphics card if PyTorch can use one."""

from __future__ import annotations

from driftscope.core.errors import ParamError

CPU, CUDA = "cpu", "cuda"
_cuda: bool | None = None
"""Whether there is a card; None until it was looked for, as that imports torch."""


def look() -> bool:
    """Look for a card, once; return whether there is one. Imports torch."""
    global _cuda  # noqa: PLW0603  what there is stays so as long as the program runs
    if _cuda is None:
        import torch

        _cuda = torch.cuda.is_available()
    return _cuda


def names() -> tuple[str, ...]:
    """Return what there is to choose from; a card is in it once it was looked for."""
    return (CPU, CUDA) if _cuda else (CPU,)


def there(name: str) -> str:
    """Return a device's name as it is; raise ParamError if it means a card that is not there."""
    if name == CUDA and not look():
        raise ParamError(
            "There is no graphics card that PyTorch can use (CUDA): leave learner.device at cpu."
        )
    return name
