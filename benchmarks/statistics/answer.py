"""What a contender answers for a metric, and what of it may be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class MetricAnswer:
    """A metric of both teams, and what a contender says about the difference.

    Attributes
    ----------
    a, b
        The metric of each team.
    interval
        95 % interval of A - B; None where the contender gives none, or none of the difference.
    p_value
        Two-sided p of the difference; None where the contender gives none that answers the same question.
    """

    a: float
    b: float
    interval: tuple[float, float] | None = None
    p_value: float | None = None


Answer = Mapping[str, MetricAnswer]
"""By metric id."""


def as_json(answer: Answer) -> dict[str, Any]:
    """Return what the json module can write."""
    return {name: asdict(of_metric) for name, of_metric in answer.items()}


def largest_distance(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> float:
    """Return the largest distance between values of the same metric and team, of answers as `as_json` gives them.

    Raises
    ------
    KeyError
        A metric that only the other contender has.
    """
    return max(abs(float(ours[name][team]) - float(theirs[name][team])) for name in theirs for team in ("a", "b"))
