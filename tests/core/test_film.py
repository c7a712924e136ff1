"""Films written from pictures and their times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from films import seen, told

from driftscope.core.errors import DriftscopeError
from driftscope.core.export import film
from driftscope.core.export.film import rate_hz, write_film
from driftscope.core.export.names import safe_name, unused
from driftscope.core.pictures.files import encoded


def test_a_film_keeps_the_time_of_uneven_pictures(tmp_path: Path) -> None:
    times = [0.0, 0.1, 0.2, 1.0, 1.1, 1.2, 1.3]
    frames = [(at, encoded(seen(n), ".jpg")) for n, at in enumerate(times)]
    write_film(tmp_path / "a.avi", frames)
    assert told(tmp_path / "a.avi") == [0, 1, *[2] * 8, 3, 4, 5, 6]
    assert rate_hz(times) == 10.0 and rate_hz([0.0]) == 1.0
    assert rate_hz(np.arange(9) / 1000) == 30.0


def test_pictures_of_odd_and_changing_sizes_make_a_film(tmp_path: Path) -> None:
    sizes = [(47, 63), (47, 63), (90, 120), (3, 3)]
    frames = [(n / 10, encoded(seen(n, size), ".jpg")) for n, size in enumerate(sizes)]
    write_film(tmp_path / "a.mp4", frames)
    assert told(tmp_path / "a.mp4") == [0, 1, 2, 3]


def test_a_film_that_cannot_be_written_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [(n / 10, encoded(seen(n), ".jpg")) for n in range(5)]
    for name, some, words in (
        ("a.mov", frames, "end its name with"), ("a.avi", [], "no picture of that time"),
        ("absent/a.avi", frames, "make it first"),
    ):  # fmt: skip
        with pytest.raises(DriftscopeError, match=words):
            write_film(tmp_path / name, some)
    (tmp_path / "old.avi").write_text("an old film")
    monkeypatch.setattr(film, "_readable", lambda path: 2)  # as on a full disk
    with pytest.raises(DriftscopeError, match="is the disk full"):
        write_film(tmp_path / "old.avi", frames)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["an old film"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for files there")
@pytest.mark.parametrize("kind", [".avi", ".mp4"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    """A process that may write no more than 50 kB stands for the disk."""
    script = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from driftscope.core.errors import DriftscopeError
from driftscope.core.export.film import write_film
from driftscope.core.pictures.files import encoded

draw = np.random.default_rng(0)
noise = [draw.integers(0, 256, (240, 320, 3), np.uint8) for _ in range(20)]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    write_film(Path(sys.argv[1]), [(n / 10, encoded(each, ".jpg")) for n, each in enumerate(noise)])
except DriftscopeError as error:
    print(error)
"""
    command = [sys.executable, "-c", script, str(tmp_path / f"a{kind}")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert "is the disk full? Name another folder." in ran.stdout, ran.stderr
    assert not list(tmp_path.iterdir())


def test_names_are_safe_everywhere(tmp_path: Path) -> None:
    same = ("cup", "Tasse 2", "чашка", "a.b", "it's (new)")
    assert [safe_name(each) for each in same] == list(same)
    for odd in ("a/b", "..", "", "con", "NUL.txt", 'a"<>|', "x" * 300, "end. ", "a\nb", "\\..\\up"):
        name = safe_name(odd)
        assert name and "/" not in name and "\\" not in name and len(name) <= 81
        (tmp_path / name).write_text("x")
    assert unused(tmp_path / "a_b").name == "a_b 2"
    assert unused(tmp_path / ("n" * 300)).name == "n" * 300  # whoever writes it says why not
