"""A source that seeks gives from a sample on just what it gives when it began with the first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from recordings import batch, film, folder, opened, read, table

from driftscope.core import registry
from driftscope.core.errors import SourceError
from driftscope.core.interfaces import Source
from driftscope.core.stream import Block, Event, Item, Labels

EXAMPLES = {
    "demo": "demo:?speed=max",
    "demo ecg": "demo:ecg?speed=max",
    "demo temperature": "demo:temperature?speed=max",
    "scene": "scene:?speed=max",
    "csv_file": "csv:{table}?speed=max",
    "pictures": "pictures:{folder}?speed=max&passes=20",
    "cifar": "cifar:{batch}?speed=max&passes=3",
    "video": "video:{film}?speed=max&loop=on",
}
STARTS = {"scene": (1, 37), "pictures": (1, 17, 18), "cifar": (39, 40, 77), "video": (3, 50)}


def addresses(tmp_path: Path, name: str) -> str:
    made = {each.__name__: each for each in (table, folder, batch, film)}
    wanted = EXAMPLES[name]
    return wanted.format(**{k: make(tmp_path) for k, make in made.items() if f"{{{k}}}" in wanted})


def column(items: list[Item], first: int) -> tuple[np.ndarray, np.ndarray]:
    """Return time and values of all rows from `first` on."""
    blocks = [item for item in items if isinstance(item, Block)]
    time_s = np.concatenate([b.time_s[max(0, first - b.seq) :] for b in blocks])
    return time_s, np.concatenate([b.values[max(0, first - b.seq) :] for b in blocks])


def labels(items: list[Item], first: int) -> np.ndarray:
    found = [i.y[max(0, first - i.seq) :] for i in items if isinstance(i, Labels)]
    return np.concatenate(found) if found else np.empty(0)


def passes(items: list[Item], first: int) -> list[tuple[int, int]]:
    events = [i for i in items if isinstance(i, Event) and i.kind == "pass"]
    return [(each.seq, each.data["number"]) for each in events if each.seq > first]


def test_every_source_that_seeks_has_an_example() -> None:
    plugins: dict[str, type[Source]] = registry.load_all("sources")[0]
    seeking = {name for name, plugin in plugins.items() if plugin.seeks}
    assert seeking == {name.split()[0] for name in EXAMPLES}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_begun_later_it_is_the_same_from_there(name: str, tmp_path: Path) -> None:
    text = addresses(tmp_path, name)
    whole = read(opened(text))
    for start in STARTS.get(name, (1, 1023, 2500)):
        source = opened(text)
        source.start = start
        rest = read(source)
        block = next(item for item in rest if isinstance(item, Block))
        assert block.seq == start
        assert source.passed_s == column(whole, 0)[0][start - 1]
        for one, two in zip(column(whole, start), column(rest, start), strict=True):
            both = min(len(one), len(two))
            assert both > 0 and np.array_equal(one[:both], two[:both], equal_nan=True), start
        one_y, two_y = labels(whole, start), labels(rest, start)
        both = min(len(one_y), len(two_y))
        assert (both > 0) == source.labelled and np.array_equal(one_y[:both], two_y[:both])
        common = zip(passes(whole, start), passes(rest, start), strict=False)
        assert all(one == two for one, two in common)


@pytest.mark.parametrize("name", ["csv_file", "pictures", "cifar", "video"])
def test_what_is_too_short_says_so(name: str, tmp_path: Path) -> None:
    source = opened(addresses(tmp_path, name).replace("loop=on", "loop=off"))
    source.start = 100_000
    source.open()
    with pytest.raises(SourceError, match="of them were learned"):
        while source.read() is not None:
            pass
    source.close()
