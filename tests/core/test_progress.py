"""How far a file is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streams import Kept, monitored, waves

from driftscope.core.sources.csv_file import CsvFile, CsvParams
from driftscope.core.stream import Output, Result


def test_how_far_a_file_is_goes_by_what_was_scored_not_by_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    np.savetxt(path, waves(1200), "%.3f", ",")
    monitor, _ = monitored(CsvFile(str(path), CsvParams(speed="max")), learner__step_rows=8)
    told: dict[int, float | None] = {}

    class Watching(Kept):
        def write(self, item: Output) -> None:
            if isinstance(item, Result):
                told[item.seq] = monitor.healths["device"].progress

    monitor.add_sink(Watching())
    monitor.run()
    assert [told[seq] for seq in (296, 600, 896)] == pytest.approx([0.25, 0.5, 0.75], abs=0.02)
