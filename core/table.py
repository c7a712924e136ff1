"""Rows of a stream as text for a table: the log, the export and the file of scores write these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from driftscope.core.arrays import F64, Array, Bools
from driftscope.core.stream import Result, StreamInfo

SCORE_COLUMNS = ("anomaly_score", "rarity", "onset", "alarm")
SCORE_FORMAT = "%.17g,%.17g,%.0f,%.0f"
"""All 17 digits of the scores: rare ones differ in the last."""
FORMULA = ("=", "+", "-", "@")
"""What a table program may take for the beginning of a formula."""


@dataclass(frozen=True, slots=True)
class Table:
    """Hold n consecutive rows of a stream with what was said of them.

    time_s         (n,) seconds of the stream's clock
    values         (n, C) as they were sent, NaN = missing; of pictures C is 0
    prediction     (n, C) made h samples before, NaN while warming up
    rarity         (n,) -log10 of the tail probability, NaN where a row was not scored
    onset, alarm   (n,) bool
    gap            (n,) bool: the stream was interrupted, or samples were lost, before this row
    """

    time_s: F64
    values: F64
    prediction: F64
    rarity: F64
    onset: Bools
    alarm: Bools
    gap: Bools

    def __len__(self) -> int:
        return len(self.time_s)

    @classmethod
    def of(cls, result: Result, gap: bool = False) -> Table:
        """Take a result's rows; `gap` says whether its first one follows an interruption."""
        n = len(result)
        pictures = result.values.ndim > 2
        none = np.empty((n, 0))
        gaps = np.zeros(n, bool)
        gaps[:1] = gap
        return cls(
            result.time_s, none if pictures else result.values,
            none if pictures else result.prediction,
            result.rarity if result.scored else np.full(n, np.nan),
            result.onset, result.alarm, gaps,
        )  # fmt: skip

    def part(self, rows: slice) -> Table:
        """Return some of the rows."""
        return Table(
            self.time_s[rows], self.values[rows], self.prediction[rows], self.rarity[rows],
            self.onset[rows], self.alarm[rows], self.gap[rows],
        )  # fmt: skip

    def arrays(self) -> list[Array]:
        """Return the columns (n,) as `columns(info)` names them."""
        scores = score_columns(self.rarity, self.onset, self.alarm)
        return [self.time_s, *self.values.T, *self.prediction.T, *scores, self.gap]

    def text(self, info: StreamInfo) -> str:
        """Return one line a row, the cells those of `header(info)`, empty where nothing is known.

        Values are written so that reading them gives the same float64, predictions with the 7
        digits that the model works in.
        """
        channels = self.values.shape[1]
        time = "%.0f" if info.clock == "rows" else "%.6f"
        formats = [time, *["%r"] * channels, *["%.7g"] * channels, SCORE_FORMAT, "%.0f"]
        return lines(np.column_stack(self.arrays()), ",".join(formats))


def columns(info: StreamInfo) -> list[str]:
    """Return what stands in a stream's rows: time, values, predictions, score, alarm, gap."""
    names = [] if info.pictures else list(info.channels)
    units = [f" ({unit})" if unit else "" for unit in info.units]
    return [
        "index" if info.clock == "rows" else "time (s)",
        *(f"{name}{unit}" for name, unit in zip(names, units, strict=False)),
        *(f"{name} predicted{unit}" for name, unit in zip(names, units, strict=False)),
        *SCORE_COLUMNS,
        "gap",
    ]


def header(info: StreamInfo) -> str:
    """Return the line above a stream's rows."""
    return line_of(columns(info))


def line_of(cells: Sequence[str]) -> str:
    """Return a line of texts, such that no program takes one for a formula or for two."""
    return ",".join(map(_cell, cells)) + "\n"


def score_columns(rarity: F64, onset: Bools, alarm: Bools) -> tuple[Array, ...]:
    """Return the columns SCORE_COLUMNS (n,), NaN where a row was not scored."""
    unscored = np.isnan(rarity)
    score = 1.0 - np.power(10.0, -rarity)
    return score, rarity, np.where(unscored, np.nan, onset), np.where(unscored, np.nan, alarm)


def lines(rows: F64, form: str) -> str:
    """Return each of the rows (n, columns) written by the %-format of one; NaN is an empty cell.

    One format for all rows is twice as fast as one for each.
    """
    text = (form + "\n") * len(rows) % tuple(rows.ravel().tolist())
    return text.replace("nan", "") if np.isnan(rows).any() else text


def _cell(text: str) -> str:
    """Return a text as a cell of a CSV file."""
    text = " ".join(text.split()) if any(c in text for c in "\r\n\t\v\f") else text
    if text.lstrip().startswith(FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',;"') else text
