"""Run the benchmarks and rewrite their sections of ``RESULTS.md``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import two_files
from benchmarks.results_file import write_section
from benchmarks.statistics import section as statistics
from benchmarks.statistics.jobs import JOBS

RESULTS = Path(__file__).with_name("RESULTS.md")
DATA_VARIABLE = "REVIEWER_BENCHMARK_DATA"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the parts asked for; results of smaller sizes are printed, and written only on request."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=["two_files", "statistics"], help="run one part and keep the other's section")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000], help="examples of two_files")
    parser.add_argument("--jobs", nargs="+", choices=list(JOBS), help="of statistics; not all: nothing is written")
    parser.add_argument("--scale", type=float, default=1.0, help="all sizes times this; not 1: nothing is written")
    parser.add_argument("--write", action="store_true", help="write the results nevertheless")
    folder = os.environ.get(DATA_VARIABLE)
    parser.add_argument(
        "--data",
        type=Path,
        default=None if folder is None else Path(folder),
        help=f"folder of real data, whose predictions/ holds imagenet-val (default: ${DATA_VARIABLE})",
    )
    given = parser.parse_args(arguments)
    sizes = [max(1, round(size * given.scale)) for size in given.sizes]
    jobs = [JOBS[name] for name in given.jobs or JOBS]
    parts: Mapping[str, Callable[[], str]] = {
        "two_files": lambda: two_files.section(sizes, given.repetitions),
        "statistics": lambda: statistics.section(jobs, given.repetitions, given.scale, given.data),
    }
    is_whole = given.scale == 1.0 and given.jobs is None
    for name, section in parts.items():
        if given.only not in (None, name):
            continue
        text = section()
        if is_whole or given.write:
            write_section(RESULTS, text)
        else:
            print(text)


if __name__ == "__main__":
    main()
