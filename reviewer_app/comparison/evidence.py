"""What was measured of a comparison, before the plan's family decides what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewer_app.comparison.request import ComparisonRequest
from reviewer_app.comparison.result import McNemarSummary, Outcome
from reviewer_app.significance.paired_difference import PairedDifference


class Choice(StrEnum):
    """A choice of the analysis that another reviewer might make differently."""

    MISSING_WRONG = "missing_wrong"
    """Missing predictions count as wrong."""
    MISSING_DROP = "missing_drop"
    """Examples that a team gave no prediction for are dropped for both."""
    WITHOUT_SEEN_BEFORE = "without_seen_before"
    """Test examples equal to a row of training or validation are left out."""
    WITHOUT_REPEATED = "without_repeated"
    """Of equal test examples only the first is kept."""
    BY_EXAMPLES = "by_examples"
    """Groups, or shared records, are ignored: every example counts as independent."""
    FIRST_SEED = "first_seed"
    """The first run of each team alone."""


@dataclass(frozen=True)
class Alternative:
    """The primary metric under another choice.

    Attributes
    ----------
    choice
        What is chosen differently.
    n_examples
        Examples that remain.
    n_different
        Those of them that only one team has right (first seeds); None where a team has no labels.
    difference
        The metric.
    """

    choice: Choice
    n_examples: int
    n_different: int | None
    difference: PairedDifference


@dataclass(frozen=True, eq=False)
class Evidence:
    """Numbers of one comparison.

    Attributes
    ----------
    request
        What was compared.
    differences
        Metric id to its paired difference, under the submissions' own treatment of missing predictions.
    alternatives
        The primary metric under other defensible choices, each switched alone.
    outcomes
        Counts of the five outcomes of the first seeds' runs; all 0 where a team has no labels.
    mcnemar
        McNemar's test of the first seeds' runs; None where a team has no labels.
    n_missing_a, n_missing_b
        Examples that some run of the team which the statistics use has no prediction for.
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
    alternatives: tuple[Alternative, ...]
    outcomes: Mapping[Outcome, int]
    mcnemar: McNemarSummary | None
    n_missing_a: int
    n_missing_b: int
    n_evaluated: int
    unit: str
    n_units: int
    n_different: int
    seeds: int
