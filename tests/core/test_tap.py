from driftscope.core.tap import CHUNK_BYTES, Tap
from driftscope.core.wire import Chunk


def chunk(number: int, data: bytes = b"x" * 100) -> Chunk:
    return Chunk(number, data, float(number), 1e9 + number)


def test_gives_back_what_came_by_device_and_number():
    tap = Tap()
    for number in range(3):
        tap.put("a", chunk(number))
        tap.put("b", chunk(number + 10))
    assert [c.number for c in tap.chunks("a")] == [0, 1, 2]
    assert [c.number for c in tap.chunks("b", after=10)] == [11, 12]
    assert tap.forgotten == 0


def test_forgets_the_oldest_and_counts_them():
    tap = Tap(limit_bytes=10 * (100 + CHUNK_BYTES))
    for number in range(25):
        tap.put("a", chunk(number))
        assert tap.nbytes <= tap.limit_bytes
    assert [c.number for c in tap.chunks("a")] == list(range(15, 25))
    assert tap.forgotten == 15 * 100


def test_a_chunk_larger_than_everything_is_not_kept():
    tap = Tap(limit_bytes=1000)
    tap.put("a", chunk(0, b"x" * 5000))
    assert tap.chunks("a") == []
    assert (tap.nbytes, tap.forgotten) == (0, 5000)
