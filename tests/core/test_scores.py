"""The file of scores: a row a sample, whatever the streams and whatever was left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from streams import Listed, waves

from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.sinks.scores import HEADER, Scores
from driftscope.core.stream import Result

VALUES = waves(300)


def test_each_stream_has_a_file_of_its_own(tmp_path: Path) -> None:
    devices = {"a": Listed(VALUES, key="a"), "x/b": Listed(VALUES[:200], key="x/b")}
    Monitor(
        {key: (each, default_params()) for key, each in devices.items()},
        [Scores(tmp_path / "out.csv")],
    ).run()
    written = {path.name: path.read_text().splitlines() for path in tmp_path.iterdir()}
    assert len(written) == 2 and "out.csv" in written
    assert sorted(len(lines) for lines in written.values()) == [201, 301]
    for lines in written.values():
        assert lines[0] == HEADER.strip()
        assert [line.split(",")[0] for line in lines[1:]] == [str(i) for i in range(len(lines) - 1)]


def test_a_row_not_scored_has_empty_cells(tmp_path: Path) -> None:
    scores = Scores(tmp_path / "out.csv")
    nan, no = np.full(2, np.nan), np.zeros(2, bool)
    scores.write(
        Result(
            "s", 7, np.array([0.5, 1.0]), VALUES[:2], VALUES[:2], None, nan, {}, VALUES[:2],
            np.zeros(2), 0.0, no, no, False, 0.0, scored=False,
        )
    )  # fmt: skip
    scores.close()
    assert (tmp_path / "out.csv").read_text() == HEADER + "7,0.500000,,,,\n8,1.000000,,,,\n"
