"""The same samples give the same steps, however they are cut into blocks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from driftscope.core.steps import StepGrid
from driftscope.core.stream import Block, StreamInfo

INFO = StreamInfo("s", ("a", "b"), ("", ""))


def block(first: int, n: int) -> Block:
    rows = np.arange(first, first + n, dtype=float)
    return Block("s", first, rows / 10, np.stack([rows, -rows], 1), 1.0)


def full_steps(cuts: list[int], rows: int) -> list[tuple[int, list[float]]]:
    grid = StepGrid(INFO, lambda: rows)
    steps, first = [], 0
    for n in cuts:
        grid.push(block(first, n))
        first += n
        while (step := grid.next()) is not None:
            steps.append((step.seq, step.values[:, 0].tolist()))
            grid.close_step()
    return steps


@given(st.lists(st.integers(0, 50), max_size=20), st.sampled_from([1, 2, 8, 64]))
def test_cutting_into_blocks_does_not_matter(cuts: list[int], rows: int) -> None:
    assert full_steps(cuts, rows) == full_steps([sum(cuts)], rows)


def test_a_part_step_is_padded_with_zeros_and_grows_in_place() -> None:
    grid = StepGrid(INFO, lambda: 4)
    grid.push(block(1, 2))
    assert grid.next() is None
    part = grid.part("s")
    assert part is not None and (part.n, part.rows, part.full) == (2, 4, False)
    assert part.values.tolist() == [[1, -1], [2, -2], [0, 0], [0, 0]]
    grid.push(block(3, 2))
    full = grid.next()
    assert full is not None and full.full and full.values[:, 0].tolist() == [1, 2, 3, 4]


def test_a_new_size_takes_effect_at_a_border() -> None:
    size = [4]
    grid = StepGrid(INFO, lambda: size[0])
    grid.push(block(0, 10))
    first = grid.next()
    size[0] = 2
    assert first is not None and first.rows == 4
    grid.close_step()
    second = grid.next()
    assert second is not None and (second.seq, second.rows) == (4, 2)


def test_bulk_takes_what_waits_at_a_border_and_the_grid_restarts_there() -> None:
    grid = StepGrid(INFO, lambda: 4)
    grid.push(block(0, 11))
    bulk = grid.bulk("s", 6)
    assert bulk is not None and (bulk.seq, bulk.n) == (0, 6)
    step = grid.next()
    assert step is not None and (step.seq, step.n) == (6, 4)
    grid.close_step()
    assert grid.next() is None
    assert grid.bulk("s", 100) is None, "a step is open"
    part = grid.part("s")
    assert part is not None and (part.seq, part.n) == (10, 1)


def test_an_open_step_survives_saving() -> None:
    grid = StepGrid(INFO, lambda: 4)
    grid.push(block(0, 3))
    grid.next()
    again = StepGrid(INFO, lambda: 4)
    again.load_state_dict(grid.state_dict())
    for each in (grid, again):
        each.push(block(3, 1))
    one, two = grid.next(), again.next()
    assert one is not None and two is not None
    assert one.values.tolist() == two.values.tolist() and one.seq == two.seq
