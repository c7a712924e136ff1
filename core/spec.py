"""One parameter's declaration: what it may be, how to draw it, what turning it does."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from driftscope.core.errors import ParamError

Value = float | int | bool | str


@dataclass(frozen=True, slots=True)
class Spec:
    """Describe one parameter: what it may be, how to draw it, what turning it does.

    `auto` is the value that means "choose for me"; `live` says that it may be turned while
    running without starting anything anew; `choices` may be a callable, asked when drawn.
    `read` turns a text into the one that is kept, or raises ParamError with what to write.
    """

    name: str
    type: type
    default: Value
    low: float | None = None
    high: float | None = None
    log: bool = False
    unit: str = ""
    live: bool = True
    auto: Value | None = None
    choices: Any = None
    read: Callable[[str], str] | None = None
    label: str = ""
    help: str = ""
    hidden: bool = False

    def options(self) -> tuple[str, ...]:
        """Return the values to choose from; empty where any value in range will do."""
        found = self.choices() if callable(self.choices) else self.choices
        return tuple(found or ())

    def parse(self, value: object, name: str = "") -> Value:
        """Turn text or a number into this parameter's type, or raise ParamError."""
        name = name or self.name
        try:
            taken = self._convert(value)
        except (TypeError, ValueError, OverflowError):
            kind = {int: "a whole number", float: "a number", bool: "yes or no"}.get(
                self.type, "text"
            )
            raise ParamError(f"{name} must be {kind}{self.range_text()}, not {value!r}.") from None
        if isinstance(taken, str) and self.read:
            taken = self.read(taken)
        options = self.options()
        if options and taken not in options:
            raise ParamError(f"{name} must be one of {', '.join(options)}, not {value!r}.")
        if isinstance(taken, str):
            return taken
        if isinstance(taken, bool) or taken == self.auto:
            return taken
        if not math.isfinite(taken) or not self.contains(taken):
            raise ParamError(f"{name} must be{self.range_text()}, not {value!r}.")
        return taken

    def contains(self, value: float) -> bool:
        """Say whether a number is within the range."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def range_text(self) -> str:
        """Return the range in words, such as ' between 0 and 100 (Hz)'."""
        unit = f" ({self.unit})" if self.unit else ""
        if self.low is not None and self.high is not None:
            return f" between {self.low:,.10g} and {self.high:,.10g}{unit}"
        if self.low is not None:
            return f" {self.low:,.10g} or more{unit}"
        return unit

    def _convert(self, value: object) -> Value:
        if self.type is bool:
            if isinstance(value, str):
                word = value.strip().lower()
                if word in ("1", "true", "yes", "on"):
                    return True
                if word in ("0", "false", "no", "off"):
                    return False
                raise ValueError(word)
            return bool(value)
        if self.auto is not None and isinstance(value, str) and value.strip().lower() == "auto":
            return self.auto
        if self.type is int:
            number = float(value)  # type: ignore[arg-type]  # a ValueError is the answer wanted
            if number != int(number):
                raise ValueError(value)
            return int(number)
        if self.type is float:
            return float(value)  # type: ignore[arg-type]
        return str(value)


def param(
    default: Value,
    *,
    low: float | None = None,
    high: float | None = None,
    log: bool = False,
    unit: str = "",
    live: bool = True,
    auto: Value | None = None,
    choices: Any = None,
    read: Callable[[str], str] | None = None,
    label: str = "",
    help: str = "",
    hidden: bool = False,
) -> Any:
    """Declare a parameter as a dataclass field; see Spec for what each word means."""
    words = dict(
        low=low, high=high, log=log, unit=unit, live=live, auto=auto,
        choices=choices, read=read, label=label, help=help, hidden=hidden,
    )  # fmt: skip
    return dataclasses.field(default=default, metadata={"param": words})
