"""What was measured of a comparison, before the plan's family decides what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer_app.comparison.request import ComparisonRequest
from reviewer_app.comparison.result import McNemarSummary, Outcome
from reviewer_app.significance.paired_difference import PairedDifference


@dataclass(frozen=True, eq=False)
class Evidence:
    """Numbers of one comparison.

    Attributes
    ----------
    request
        What was compared.
    differences
        Metric id to its paired difference, under the submissions' own treatment of missing predictions.
    primary_otherwise
        The primary metric under the other treatment (wrong and drop), where predictions are missing; else None.
    outcomes
        Counts of the five outcomes of the first seeds' runs; all 0 where a team has no labels.
    mcnemar
        McNemar's test of the first seeds' runs; None where a team has no labels.
    n_missing_a, n_missing_b
        Missing predictions of the first seeds' runs.
    n_evaluated
        Examples that the label metrics are computed over: fewer than n under "drop".
    unit, n_units
        What is independent of each other: example, group or record; and how many there are.
    n_different
        Examples (of those evaluated) that only one team has right.
    seeds
        Seeds that the statistics use on each side: 1, or at least 3.
    """

    request: ComparisonRequest
    differences: Mapping[str, PairedDifference]
    primary_otherwise: PairedDifference | None
    outcomes: Mapping[Outcome, int]
    mcnemar: McNemarSummary | None
    n_missing_a: int
    n_missing_b: int
    n_evaluated: int
    unit: str
    n_units: int
    n_different: int
    seeds: int
