"""What a comparison is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer_app.evaluation.inputs import DoubtfulExamples, Gold, Predictions, Structure


@dataclass(frozen=True, eq=False)
class Side:
    """One team's submission on the dataset.

    Attributes
    ----------
    team, submission, version
        Whose, which.
    kind
        "predictions", "model" or "algorithm".
    seeds
        Seeds of the runs; the first is the one whose outcomes and McNemar counts are shown.
    runs
        Predictions of each run, in the order of `seeds`, as they were handed in (missing ones untreated).
    missing
        How this submission's missing predictions count: "wrong", "drop" or "negative".
    """

    team: str
    submission: str
    version: str
    kind: str
    seeds: tuple[int, ...]
    runs: tuple[Predictions, ...]
    missing: str = "wrong"


@dataclass(frozen=True, eq=False)
class ComparisonRequest:
    """Two submissions on the same split of the same dataset.

    Attributes
    ----------
    dataset, split, task
        What they are compared on.
    gold, structure
        The labels; which examples are not independent.
    a, b
        The two sides; every difference is A - B.
    primary_metric
        Id of the metric that decides the verdict on this dataset.
    planned
        Whether the plan names this comparison.
    doubtful
        Test examples that may be left out to see whether the verdict holds.
    """

    dataset: str
    split: str
    task: str
    gold: Gold
    structure: Structure
    a: Side
    b: Side
    primary_metric: str
    planned: bool = True
    doubtful: DoubtfulExamples = field(default_factory=DoubtfulExamples)
