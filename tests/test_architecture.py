"""The house rules that a machine can check."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("core", "gui", "resources", "tests", "benchmarks", "scripts")
FILES = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
CORE = [file for file in FILES if file.is_relative_to(ROOT / "core")]
TESTS = [file for file in FILES if file.is_relative_to(ROOT / "tests")]
QT = {"PySide6", "shiboken6", "pyqtgraph", "PyQt5", "PyQt6", "qtpy"}


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT))


def imported(file: Path) -> set[str]:
    """Return the full name of every module a file imports, at its top or anywhere else."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return found


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def test_the_folders_are_found() -> None:
    assert len(CORE) > 10
    assert ROOT / "core" / "stream.py" in CORE


@pytest.mark.parametrize("file", CORE, ids=relative)
def test_core_runs_without_qt(file: Path) -> None:
    assert not {name for name in imported(file) if name.partition(".")[0] in QT}


@pytest.mark.parametrize("file", [f for f in CORE if f.name != "cli.py"], ids=relative)
def test_core_does_not_know_the_window(file: Path) -> None:
    assert not {name for name in imported(file) if within(name, "driftscope.gui")}


def test_the_command_line_opens_the_window_only_on_demand() -> None:
    """`cli.py` hands over to the window, so it alone may name it, but not while it is imported."""
    tree = ast.parse((ROOT / "core" / "cli.py").read_text())
    at_top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert "driftscope.gui" not in ast.unparse(ast.Module(at_top, []))


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_no_file_is_long(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 300


@pytest.mark.parametrize("file", [f for f in FILES if f not in TESTS], ids=relative)
def test_every_module_says_what_it_is(file: Path) -> None:
    text = file.read_text()
    if file.name == "__init__.py" and not text.strip():
        return  # an empty package says it by its name
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("file", FILES, ids=relative)
def test_an_ignored_warning_is_named(file: Path) -> None:
    for line in file.read_text().splitlines():
        for word in ("# type: " + "ignore", "# no" + "qa"):
            if word in line:
                assert line.partition(word)[2][:1] in ("[", ":"), line
