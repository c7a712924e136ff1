"""docs/own-model.md: its examples are run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from driftscope.core import registry
from driftscope.core.cli import main

PAGE = (Path(__file__).parents[1] / "docs" / "own-model.md").read_text(encoding="utf-8")
EXAMPLES = {text.split()[1]: text for text in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)}


@pytest.mark.parametrize(
    ("file", "factory", "settings"),
    [("my.py", "Net", []), ("with_sliders.py", "make", ["--set", "model.hidden=8"])],
)
def test_the_examples_learn(  # noqa: PLR0917  pytest names them
    file: str,
    factory: str,
    settings: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(registry, "_added", {})
    assert set(EXAMPLES) == {"my.py", "with_sliders.py"}
    (tmp_path / file).write_text(EXAMPLES[file])
    own = f"{tmp_path / file}:{factory}"
    words = ["watch", "demo:", "--for", "2s", "--speed", "max", "--model", own, *settings]
    assert main(words) == 0
    told = capsys.readouterr().err
    assert f"The model is {own}: your own code" in told and "skill +" in told
