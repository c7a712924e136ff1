"""The programs of docs/library.md are run, and print what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "library.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n# docs: (\w+)\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
HEAVY = {"torch", "PySide6", "cv2", "river", "safetensors", "serial"}


@pytest.mark.parametrize(("name", "program", "printed"), PROGRAMS, ids=[p[0] for p in PROGRAMS])
def test_a_program_prints_what_the_page_says(
    name: str, program: str, printed: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", program]
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=200, cwd=tmp_path, check=False
    )
    assert ran.returncode == 0, f"{name}: {ran.stderr}"
    assert ran.stdout == printed


def test_every_program_of_the_page_is_run() -> None:
    assert len(PROGRAMS) == PAGE.count("```python\n") == PAGE.count("# docs: ") == 7
    for name, program, _ in PROGRAMS:
        assert all(len(line) <= 120 for line in program.splitlines()), name


def test_importing_the_package_is_next_to_nothing() -> None:
    code = f"""
import sys
import driftscope.core as core
loaded = {{name.partition(".")[0] for name in sys.modules}}
assert not loaded & {HEAVY | {"numpy"}}, loaded
assert set(core.__all__) <= set(dir(core))
core.open_source
assert not {{name.partition(".")[0] for name in sys.modules}} & {HEAVY}
for name in core.__all__:
    assert getattr(core, name) is getattr(core, name) and getattr(core, name).__doc__, name
assert not {{name.partition(".")[0] for name in sys.modules}} & {{"PySide6", "river"}}
try:
    core.nothing
except AttributeError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=200, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "no attribute 'nothing'" in ran.stdout


def test_without_river_it_is_said_what_to_install() -> None:
    code = (
        "import sys; sys.modules['river'] = None\n"
        "import driftscope.core.river"
    )  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=200, check=False
    )
    assert 'pip install "driftscope[river]"' in ran.stderr
