"""What results say of the two sides that the user chose, and why they say nothing."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.comparison.result import Comparison
from reviewer_app.review.queries import CellState, DatasetSummary, RunInfo


def of_pair(comparisons: Sequence[Comparison], a: str | None, b: str | None) -> list[Comparison]:
    """Return the comparisons of the chosen pair, in that order."""
    return [
        comparison
        for comparison in comparisons
        if a in _side(comparison.team_a, comparison.version_a) and b in _side(comparison.team_b, comparison.version_b)
    ]


def why_missing(runs: Sequence[RunInfo], dataset: DatasetSummary, a: str | None, b: str | None) -> str:
    """Return why two sides cannot be compared on a dataset, in words."""
    reasons = []
    for side in (a, b):
        if side is None:
            return "There are no two sides to compare yet: add another submission."
        states = [
            run
            for run in runs
            if run.dataset == dataset.name
            and (side == f"{run.team}:{run.version}" or (run.current and side == run.team))
            and run.state is not CellState.DONE
        ]
        for run in states[:1]:
            words = str(run.state).replace("_", " ").replace("missing", "not run yet").replace("stale", "out of date")
            reasons.append(f"{side}: {words}{f' ({run.reason})' if run.reason else ''}")
    return "; ".join(reasons) + "." if reasons else "One of the two sides has no result on this dataset."


def _side(name: str, version: str) -> set[str]:
    return {name, f"{name}:{version}"}
