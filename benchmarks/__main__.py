"""Run every benchmark and rewrite ``RESULTS.md``."""

from __future__ import annotations

import argparse
import math
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks.process_timing import Timing, interleaved
from benchmarks.two_files import RESAMPLES_BY_HAND

LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "statsmodels", "sqlite-utils")


def two_files(n_examples: int, repetitions: int) -> list[str]:
    """Return the rows of the table for one size."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "benchmarks.two_files", "make", str(n_examples), folder], check=True)
        commands = {name: ["-m", "benchmarks.two_files", name, folder] for name in ("ours", "by_hand")}
        timings = interleaved(commands, repetitions)
    _require_same_answers(timings["ours"], timings["by_hand"])
    hand, own = timings["by_hand"], timings["ours"]
    return [
        f"| {n_examples:,} | reviewer_app, 10,000 resamples of every metric | {_spread(own)} "
        f"| 1 | {own.peak_memory_mb:,.0f} |",
        f"| {n_examples:,} | by hand, {RESAMPLES_BY_HAND} resamples of macro F1 alone | {_spread(hand)} "
        f"| {hand.median_seconds / own.median_seconds:.1f} | {hand.peak_memory_mb:,.0f} |",
    ]


def _require_same_answers(ours: Timing, by_hand: Timing) -> None:
    for name, value in ours.answer.items():
        if not math.isclose(value, by_hand.answer[name], rel_tol=1e-9, abs_tol=1e-300):
            raise SystemExit(f"{name}: {value} here, {by_hand.answer[name]} by hand")


def _spread(timing: Timing) -> str:
    return f"{timing.median_seconds:.2f} ({min(timing.seconds):.2f} to {max(timing.seconds):.2f})"


def main() -> None:
    """Run the benchmarks at the sizes asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repetitions", type=int, default=5)
    given = parser.parse_args()
    rows = [row for size in given.sizes for row in two_files(size, given.repetitions)]
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    Path(__file__).with_name("RESULTS.md").write_text(
        "\n".join(
            [
                "# Benchmarks",
                "",
                "Written by `python -m benchmarks`; contenders take turns in one run, whole processes (start-up "
                f"included), {given.repetitions} repetitions, medians (least to most). Answers are compared as well as "
                "times.",
                "",
                f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python "
                f"{platform.python_version()}; {versions}.",
                "",
                "## Two prediction files to metrics, tests and a saved file",
                "",
                "Read gold and two csv files (one in another order), join by id, compute the label metrics of both "
                "teams with McNemar's test and bootstrap intervals, and save every outcome. 10 classes.",
                "",
                "| examples | who | seconds | ratio | peak memory (MB) |",
                "|---:|---|---:|---:|---:|",
                *rows,
                "",
            ]
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
