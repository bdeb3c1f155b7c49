"""Evidence that tests of claims share."""

from __future__ import annotations

from typing import Any

import numpy as np

from reviewer_app.claims.evidence import TeamDifference, TeamValue
from reviewer_app.comparison.result import MetricComparison
from reviewer_app.evaluation.metrics import metric
from reviewer_app.significance.measured_value import MeasuredValue, SamplingError


def team_value(right: int = 1660, n: int = 2000, **facts: Any) -> TeamValue:
    """Return what a team has right of n test examples of D, its own dataset, by predictions that it handed in."""
    share = right / n
    pseudo = (share**2 + (1 - share) ** 2) / (n + 2) ** 2
    measured = MeasuredValue(
        share, n, (share,), sampling_error=SamplingError(share * (1 - share) / n, pseudo, n), n_right=right
    )
    known: dict[str, Any] = {
        "metric": metric("accuracy"),
        "dataset": "D",
        "team": "T",
        "task": "classification",
        "measured": measured,
        "n_test": n,
        "n_missing": 0,
        "kind": "predictions",
        "is_home": True,
    }
    return TeamValue(**{**known, **facts})


def seeds(*values: float, **facts: Any) -> TeamValue:
    """Return what an algorithm has right, trained again with several seeds."""
    mean = float(np.mean(values))
    measured = MeasuredValue(mean, 2000, values, sampling_error=SamplingError(7e-5, 0.0, 2000))
    return team_value(measured=measured, kind="algorithm", **facts)


def team_difference(difference: float | None = 0.05, half: float = 0.02, **facts: Any) -> TeamDifference:
    """Return a difference of T over B on D with its interval."""
    of_metric = facts.pop("metric", "accuracy")
    numbers = MetricComparison(
        of_metric,
        0.8,
        None if difference is None else 0.8 - difference,
        difference,
        ci_low=None if difference is None else difference - half,
        ci_high=None if difference is None else difference + half,
        p_value=None if difference is None else (1e-6 if abs(difference) > half else 0.3),
        minimum_detectable_difference=0.028,
        not_defined="no scores" if difference is None else None,
    )
    known: dict[str, Any] = {
        "metric": metric(of_metric),
        "dataset": "D",
        "team": "T",
        "over": "B",
        "task": "classification",
        "numbers": numbers,
        "seeds": 1,
        "trained_once": False,
    }
    return TeamDifference(**{**known, **facts})
