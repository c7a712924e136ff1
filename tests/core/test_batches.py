"""A source as a torch data set: what stands in a batch, and what never does."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from streams import Listed
from torch.utils.data import DataLoader, IterableDataset

from driftscope.core.batches import as_dataset
from driftscope.core.cuts import Cut, Cutter
from driftscope.core.errors import DriftscopeError, ParamError, SourceError

ROWS = np.arange(200.0)[:, None] + np.array([0.0, 0.25])


def test_a_dataloader_is_fed() -> None:
    data = as_dataset(ROWS, 16)
    assert isinstance(data, IterableDataset)
    batches = list(DataLoader(data, batch_size=None))
    assert [tuple(b.shape) for b in batches] == [(16, 2)] * 12 + [(8, 2)]
    assert batches[0].dtype == torch.float32
    assert np.array_equal(torch.cat(batches).numpy(), ROWS.astype(np.float32))
    again = list(DataLoader(data, batch_size=None))
    assert all(torch.equal(one, two) for one, two in zip(batches, again, strict=True))
    assert [len(b) for b in as_dataset(ROWS, 16, drop_last=True)] == [16] * 12


def test_a_batch_may_be_written_to() -> None:
    values = ROWS.copy()
    next(iter(as_dataset(values, 16))).zero_()
    assert np.array_equal(values, ROWS)


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_give_every_batch_once_and_in_order(workers: int) -> None:
    data = as_dataset(ROWS, 16, window=3, horizon=1)
    given = list(DataLoader(data, batch_size=None, num_workers=workers))
    for one, two in zip(given, data, strict=True):
        assert torch.equal(one[0], two[0]) and torch.equal(one[1], two[1])


def test_an_address_can_be_sent_to_a_new_process(tmp_path: Path) -> None:
    """As it is where processes are not forked: macOS, Windows."""
    np.savetxt(tmp_path / "log.csv", ROWS[:40], delimiter=",", header="a,b", comments="")
    program = tmp_path / "program.py"
    program.write_text(f"""
from torch.utils.data import DataLoader
from driftscope.core import as_dataset
if __name__ == "__main__":
    data = as_dataset({str(tmp_path / "log.csv")!r}, 16)
    loader = DataLoader(data, None, num_workers=1, multiprocessing_context="spawn")
    print([len(batch) for batch in loader])
""")
    ran = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=True, timeout=200
    )
    assert ran.stdout.strip() == "[16, 16, 8]"


def test_a_window_ends_where_its_target_is_so_far_away() -> None:
    (windows, targets), *_ = as_dataset(ROWS, 8, window=5, horizon=3)
    assert windows.shape == (8, 5, 2) and targets.shape == (8, 2)
    for k in range(8):
        assert np.array_equal(windows[k], ROWS[k : k + 5])
        assert np.array_equal(targets[k], ROWS[k + 4 + 3])
    alone = next(iter(as_dataset(ROWS, 8, window=5)))
    assert torch.equal(alone, windows)


def test_no_window_and_no_target_crosses_a_gap() -> None:
    source = Listed(ROWS, cuts=(30, 77), gaps=(50, 53, 120))
    seen = []
    for windows, targets in as_dataset(source, 7, window=4, horizon=2):
        seen += [(int(w[0, 0]), int(t[0])) for w, t in zip(windows, targets, strict=True)]
    bounds = (0, 50, 53, 120, 200)
    expected = [
        (k, k + 5) for a, b in itertools.pairwise(bounds) for k in range(a, b - 5)
    ]  # fmt: skip
    assert seen == expected


def test_missing_values() -> None:
    values = ROWS.copy()
    values[50, 0] = values[100:103, 1] = np.nan
    whole = np.isfinite(values).all(1)
    dropped = torch.cat(list(as_dataset(values, 16)))
    assert np.array_equal(dropped.numpy(), values[whole].astype(np.float32))
    kept = torch.cat(list(as_dataset(values, 16, missing="keep")))
    assert np.array_equal(kept.numpy(), values.astype(np.float32), equal_nan=True)
    held = torch.cat(list(as_dataset(values, 16, missing="hold"))).numpy()
    assert held[50].tolist() == [49.0, 50.25] and held[102].tolist() == [102.0, 99.25]

    pairs = [(w[:, -1, 0], t[:, 0]) for w, t in as_dataset(values, 16, window=4, horizon=2)]
    ends = torch.cat([end for end, _ in pairs]).int().tolist()
    of_50 = {e for e in range(3, 198) if 50 in (*range(e - 3, e + 1), e + 2)}
    of_100 = {e for e in range(3, 198) if {100, 101, 102} & {*range(e - 3, e + 1), e + 2}}
    assert ends == sorted(set(range(3, 198)) - of_50 - of_100)

    targets = [t for _, t in as_dataset(values, 16, window=4, horizon=2, missing="hold")]
    times = torch.cat(targets)[:, 1].numpy()
    assert np.isfinite(times).all() and len(times) == 195 - 4  # no target is a held value


def test_labels_stand_behind_their_rows_and_windows(tmp_path: Path) -> None:
    lines = "".join(f"{k},{k % 3}\n" for k in range(300))
    (tmp_path / "log.csv").write_text("level,class\n" + lines)
    settings = {"stream.label": "class"}
    data = as_dataset(tmp_path / "log.csv", 16, labels=True, settings=settings)
    x, y = (torch.cat(parts) for parts in zip(*data, strict=True))
    assert y.dtype == torch.int64 and torch.equal(y, x[:, 0].long() % 3)
    data = as_dataset(tmp_path / "log.csv", 16, window=4, labels=True, settings=settings)
    for windows, labels in data:
        assert torch.equal(labels, windows[:, -1, 0].long() % 3)


def test_a_channel_may_be_chosen_and_one_that_comes_later_changes_nothing() -> None:
    chosen = torch.cat(list(as_dataset(ROWS, 16, channels=["value 2"])))
    assert np.array_equal(chosen[:, 0].numpy(), ROWS[:, 1].astype(np.float32))


def test_what_can_never_give_a_batch_is_told() -> None:
    dead = np.column_stack([np.ones(150_000), np.full(150_000, np.nan)])
    with pytest.raises(SourceError, match="'value 2' has no value"):
        list(as_dataset(dead, 64))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (dict(batch_size=0), "batch_size"),
        (dict(batch_size=2.5), "batch_size"),
        (dict(batch_size=4, window=-1), "window"),
        (dict(batch_size=4, horizon=3), "give a window"),
        (dict(batch_size=4, missing="fill"), "missing"),
        (dict(batch_size=4, channels=["z"]), "'z'"),
        (dict(batch_size=4, labels=True), "no labels"),
        (dict(batch_size=4, settings={"learner.lr": -1}), "learner.lr"),
    ],
)
def test_what_cannot_be_made_is_told(wish: dict[str, object], said: str) -> None:
    with pytest.raises(DriftscopeError) as told:
        next(iter(as_dataset(ROWS, **wish)))  # type: ignore[arg-type]  # that is what is tested
    assert said in str(told.value) and str(told.value).endswith(".")


def test_pictures_come_as_they_are() -> None:
    batch = next(iter(as_dataset("scene:", 3)))
    assert batch.dtype == torch.uint8 and batch.shape[0] == 3 and batch.shape[-1] == 3
    with pytest.raises(ParamError, match="Pictures"):
        next(iter(as_dataset("scene:", 3, window=2)))


@given(
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    shape=st.one_of(st.just((0, 0)), st.tuples(st.integers(1, 6), st.integers(0, 4))),
    size=st.integers(1, 9),
    missing=st.sampled_from(["drop", "hold", "keep"]),
    gone=st.sets(st.integers(0, 60), max_size=12),
)
def test_how_rows_arrive_changes_no_batch(
    cuts: list[int], shape: tuple[int, int], size: int, missing: str, gone: set[int]
) -> None:
    window, horizon = shape
    rows = np.arange(float(sum(cuts)))[:, None] + np.array([0.0, 0.5])
    for k in gone:
        rows[k % len(rows), k % 2] = np.nan
    y = np.arange(len(rows))

    def cut_up(parts: list[int]) -> list[tuple[np.ndarray, ...]]:
        cutter = Cutter(Cut(size, window, horizon, missing))  # type: ignore[arg-type]  # one of them
        made, start = [], 0
        for n in parts:
            made += list(cutter.take(rows[start : start + n], y[start : start + n]))
            start += n
        return made + list(cutter.rest())

    one, two = cut_up(cuts), cut_up([len(rows)])
    assert len(one) == len(two)
    for a, b in zip(one, two, strict=True):
        assert all(np.array_equal(x, z, equal_nan=True) for x, z in zip(a, b, strict=True))
        if window and missing == "drop":  # each label stands by its window's last row
            assert np.array_equal(a[-1], a[0][:, -1, 0])
