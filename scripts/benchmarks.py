"""Write what the benchmarks print into docs/benchmarks.md: `make figures ARGS="elec2 guard"`.

Each section holds its command, the day, the machine and what was printed there; sections that
are not named stay as they are. Without names all are run, which takes an hour.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# What was measured

Made by `make figures`: nothing here is written by hand but the sentences above each table.
One torch thread; public recordings are looked for where `DRIFTSCOPE_DATA` points. Machines are
shared and noisy: compare ratios, not milliseconds.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """Say what a benchmark is for, and what its figures are to be read beside."""

    title: str
    floor: str
    arguments: tuple[str, ...] = ()


SECTIONS = {
    "elec2": Section(
        "Learning from labels: Elec2, test-then-train",
        "Floors: saying the last class again is right in 84.8 % of the first 20,000 rows, the "
        "majority class in about 56 %. kappa-T is 0 for the former.",
    ),
    "hedge": Section(
        "The bank of learning rates beside each rate alone",
        "Floor: the best fixed rate of the bank, which one only knows afterwards.",
    ),
    "forecast": Section(
        "Forecasts beside plain baselines and a regression fitted with hindsight",
        "Floors: last value and running mean, of which the better one counts. AR(32) is fitted to "
        "the whole file by least squares, so it has seen what it predicts.",
    ),
    "learner": Section(
        "What a step costs, beside a bare PyTorch loop",
        "The bare loop makes the same passes on tensors that are ready, and nothing else.",
        ("--seconds", "0.4"),
    ),
    "guard": Section(
        "What a learner survives",
        "Floor: the same run without the disturbance.",
    ),
    "drift": Section(
        "Drift of the loss: told without a reason, and found",
        "Floor: none on streams that never change.",
    ),
    "library": Section(
        "What the library costs",
        "Floors: numpy alone, an array in memory alone, River's own models.",
    ),
    "precision": Section(
        "What half the digits bring",
        "Floor: float32, the model as it is usually run.",
    ),
}


def main() -> None:
    """Run the benchmarks that are named, and put what they print into the page."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("names", nargs="*", choices=[*SECTIONS, []], default=[])
    names = asked.parse_args().names or list(SECTIONS)
    for name in names:
        section = SECTIONS[name]
        command = [sys.executable, f"benchmarks/{name}.py", *section.arguments]
        env = {**os.environ, "OMP_NUM_THREADS": "1"}
        print(f"{name} ...", flush=True)
        ran = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if ran.returncode:
            sys.exit(f"{name} failed: {ran.stderr.strip() or ran.stdout.strip()}")
        page = read() | {name: written(name, section, ran.stdout)}
        PAGE.write_text(HEAD + "".join(page[each] for each in SECTIONS if each in page), "utf-8")


def read() -> dict[str, str]:
    """Return the page's sections by name."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else ""
    parts = re.split(r"(?=\n## )", text)[1:]
    found = ((re.search(r"benchmarks/(\w+)\.py", part), part) for part in parts)
    return {match[1]: part for match, part in found if match}


def written(name: str, section: Section, printed: str) -> str:
    """Return a section of the page."""
    day = datetime.date.today().isoformat()
    words = " ".join(["python", f"benchmarks/{name}.py", *section.arguments])
    return (
        f"\n## {section.title}\n\n{section.floor}\n\n`{words}`, {day}, {machine()}:\n\n"
        f"```text\n{printed.rstrip()}\n```\n"
    )


def machine() -> str:
    """Return what it ran on, in a few words."""
    cpu = platform.processor() or platform.machine()
    with Path("/proc/cpuinfo").open() as lines:
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = models[0] if models else cpu
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"torch {metadata.version('torch')}"
    )


if __name__ == "__main__":
    main()
