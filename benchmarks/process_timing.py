"""Timing whole processes, interleaved, with their peak memory."""

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
    """One contender's repetitions of one job."""

    seconds: tuple[float, ...]
    peak_memory_mb: float
    answer: Mapping[str, Any]

    @property
    def median_seconds(self) -> float:
        """Median wall-clock time of the whole process."""
        return statistics.median(self.seconds)


def interleaved(commands: Mapping[str, Sequence[str]], repetitions: int) -> Mapping[str, Timing]:
    """Return each contender's timing; contenders take turns, so that a noisy machine is noisy for all.

    Each command is a list of arguments for this Python and prints one JSON object, its answer, as its last line.
    """
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, float] = dict.fromkeys(commands, 0.0)
    answers: dict[str, Mapping[str, Any]] = {}
    for _ in range(repetitions):
        for name, arguments in commands.items():
            taken, peak, answers[name] = _run(arguments)
            seconds[name].append(taken)
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
