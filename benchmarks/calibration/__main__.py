"""Run the calibration study, as far as it is not done yet, and write ``CALIBRATION.md``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.calibration.label_noise import NOISE_SETTINGS, NoiseRow, NoiseSetting, run_noise
from benchmarks.calibration.settings import DEFAULT, SETTINGS, Setting
from benchmarks.calibration.study import SettingRow, run
from benchmarks.calibration.table import markdown

FOLDER = Path(__file__).resolve().parent


def finished(results: Path) -> list[dict[str, Any]]:
    """Return the rows that a file of results holds, the last of each setting; none where there is no file."""
    if not results.exists():
        return []
    rows = (json.loads(line) for line in results.read_text(encoding="utf-8").splitlines())
    return list({row["name"]: row for row in rows}.values())


def chosen(given: argparse.Namespace) -> list[Setting]:
    """Return the settings that are asked for and not finished; those whose data are missing are named and left out."""
    done = {
        row["name"]
        for row in finished(given.results)
        if (row["simulations"], row.get("n_resamples")) == (given.simulations, given.resamples)
    }
    found = []
    for setting in SETTINGS.values():
        is_chosen = given.all or setting.name in DEFAULT
        is_asked = is_chosen if given.only is None else any(part in setting.name for part in given.only)
        if not is_asked or setting.name in done:
            continue
        try:
            setting.population(given.data)
        except FileNotFoundError as absent:
            print(f"skipped {setting.name}: {absent}", file=sys.stderr)
            continue
        found.append(setting)
    return found


def chosen_noise(given: argparse.Namespace) -> list[NoiseSetting]:
    """Return the settings with wrong labels that are asked for and not finished."""
    done = {row["name"] for row in finished(given.results) if row["simulations"] == given.simulations}
    return [
        setting
        for setting in NOISE_SETTINGS.values()
        if setting.name not in done and (given.only is None or any(part in setting.name for part in given.only))
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the settings asked for and rewrite the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--simulations", type=int, default=2_000, help="comparisons per setting (default 2,000)")
    parser.add_argument("--resamples", type=int, default=999, help="B within a comparison (default 999)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--only", nargs="+", metavar="PART", help="settings whose name holds one of these parts")
    parser.add_argument("--all", action="store_true", help="every setting, hours on one core")
    parser.add_argument("--list", action="store_true", help="name the settings that would be run, and stop")
    parser.add_argument("--data", type=Path, help="folder of real data, whose datasets/ holds the matching sets")
    parser.add_argument("--results", type=Path, default=FOLDER / "results.jsonl")
    parser.add_argument("--table", type=Path, default=FOLDER.parent / "CALIBRATION.md")
    given = parser.parse_args(arguments)
    settings, of_noise = chosen(given), chosen_noise(given)
    n_all = len(settings) + len(of_noise)
    if given.list:
        print("\n".join(setting.name for setting in (*settings, *of_noise)))
        return
    # One thread per process, so that worker processes do not fight for cores.
    os.environ["OMP_NUM_THREADS"] = "1"
    with ProcessPoolExecutor(given.jobs) as executor:
        running: list[Future[SettingRow | NoiseRow]] = [
            *(executor.submit(run, s, given.simulations, given.resamples, given.data) for s in settings),
            *(executor.submit(run_noise, s, given.simulations) for s in of_noise),
        ]
        for number, future in enumerate(as_completed(running), start=1):
            row = future.result()
            with given.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row.as_json()) + "\n")
            print(f"{number}/{n_all} {row.name}: {row.seconds:.1f} s", file=sys.stderr, flush=True)
    machine = (
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python "
        f"{platform.python_version()}; numpy {version('numpy')}, scipy {version('scipy')}."
    )
    given.table.write_text(markdown(finished(given.results), machine), encoding="utf-8")


if __name__ == "__main__":
    main()
