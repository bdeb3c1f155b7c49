"""What a claim is held against: numbers that were measured, and facts about how."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.comparison.result import MetricComparison
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.measured_value import MeasuredValue


@dataclass(frozen=True)
class TeamValue:
    """One team's value of a metric on a dataset, and what says how a paper's value may relate to it.

    Attributes
    ----------
    metric, dataset, team, task
        Of what.
    measured
        None where the metric is not defined.
    n_test
        Examples of the test split.
    n_missing
        Those of them without a prediction.
    kind
        What the team handed in: "predictions", "model" or "algorithm".
    is_home
        Whether the dataset is the team's own.
    not_defined
        Why there is no value; None where there is one.
    """

    metric: Metric
    dataset: str
    team: str
    task: str
    measured: MeasuredValue | None
    n_test: int
    n_missing: int
    kind: str
    is_home: bool
    not_defined: str | None = None


@dataclass(frozen=True)
class TeamDifference:
    """The difference of two teams in a metric on a dataset, as the comparison has it.

    Attributes
    ----------
    metric, dataset, team, over, task
        Of what.
    numbers
        Those of team - over.
    seeds
        Runs on each side that it is about.
    trained_once
        Whether a side was trained, with one seed each.
    """

    metric: Metric
    dataset: str
    team: str
    over: str
    task: str
    numbers: MetricComparison
    seeds: int
    trained_once: bool


@dataclass(frozen=True)
class TeamDifferences:
    """The differences that a rank is made of, in the order of `RankClaim.differences`."""

    differences: tuple[TeamDifference, ...]


Evidence = TeamValue | TeamDifference | TeamDifferences
