"""One metric of one comparison, ready for its procedure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions, Structure
from reviewer_app.evaluation.registry import Family, Metric, MetricValue
from reviewer_app.significance.influence import complete_examples
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.power import minimum_detectable_difference
from reviewer_app.significance.resampling import MonteCarloP
from reviewer_app.significance.skewness import skewness_corrected, skewness_of
from reviewer_app.significance.verdict import MIN_DIFFERENT
from reviewer_app.significance.wald import Wald

NO_VARIATION = "no interval: the teams' results do not vary against each other"

_LARGEST_LOSSES = 10
_ONE_IN = 20


@dataclass(frozen=True, eq=False)
class Case:
    """A metric that is defined for every run of both teams, on the examples that are complete in all of them.

    Attributes
    ----------
    metric
        What is compared.
    gold, runs_a, runs_b, structure
        Aligned arrays; one run of each team, or several (seeds).
    values_a, values_b
        The metric of each run.
    margin
        Margin of equivalence, if any.
    settings
        Alpha, level, B and seed.
    """

    metric: Metric
    gold: Gold
    runs_a: tuple[Predictions, ...]
    runs_b: tuple[Predictions, ...]
    structure: Structure
    values_a: tuple[float, ...]
    values_b: tuple[float, ...]
    margin: float | None
    settings: Settings

    @property
    def values(self) -> PairedDifference:
        """Mean value of each team's runs and their difference, before any statistics."""
        a, b = float(np.mean(self.values_a)), float(np.mean(self.values_b))
        return PairedDifference(a, b, a - b, ci_level=self.settings.ci_level)

    @property
    def difference(self) -> float:
        """A - B."""
        return float(np.mean(self.values_a)) - float(np.mean(self.values_b))

    def with_error(
        self, answer: PairedDifference, standard_error: float | None, df: float = math.inf
    ) -> PairedDifference:
        """Return the answer with its standard error, the degrees of freedom of that, and detectable difference."""
        if standard_error is None:
            return answer
        smallest = minimum_detectable_difference(standard_error, self.settings.alpha) if standard_error > 0.0 else None
        return replace(
            answer,
            standard_error=standard_error,
            degrees_of_freedom=None if math.isinf(df) else df,
            minimum_detectable_difference=smallest,
        )

    def with_test(self, answer: PairedDifference, p: MonteCarloP, method: str) -> PairedDifference:
        """Return the answer with THE p."""
        return replace(
            answer,
            p_value=p.p_value,
            n_resamples=max(p.n_resamples or 0, answer.n_resamples or 0) or None,
            monte_carlo_error=p.monte_carlo_error,
            test_method=method if p.n_resamples else f"{method}, exact",
        )

    def with_wald(self, answer: PairedDifference, test: Callable[[float], Wald], method: str) -> PairedDifference:
        """Return the answer with a closed-form interval and equivalence p, and the reason where there is none.

        `test` gives them for a level of the interval.
        """

        def interval(level: float) -> tuple[float, float] | None:
            found = test(level)
            return None if found.ci_low is None or found.ci_high is None else (found.ci_low, found.ci_high)

        p_equivalence = test(self.settings.ci_level).p_equivalence
        return self.with_interval(replace(answer, p_equivalence=p_equivalence), interval, method)

    def with_interval(
        self, answer: PairedDifference, interval: Callable[[float], tuple[float, float] | None], method: str
    ) -> PairedDifference:
        """Return the answer with THE interval and its whisker, or the reason where there is none.

        `interval` gives the ends for a level.
        """
        ends = interval(self.settings.ci_level)
        if ends is None:
            return self.lacking(answer, NO_VARIATION)
        # The same level up to rounding has no whisker of its own.
        has_whisker = self.settings.alpha < (1.0 - self.settings.ci_level) * (1.0 - 1e-9)
        whisker = interval(1.0 - self.settings.alpha) if has_whisker else None
        return replace(
            answer,
            ci_low=ends[0],
            ci_high=ends[1],
            whisker_low=None if whisker is None else whisker[0],
            whisker_high=None if whisker is None else whisker[1],
            interval_method=method,
        )

    def judged(self, answer: PairedDifference, n_different: int, unit: str = "example") -> PairedDifference:
        """Return the answer without what must not be concluded from it.

        No equivalence where fewer than 10 units differ; only proportions and metrics of counts over independent
        examples may claim it then, because their pseudo-examples are as large as a unit. No p for an unbounded loss
        that only its ten largest values would make significant, nor where there are fewer than 10 positives or 10
        negatives: a team that is too sure of itself pays for it on few of them, which such a sample need not hold (with
        5 positives among 50 examples the worse team was found better in 10 % of comparisons).
        """
        has_pseudo_units = unit == "example" and self.metric.family in (Family.PROPORTION, Family.COUNT)
        if n_different < MIN_DIFFERENT and not has_pseudo_units and answer.p_equivalence is not None:
            mark = f"fewer than {MIN_DIFFERENT} {unit}s differ, so equivalence is not tested"
            answer = replace(answer, p_equivalence=None, marks=(*answer.marks, mark))
        reason = self._why_no_test_of_loss(answer)
        if reason is None:
            return answer
        answer = replace(answer, p_value=None, p_equivalence=None, monte_carlo_error=None, test_method=None)
        return self.lacking(answer, f"no test: {reason}")

    def lacking(self, answer: PairedDifference, reason: str) -> PairedDifference:
        """Return the answer with one more reason why something is missing."""
        return replace(answer, not_defined=reason if answer.not_defined is None else f"{answer.not_defined}; {reason}")

    def _why_no_test_of_loss(self, answer: PairedDifference) -> str | None:
        """Return why an unbounded loss has no test; None where it has one, and for other metrics."""
        if self.metric.family is not Family.MEAN or not math.isinf(self.metric.range[1]):
            return None
        if self.gold.positive is not None:
            fewer, what = rarer_of_two(self.gold)
            if fewer < MIN_DIFFERENT:
                return f"fewer than {MIN_DIFFERENT} {what} ({fewer}), and an unbounded loss may hang on them"
        if self._largest_losses_decide(answer):
            return f"only through the largest losses (at most {_LARGEST_LOSSES}) would it be significant"
        return None

    def _largest_losses_decide(self, answer: PairedDifference) -> bool:
        """Return whether p is below alpha through the largest losses alone.

        Those ten (at most one in twenty examples) are cut to the next largest loss: decisive if the difference then
        falls by over half and is no longer below alpha, its standard error falling as that of independent examples.
        """
        n = self.gold.n_examples
        n_largest = min(_LARGEST_LOSSES, n // _ONE_IN)
        if n_largest == 0 or answer.p_value is None or answer.p_value >= self.settings.alpha:
            return False
        losses_a, losses_b = self.values_per_example()
        limit = -np.partition(-np.maximum(losses_a, losses_b), n_largest)[n_largest]
        cut = np.minimum(losses_a, limit) - np.minimum(losses_b, limit)
        kept = float(cut.mean()) / self.difference
        if kept > 0.5:
            return False
        if kept <= 0.0 or answer.standard_error is None:
            return True
        standard_error = answer.standard_error * float(cut.std() / (losses_a - losses_b).std())
        test = skewness_corrected(float(cut.mean()), standard_error, skewness_of(cut - cut.mean()), df=n - 1.0)
        return test.p_value is None or test.p_value >= self.settings.alpha

    def values_per_example(self) -> tuple[FloatArray, FloatArray]:
        """Return the value of each example, mean over each team's runs; shapes (n,). Proportions and means only."""
        assert self.metric.per_example is not None
        of_a = np.mean([self.metric.per_example(self.gold, run) for run in self.runs_a], axis=0)
        of_b = np.mean([self.metric.per_example(self.gold, run) for run in self.runs_b], axis=0)
        return of_a, of_b

    def labels(self) -> tuple[IntArray, IntArray]:
        """Return the predicted codes of the first run of each team."""
        a, b = self.runs_a[0].y_pred, self.runs_b[0].y_pred
        assert a is not None
        assert b is not None
        return a, b


def rarer_of_two(gold: Gold, among: BoolArray | None = None) -> tuple[int, str]:
    """Return how many examples are of the rarer of two labels, and which that is: "positives" or "negatives".

    Parameters
    ----------
    gold
        With a positive label.
    among
        Which examples are counted, shape (n,); None: all.
    """
    positive = gold.y_true == gold.positive
    counted = positive if among is None else positive[among]
    n_positive = int(np.count_nonzero(counted))
    return min((n_positive, "positives"), (len(counted) - n_positive, "negatives"))


def case_of(
    metric: Metric,
    gold: Gold,
    runs_a: Sequence[Predictions],
    runs_b: Sequence[Predictions],
    structure: Structure,
    margin: float | None,
    settings: Settings,
) -> Case | PairedDifference:
    """Return the case of a metric, or the answer where there is none: not defined for a team, and why.

    Examples for which some run lacks what the metric needs are left out for all.
    """
    values_a, values_b = ([metric.value(gold, run) for run in runs] for runs in (runs_a, runs_b))
    undefined = _undefined(values_a, values_b, settings)
    if undefined is not None:
        return undefined
    complete = complete_examples(metric, gold, (*runs_a, *runs_b))
    if not complete.all():
        gold, structure = gold.take(complete), structure.take(complete)
        runs_a, runs_b = ([run.take(complete) for run in runs] for runs in (runs_a, runs_b))
        values_a, values_b = ([metric.value(gold, run) for run in runs] for runs in (runs_a, runs_b))
        undefined = _undefined(values_a, values_b, settings)
        if undefined is not None:
            return undefined
    return Case(
        metric=metric,
        gold=gold,
        runs_a=tuple(runs_a),
        runs_b=tuple(runs_b),
        structure=structure,
        values_a=_defined(values_a),
        values_b=_defined(values_b),
        margin=margin,
        settings=settings,
    )


def _defined(values: Sequence[MetricValue]) -> tuple[float, ...]:
    return tuple(value.value for value in values if value.value is not None)


def _undefined(
    values_a: Sequence[MetricValue], values_b: Sequence[MetricValue], settings: Settings
) -> PairedDifference | None:
    """Return the answer where a run has no value: the other team's mean, and the reason; else None."""
    means: list[float | None] = []
    reasons: dict[str, str] = {}
    for team, values in (("A", values_a), ("B", values_b)):
        found = _defined(values)
        means.append(float(np.mean(found)) if len(found) == len(values) else None)
        reason = next((value.reason for value in values if value.value is None), None)
        if reason is not None:
            reasons[team] = reason
    if not reasons:
        return None
    if len(reasons) == 2 and reasons["A"] == reasons["B"]:
        why = reasons["A"]
    else:
        why = "; ".join(f"{team}: {reason}" for team, reason in reasons.items())
    return PairedDifference(means[0], means[1], None, ci_level=settings.ci_level, not_defined=why)
