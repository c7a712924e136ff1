"""Score every file of a labelled set with the program's own pipeline, as it would run live.

Run: python benchmarks/anomaly.py DATA_DIR OUT_DIR [--cut 0.6] [--scorer score_anomaly.py]
Files are read from DATA_DIR/data (or DATA_DIR itself), as fast as they can be scored and learned;
OUT_DIR gets a tree of the same names, without .gz, with one line a row:
`timestamp_or_index,anomaly_score,rarity,onset,alarm`, the first being the row's own first cell.
With --cut the same is done to copies cut off at that part of their rows, into OUT_DIR-cut: every
row must come out the same. With --scorer its verdict is printed by DATA_DIR/labels.json, each
figure beside what knowing nothing would get.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from driftscope.core import address
from driftscope.core.interfaces import Sink
from driftscope.core.monitor import Monitor
from driftscope.core.sections import default_params
from driftscope.core.stream import Output, Result

HEADER = "timestamp_or_index,anomaly_score,rarity,onset,alarm\n"
SUFFIXES = (".csv", ".csv.gz")


class Rows(Sink):
    """Keep what is said of each row, as the text of its line."""

    name = "the benchmark"

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, item: Output) -> None:
        if not isinstance(item, Result):
            return
        assert item.seq == len(self.lines) and item.scored, "a file has no gaps and is never late"
        for rarity, onset, alarm in zip(item.rarity, item.onset, item.alarm, strict=True):
            score = 1 - 10.0 ** -float(rarity)
            self.lines.append(f"{score:.17g},{rarity:.17g},{onset:d},{alarm:d}\n")

    def close(self) -> None:
        """Nothing to let go of."""


def lines_of(path: Path) -> list[str]:
    """Return the lines of a table that hold anything."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return [line for line in text.splitlines(keepends=True) if line.strip()]


def score_file(path: Path, out: Path, settings: list[tuple[str, str]], cut: float) -> int:
    """Play one file through a Monitor and write its scores; return the number of rows."""
    lines = lines_of(path)
    with tempfile.TemporaryDirectory() as folder:
        if cut < 1:
            path = Path(folder) / "cut.csv"
            lines = lines[: 1 + int(cut * (len(lines) - 1))]
            path.write_text("".join(lines))
        device = address.make(address.parse(f"csv:{path}"))
        params = default_params(device.params)
        params.set("source.speed", "max")
        for name, value in settings:
            params.set(name, value)
        rows = Rows()
        Monitor({"source": (device, params)}, [rows]).run()
    out.parent.mkdir(parents=True, exist_ok=True)
    keys = [re.split(r"[;,\t]", line, maxsplit=1)[0].strip() for line in lines]
    keys = keys[len(keys) - len(rows.lines) :]  # what stands in front of the rows is the header
    with open(out, "w") as file:
        file.write(HEADER)
        file.writelines(f"{key},{line}" for key, line in zip(keys, rows.lines, strict=True))
    return len(rows.lines)


def score_tree(
    data: Path, out: Path, settings: list[tuple[str, str]], jobs: int, cut: float
) -> None:
    """Score every file below `data` and print what it took."""
    root = data / "data" if (data / "data").is_dir() else data
    paths = sorted(path for path in root.rglob("*") if path.name.endswith(SUFFIXES))
    names = [out / str(path.relative_to(root)).removesuffix(".gz") for path in paths]
    begun_s, begun_cpu_s = time.perf_counter(), cpu_s()
    with ProcessPoolExecutor(jobs) as pool:
        many = len(paths)
        rows = sum(pool.map(score_file, paths, names, [settings] * many, [cut] * many))
    wall_s, used_s = time.perf_counter() - begun_s, cpu_s() - begun_cpu_s
    print(
        f"{data.name}: {many} files{f' cut at {cut:.0%}' if cut < 1 else ''}, {rows:,} rows, "
        f"{wall_s:.1f} s wall with {jobs} processes, {used_s:.1f} s CPU, "
        f"{rows / used_s:,.0f} rows a CPU second",
        flush=True,
    )


def cpu_s() -> float:
    """Return the CPU time used by this process and those it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def verdict(scorer: str, scores: Path, labels: Path, column: str, fixed: bool) -> dict[str, Any]:
    """Return what the scorer says of one column."""
    with tempfile.NamedTemporaryFile(suffix=".json") as found:
        command = [sys.executable, scorer, "--scores", str(scores), "--labels", str(labels)]
        command += ["--column", column, "--json", found.name]
        command += ["--fixed", "0.5", "--vus-window", "0"] if fixed else ["--vus-step", "10"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        said: dict[str, Any] = json.load(found)
        return said


def print_verdict(scorer: str, data: Path, out: Path) -> None:
    """Print the figures that may be quoted, each with its floor."""
    labels = data / "labels.json"
    points = data / "labels_changepoint.json"
    nab = verdict(scorer, out, points if points.exists() else labels, "onset", True)
    rows = verdict(scorer, out, labels, "alarm", True)
    rank = verdict(scorer, out, labels, "rarity", False)
    fixed, floor = nab["fixed_threshold"]["nab"], nab["floors"]["random_oracle_nab"]
    scores = " / ".join(f"{fixed[name]['normalised']:.1f}" for name in fixed)
    floors = " / ".join(f"{floor[name]:.1f}" for name in floor)
    onset, alarm = nab["fixed_threshold"], rows["fixed_threshold"]
    print(f"  NAB (onset, fixed)  {scores}   standard / low FP / low FN")
    print(f"      random, oracle  {floors}")
    print(
        f"      windows found   {onset['windows_found']} of {onset['windows']} by "
        f"{onset['alarms']} onsets, {onset['event_precision']:.2f} of them within one"
    )
    print(
        f"  F1 (alarm, fixed)   {alarm['F1']:.3f}, FAR {alarm['FAR_pct']:.1f} %, "
        f"MAR {alarm['MAR_pct']:.1f} %; always-alarm F1 {rows['floors']['always_alarm_F1']:.3f}"
    )
    ranking = rank["ranking"]
    print(
        f"  VUS-PR (rarity)     {ranking['macro_vus_pr']:.3f}, ROC-AUC "
        f"{ranking['macro_roc_auc']:.3f}; labelled rows {rank['anomalous_share']:.3f}"
    )


def setting(text: str) -> tuple[str, str]:
    """Read "detector.one_in=1000"."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} should be section.name=value")
    return name, value


def main() -> None:
    """Score a set, and say by which setting."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--set", dest="settings", action="append", type=setting, default=[])
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2, help="processes")
    parser.add_argument("--cut", type=float, default=1.0, help="also score cut copies, as 0.6")
    parser.add_argument("--scorer", help="the program that knows the labels")
    chosen = parser.parse_args()
    params = default_params()
    for name, value in chosen.settings:
        params.set(name, value)
    told = ("learner.model", "learner.lr", "learner.horizon", "learner.seed", "detector.")
    shown = [f"{n}={v:g}" if isinstance(v, float) else f"{n}={v}"
             for n, _, v in params if n.startswith(told)]  # fmt: skip
    print("setting:", *shown)
    score_tree(chosen.data, chosen.out, chosen.settings, chosen.jobs, 1.0)
    if chosen.scorer:
        print_verdict(chosen.scorer, chosen.data, chosen.out)
    if chosen.cut < 1:
        short = chosen.out.with_name(chosen.out.name + "-cut")
        score_tree(chosen.data, short, chosen.settings, chosen.jobs, chosen.cut)
        if chosen.scorer:
            command = [sys.executable, chosen.scorer, "--scores", str(chosen.out), "--column"]
            command += ["rarity", "--labels", str(chosen.data / "labels.json")]
            command += ["--prefix-scores", str(short)]
            sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    main()
