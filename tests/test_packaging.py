"""What is installed is what stands in the repository, and it starts without the heavy parts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("core", "gui", "resources")
HEAVY = {"torch", "PySide6", "pyqtgraph"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def run(*command: str | Path, **more: object) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(  # type: ignore[call-overload]  # `more` is whatever run() takes
        command, capture_output=True, text=True, timeout=120, check=False, **more
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from a copy, so that nothing stale gets in and nothing is left."""
    copy, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for folder in FOLDERS:
        shutil.copytree(
            ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with nothing but the wheel installed in it."""
    target = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
    run(*pip, "--target", target, wheel)
    return target


def test_every_package_is_listed() -> None:
    folders = {init.parent for folder in FOLDERS for init in (ROOT / folder).rglob("__init__.py")}
    named = {".".join(("driftscope", *folder.relative_to(ROOT).parts)) for folder in folders}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == named


def test_every_folder_of_modules_is_a_package() -> None:
    for folder in FOLDERS:
        for module in (ROOT / folder).rglob("*.py"):
            assert (module.parent / "__init__.py").exists(), f"{module.parent} has no __init__.py"


def test_the_wheel_holds_everything_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {
        f"driftscope/{file.relative_to(ROOT)}"
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert held == ours
    assert "driftscope/resources/driftscope.svg" in held


def test_the_versions_pinned_are_within_the_ranges() -> None:
    from packaging.requirements import Requirement

    pins = {}
    for line in (ROOT / "requirements" / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, version = line.partition("==")
            pins[name.lower().replace("_", "-")] = version
    project = PROJECT["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    for requirement in map(Requirement, asked):
        pin = pins[requirement.name.lower().replace("_", "-")]
        assert requirement.specifier.contains(pin), f"{requirement} but {pin} is pinned"


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["devices"]], ids=" ".join)
def test_small_commands_start_without_the_heavy_parts(
    installed: Path, tmp_path: Path, words: list[str]
) -> None:
    command = installed / "bin" / "driftscope"
    env = os.environ | {"PYTHONPATH": str(installed)}
    ran = run(sys.executable, "-X", "importtime", command, *words, cwd=tmp_path, env=env)
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip() for line in lines}
    assert "driftscope.core.cli" in loaded
    assert not {name for name in loaded if name.partition(".")[0] in HEAVY}
    assert ran.stdout.strip()


def test_the_command_runs_from_where_it_was_installed(installed: Path, tmp_path: Path) -> None:
    code = "import driftscope.core.errors as module; print(module.__file__)"
    env = os.environ | {"PYTHONPATH": str(installed)}
    ran = run(sys.executable, "-c", code, cwd=tmp_path, env=env)
    assert Path(ran.stdout.strip()).is_relative_to(installed)
