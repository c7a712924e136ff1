"""The pages say what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from driftscope.gui.display import LIBRARIES

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("script", ["parameters", "messages"])
def test_the_pages_made_from_the_code_are_up_to_date(script: str) -> None:
    command = [sys.executable, f"scripts/{script}.py", "--check"]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert ran.returncode == 0, f"run `make docs`: {ran.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_named_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:core|gui|tests|scripts|benchmarks|resources)/[\w/.]*\w\.\w+)`", page.read_text()
    )
    if page.name == "CONTRIBUTING.md":
        named.remove("core/sources/load.py")  # the reader makes it
    assert not [name for name in named if not (ROOT / name).exists()]


def test_what_the_window_needs_is_what_set_up_installs() -> None:
    script = (ROOT / "scripts" / "setup.sh").read_text()
    table = script.partition('LIBRARIES="')[2].partition('"')[0]
    installed = dict(line.split() for line in table.strip().splitlines())
    assert LIBRARIES.items() <= installed.items()


def test_the_example_for_contributors_is_real(tmp_path: Path) -> None:
    """Follow CONTRIBUTING.md: its source streams two channels when the file is put in place."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    code = text.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "load.py").write_text(code)
    sys.path.insert(0, str(tmp_path))
    try:
        from load import PLUGIN
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("load", None)
    blocks = []
    for item in PLUGIN("", PLUGIN.Params.from_options({"rate_hz": "100"})):
        blocks.append(item)
        if len(blocks) == 4:
            break
    info, *blocks = blocks
    assert info.channels == ("cpu", "memory") and info.rate_hz == 100
    assert [block.seq for block in blocks] == [0, 1, 2]
    assert all(block.values.shape == (1, 2) for block in blocks)
