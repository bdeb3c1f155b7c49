"""What a comparison says: frozen, complete, and the same for window, command line and report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer_app.significance.beside.detail import SignificanceDetail


class Outcome(StrEnum):
    """Outcome of an example in a comparison; its position in this list is its code in arrays."""

    BOTH_RIGHT = "both_right"
    ONLY_A = "only_a"
    ONLY_B = "only_b"
    BOTH_WRONG_SAME = "both_wrong_same"
    BOTH_WRONG_DIFFERENT = "both_wrong_different"


class Verdict(StrEnum):
    """The four answers."""

    A_BETTER = "a_better"
    B_BETTER = "b_better"
    EQUIVALENT = "equivalent"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class MetricComparison:
    """One metric of both teams, and their difference A - B; fractions, unrounded.

    Attributes
    ----------
    metric
        Id in the registry.
    a, b, difference
        Values; None where not defined.
    ci_low, ci_high, ci_level
        THE interval of the difference (DESIGN 8), for its dataset alone.
    whisker_low, whisker_high
        The interval by the same method at level 1 - alpha / D, D the comparisons of the plan's family; None where there
        is none.
    p_value
        THE p.
    p_adjusted
        After Holm over the plan's family; None outside the plan and for metrics other than the primary one.
    margin, margin_is_default
        Margin of practical equivalence, and whether nobody chose it.
    p_equivalence, p_equivalence_adjusted
        The larger one-sided p at the margin, and after its own Holm.
    n_resamples
        B; None for closed forms.
    interval_method, test_method
        Names for people, for example "Tango score interval".
    minimum_detectable_difference
        The difference that this test set would have shown with 80 % power; None: none would have been shown.
    examples_for_margin
        About how many test examples would show a difference as large as the margin with 80 % power, to two digits;
        None where that is unknown.
    standard_error
        Of the difference; None where there is none.
    degrees_of_freedom
        Of the standard error; None where it is taken as known (normal).
    monte_carlo_error
        Standard error of `p_value` through the finite number of permutations; None for closed forms.
    not_defined
        Why values or their statistics are missing; None where nothing is.
    marks
        What shaped the numbers and must stand beside them, for example "stretched: a class has fewer than 5 examples".
    """

    metric: str
    a: float | None
    b: float | None
    difference: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: float = 0.95
    p_value: float | None = None
    p_adjusted: float | None = None
    margin: float | None = None
    margin_is_default: bool = True
    p_equivalence: float | None = None
    p_equivalence_adjusted: float | None = None
    n_resamples: int | None = None
    interval_method: str | None = None
    test_method: str | None = None
    minimum_detectable_difference: float | None = None
    standard_error: float | None = None
    monte_carlo_error: float | None = None
    not_defined: str | None = None
    marks: tuple[str, ...] = ()
    whisker_low: float | None = None
    whisker_high: float | None = None
    degrees_of_freedom: float | None = None
    examples_for_margin: int | None = None


@dataclass(frozen=True)
class McNemarSummary:
    """McNemar's test of one pair of runs."""

    seed: int
    only_a: int
    only_b: int
    p_exact: float
    p_mid: float


@dataclass(frozen=True)
class RobustnessRow:
    """The verdict of a comparison under one choice of the analysis.

    Attributes
    ----------
    choice, description
        Id of the choice, "as_planned" for the verdict itself; the choice in words.
    n_examples
        Examples that are evaluated.
    difference, ci_low, ci_high, p_value, p_adjusted
        Of the primary metric; None where not defined.
    verdict, reason, within_margin
        What the plan's family decides when this choice alone is switched, wherever it applies.
    not_defined
        Why something is missing; None where nothing is.
    """

    choice: str
    description: str
    n_examples: int
    difference: float | None
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    p_adjusted: float | None
    verdict: Verdict
    reason: str | None = None
    within_margin: bool = False
    not_defined: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Two submissions on the same dataset and split, always reported as A - B.

    Attributes are those of the ``comparisons`` entries of ``results --json`` (README, "JSON").
    """

    dataset: str
    split: str
    task: str
    team_a: str
    team_b: str
    submission_a: str
    submission_b: str
    version_a: str
    version_b: str
    planned: bool
    seeds: int
    unit: str
    n_units: int
    n_examples: int
    n_missing_a: int
    n_missing_b: int
    primary_metric: str
    metrics: Mapping[str, MetricComparison]
    outcomes: Mapping[Outcome, int]
    mcnemar: McNemarSummary | None
    verdict: Verdict
    reason: str | None = None
    within_margin: bool = False
    sentence: str = ""
    warnings: tuple[str, ...] = field(default=())
    robustness: tuple[RobustnessRow, ...] = ()
    """The verdict under each defensible choice, as planned first; empty where there is no other choice."""
    robustness_sentence: str = ""
    beside: SignificanceDetail | None = None
    """What stands beside the primary metric's numbers, where that was asked for."""

    @property
    def primary(self) -> MetricComparison:
        """The comparison of the primary metric."""
        return self.metrics[self.primary_metric]


@dataclass(frozen=True)
class Estimate:
    """A difference with its 95 % interval, or why there is none."""

    difference: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    not_defined: str | None = None
    warning: str = ""


@dataclass(frozen=True)
class TaskAverage:
    """Mean of the primary metric over the datasets of one task that both teams ran and that share the metric."""

    a: float
    b: float
    difference: float
    ci_low: float | None
    ci_high: float | None
    n_datasets: int


@dataclass(frozen=True)
class Overall:
    """Two teams over all datasets.

    Attributes
    ----------
    team_a, team_b
        The teams.
    neutral_difference
        ((A - B on A's data) + (A - B on B's data)) / 2: first, because it is the fair one.
    home_advantage
        ((A - B on A's data) - (A - B on B's data)) / 2: positive is a gain where higher is better.
    average
        Task to the average over its datasets; a task whose datasets have different metrics is absent.
    lead
        The shortest answer, one sentence.
    sentence
        The lead and its numbers.
    """

    team_a: str
    team_b: str
    neutral_difference: Estimate
    home_advantage: Estimate
    average: Mapping[str, TaskAverage]
    lead: str
    sentence: str
