"""Timing whole processes, interleaved, with their peak memory.

Linux counts into a process' peak the memory of the one that started it: that one must stay small.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Timing:
    """One contender's repetitions of one job.

    Attributes
    ----------
    seconds
        Wall-clock time of each repetition: of the work alone where the process tells it, else of the whole process.
    peak_memory_mb
        Of the whole process, the largest of all repetitions.
    answer
        What the last repetition answered.
    """

    seconds: tuple[float, ...]
    peak_memory_mb: float
    answer: Mapping[str, Any]

    @property
    def median_seconds(self) -> float:
        """Median of the repetitions."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> str:
        """Median, least and most, in words."""
        return " ".join(
            [_rounded(self.median_seconds), f"({_rounded(min(self.seconds))} to {_rounded(max(self.seconds))})"]
        )


def _rounded(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds >= 0.1 else f"{seconds:.4f}"


def interleaved(commands: Mapping[str, Sequence[str]], repetitions: int) -> Mapping[str, Timing]:
    """Return each contender's timing; contenders take turns, so that a noisy machine is noisy for all.

    Each command is a list of arguments for this Python and prints one JSON object, its answer, as its last line. One
    that times its work itself gives it as `seconds` of that object.
    """
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, float] = dict.fromkeys(commands, 0.0)
    answers: dict[str, Mapping[str, Any]] = {}
    for _ in range(repetitions):
        for name, arguments in commands.items():
            taken, peak, answers[name] = _run(arguments)
            seconds[name].append(answers[name].get("seconds", taken))
            memory[name] = max(memory[name], peak)
    return {name: Timing(tuple(seconds[name]), memory[name], answers[name]) for name in commands}


def _run(arguments: Sequence[str]) -> tuple[float, float, Mapping[str, Any]]:
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}")
    return taken, usage.ru_maxrss * 1024 / 1e6, json.loads(printed.splitlines()[-1])
