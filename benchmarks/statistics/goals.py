"""What a job's time, ratio and memory are held against, and whether they reach it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.process_timing import Timing

FEW_CORES = 2
"""With so many cores or fewer, parallel work may take up to twice as long: the goals were set on four."""


@dataclass(frozen=True)
class Goal:
    """The goal of a job.

    Attributes
    ----------
    seconds, memory_mb
        To stay below.
    ratio
        To reach against the loop over scikit-learn.
    parallel
        Whether the work is.
    """

    seconds: float
    ratio: float | None = None
    memory_mb: float | None = None
    parallel: bool = True

    @property
    def words(self) -> str:
        """The goal for people."""
        parts = [f"< {self.seconds:g} s"]
        if self.ratio is not None:
            parts.append(f">= {self.ratio:,.0f} x")
        if self.memory_mb is not None:
            parts.append(f"< {self.memory_mb:,.0f} MB")
        return ", ".join(parts)


def judged(goal: Goal, ours: Timing, ratio: float | None, n_cores: int) -> str:
    """Return the goal and whether each part of it is met, in words."""
    parts = [f"< {goal.seconds:g} s: {_time(goal, ours.median_seconds, n_cores)}"]
    if goal.ratio is not None and ratio is not None:
        parts.append(f">= {goal.ratio:,.0f} x: {_met(ratio >= goal.ratio)}")
    if goal.memory_mb is not None:
        parts.append(f"< {goal.memory_mb:,.0f} MB: {_met(ours.peak_memory_mb < goal.memory_mb)}")
    return "; ".join(parts)


def _time(goal: Goal, seconds: float, n_cores: int) -> str:
    if seconds >= goal.seconds and goal.parallel and n_cores <= FEW_CORES and seconds < 2.0 * goal.seconds:
        return f"met with the twice that {n_cores} cores are allowed"
    return _met(seconds < goal.seconds)


def _met(is_met: bool) -> str:
    return "met" if is_met else "**missed**"
