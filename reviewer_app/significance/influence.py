"""Influence values: the first-order effect of each example on a difference, the one source of standard errors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.class_counts import ClassCounts
from reviewer_app.evaluation.counts import class_counts, class_counts_of, costs_with_outside
from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.needs import score_of_positive
from reviewer_app.evaluation.registry import Family, Metric, Needs
from reviewer_app.significance.auc import auc_influence, placements, stretched
from reviewer_app.significance.joint_counts import inside_codes, most_confused
from reviewer_app.significance.skewness import skewness_of

_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Influence:
    """Effects on the difference A - B, averaged over the runs of each team.

    Attributes
    ----------
    values
        Effect of each example, shape (n,); their sum is 0 up to rounding.
    pseudo_variance
        Sum of squared effects of the two pseudo-examples; 0 for families that have none.
    different
        On which examples the runs do not all agree (values, places in the ranking, or labels, where the metric tells
        these from each other), shape (n,).
    degrees_of_freedom
        Of `variance`: n - 1 for means, Satterthwaite's over the classes for rankings, infinite with pseudo-examples.
    """

    values: FloatArray
    pseudo_variance: float
    different: BoolArray
    degrees_of_freedom: float = math.inf

    @property
    def n_different(self) -> int:
        """Number of examples on which the runs do not all agree."""
        return int(np.count_nonzero(self.different))

    @property
    def variance(self) -> float:
        """Variance of the difference where all examples are independent."""
        return float(self.values @ self.values) + self.pseudo_variance

    @property
    def skewness(self) -> float:
        """Third standardised moment of the difference where all examples are independent, to first order."""
        return skewness_of(self.values)


def influence_difference(metric: Metric, gold: Gold, a: Predictions, b: Predictions) -> FloatArray:
    """Return the first-order effect of each example on the difference A - B, shape (n,), without pseudo-examples.

    The effect of adding an example like it once more, to first order; the values add up to 0. Proportions and means:
    (value of A - value of B - their mean difference) / n; metrics of counts: from the gradient; AUC: from placements;
    average precision: its derivatives.
    0 for examples that the metric leaves out (probabilities missing).

    Raises
    ------
    ValueError
        The metric has no influence values (see `has_influence`), or it is not defined for a team.
    """
    for predictions in (a, b):
        reason = metric.value(gold, predictions).reason
        if reason is not None:
            raise ValueError(f"{metric.id} is not defined: {reason}")
    complete = complete_examples(metric, gold, (a, b))
    values = np.zeros(gold.n_examples)
    part, part_a, part_b = gold.take(complete), a.take(complete), b.take(complete)
    match metric.family:
        case Family.PROPORTION | Family.MEAN:
            apart = _values_per_example(metric, part, part_a) - _values_per_example(metric, part, part_b)
            values[complete] = (apart - apart.mean()) / len(apart)
        case Family.COUNT:
            values[complete] = _count_effects(metric, part, part_a) - _count_effects(metric, part, part_b)
        case Family.AUC:
            of_a, of_b = auc_influence(metric, part, (part_a, part_b), unbiased=False).of_runs
            values[complete] = of_a - of_b
        case Family.RANKING if metric.effects is not None:
            of_a, of_b = (_ranking_effects(metric, part, run) for run in (part_a, part_b))
            values[complete] = of_a - of_b
        case _:
            raise ValueError(f"{metric.id} has no influence values")
    return values


def has_influence(metric: Metric) -> bool:
    """Return whether a metric has influence values: all but calibration errors and recall at fixed precision."""
    return metric.family is not Family.CALIBRATION and (
        metric.family is not Family.RANKING or metric.effects is not None
    )


def influence_of_runs(
    metric: Metric, gold: Gold, runs_a: Sequence[Predictions], runs_b: Sequence[Predictions]
) -> Influence:
    """Return the influence on the difference of the two teams' means over their runs, pseudo-examples included.

    Proportions and metrics of counts have the two pseudo-examples of `joint_counts.joint_counts`; the wrong label of a
    class is the one that all runs together most often confuse it with. The effects on rankings are stretched by
    sqrt(m / (m - 1)), m the examples of the same class, so that for AUC their squares add up to DeLong's variance; NaN
    where a class has a single example.

    Parameters
    ----------
    metric
        One that has influence values, and is defined for every run.
    gold
        Of complete examples (see `complete_examples`).
    runs_a, runs_b
        Predictions of each team's runs (seeds). No runs of B: the influence on the value of A, with one
        pseudo-example that it has right and one that it has wrong.
    """
    match metric.family:
        case Family.PROPORTION | Family.MEAN:
            return _of_means(metric, gold, runs_a, runs_b)
        case Family.COUNT:
            return _of_counts(metric, gold, runs_a, runs_b)
        case Family.AUC:
            influence = auc_influence(metric, gold, (*runs_a, *runs_b), unbiased=True)
            return _of_ranking(gold, _mean_difference(influence.of_runs, len(runs_a)), influence.different)
        case Family.RANKING if metric.effects is not None:
            runs = (*runs_a, *runs_b)
            sizes = np.bincount(gold.y_true)[gold.y_true]
            effects = _mean_difference([_ranking_effects(metric, gold, run) for run in runs], len(runs_a))
            return _of_ranking(gold, stretched(effects, sizes), places_differ(gold, runs))
        case _:
            raise ValueError(f"{metric.id} has no influence values")


def places_differ(gold: Gold, runs: Sequence[Predictions]) -> BoolArray:
    """Return which examples the runs' scores of the positive label place differently among the other class, (n,)."""
    positive = gold.y_true == gold.positive
    if positive.all() or not positive.any():
        return np.zeros(gold.n_examples, dtype=np.bool_)
    return _different([placements(positive, positive_score(gold, run)) for run in runs])


def positive_score(gold: Gold, run: Predictions) -> FloatArray:
    """Return the score of the positive label, shape (n,), for a run that has one."""
    score = score_of_positive(run, gold.positive)
    assert score is not None
    return score


def complete_examples(metric: Metric, gold: Gold, runs: Sequence[Predictions]) -> BoolArray:
    """Return which examples have what the metric needs in every run, shape (n,)."""
    complete = np.ones(gold.n_examples, dtype=np.bool_)
    for run in runs:
        if metric.per_example is not None:
            complete &= ~np.isnan(metric.per_example(gold, run))
        elif metric.needs is Needs.SCORE:
            score = score_of_positive(run, gold.positive)
            complete &= score is not None and ~np.isnan(score)
        elif metric.needs is Needs.PROBABILITIES and run.probabilities is not None:
            complete &= ~np.isnan(run.probabilities).any(axis=1)
        elif metric.needs is Needs.PROBABILITIES and metric.family is not Family.CALIBRATION:
            # A calibration error can also be that of the stated confidences.
            complete &= False
    return complete


def _ranking_effects(metric: Metric, gold: Gold, run: Predictions) -> FloatArray:
    assert metric.effects is not None
    return metric.effects(gold.y_true == gold.positive, positive_score(gold, run))


def _of_ranking(gold: Gold, values: FloatArray, different: BoolArray) -> Influence:
    """Return the influence on a ranking, its degrees of freedom from the variance that each class adds."""
    of_classes = np.bincount(gold.y_true, weights=values**2)
    sizes = np.bincount(gold.y_true)
    spread = float(np.sum(of_classes[sizes > 1] ** 2 / (sizes[sizes > 1] - 1)))
    return Influence(values, 0.0, different, float(of_classes.sum()) ** 2 / spread if spread > 0.0 else math.inf)


def _values_per_example(metric: Metric, gold: Gold, predictions: Predictions) -> FloatArray:
    assert metric.per_example is not None
    return metric.per_example(gold, predictions)


def _of_means(metric: Metric, gold: Gold, runs_a: Sequence[Predictions], runs_b: Sequence[Predictions]) -> Influence:
    of_runs = [_values_per_example(metric, gold, run) for run in (*runs_a, *runs_b)]
    apart = _mean_difference(of_runs, len(runs_a))
    difference, n = float(apart.mean()), gold.n_examples
    if metric.family is Family.MEAN:
        return Influence((apart - difference) / n, 0.0, _different(of_runs), n - 1.0)
    n += 2
    of_only_b = -1.0 if runs_b else 0.0
    pseudo_variance = ((1.0 - difference) ** 2 + (of_only_b - difference) ** 2) / n**2
    return Influence((apart - difference) / n, pseudo_variance, _different(of_runs))


def _of_counts(metric: Metric, gold: Gold, runs_a: Sequence[Predictions], runs_b: Sequence[Predictions]) -> Influence:
    runs = (*runs_a, *runs_b)
    labels = [inside_codes(_labels(run), gold.n_classes) for run in runs]
    wrong = most_confused(gold.y_true.astype(np.intp), labels, gold.n_classes)
    present = np.flatnonzero(np.bincount(gold.y_true, minlength=gold.n_classes))
    of_runs, of_right, of_wrong = [], [], []
    different = np.zeros(gold.n_examples, dtype=np.bool_)
    for run, own in zip(runs, labels, strict=True):
        effects = _CountEffects(metric, gold, class_counts_of(gold, run), wrong)
        of_runs.append(effects.of(gold.y_true, own))
        different |= _different(
            [of_runs[-1], *(effects.of(gold.y_true, other) for other in labels if other is not own)]
        )
        of_right.append(effects.of(present, present))
        of_wrong.append(effects.of(present, wrong[present]))
    n_a = len(runs_a)
    only_a = _mean_difference([*of_right[:n_a], *of_wrong[n_a:]], n_a)
    only_b = _mean_difference([*of_wrong[:n_a], *of_right[n_a:]], n_a)
    pseudo_variance = float(np.mean(only_a**2 + only_b**2))
    return Influence(_mean_difference(of_runs, n_a), pseudo_variance, different)


class _CountEffects:
    """Effects of single examples on a metric of counts at one run's counts; with `wrong`, with pseudo-examples."""

    def __init__(self, metric: Metric, gold: Gold, counts: ClassCounts, wrong: IntArray | None) -> None:
        assert metric.gradient is not None
        self._costs = None if gold.costs is None else costs_with_outside(gold.costs)
        if wrong is not None:
            counts = _with_pseudo_examples(counts, wrong, self._costs)
        gradient = metric.gradient(counts)
        self._right = gradient.true_positives
        self._true = gradient.true + gradient.n
        self._predicted = np.append(gradient.predicted, 0.0)
        self._cost = gradient.cost

    def of(self, y_true: IntArray, labels: IntArray) -> FloatArray:
        """Return the effect of an example of each label predicted so (k: outside the spec)."""
        effect: FloatArray = self._true[y_true] + self._predicted[labels] + self._right[y_true] * (y_true == labels)
        if self._costs is not None:
            effect = effect + self._cost * self._costs[y_true, labels]
        return effect


def _with_pseudo_examples(counts: ClassCounts, wrong: IntArray, costs: FloatArray | None) -> ClassCounts:
    """Return counts of one team with both pseudo-examples: for it, one that it has right and one that it has wrong."""
    k = len(counts.true)
    share = (counts.true > 0.0) / np.count_nonzero(counts.true)
    misplaced = np.bincount(wrong, weights=share, minlength=k + 1)[:k]
    cost = counts.cost
    if cost is not None and costs is not None:
        cost = cost + share @ costs[np.arange(k), wrong]
    return ClassCounts(
        true_positives=counts.true_positives + share,
        true=counts.true + 2.0 * share,
        predicted=counts.predicted + share + misplaced,
        n=counts.n + 2.0,
        cost=cost,
        positive=counts.positive,
    )


def _count_effects(metric: Metric, gold: Gold, predictions: Predictions) -> FloatArray:
    labels = _labels(predictions)
    return _CountEffects(metric, gold, class_counts(gold, labels), None).of(
        gold.y_true, inside_codes(labels, gold.n_classes)
    )


def _labels(predictions: Predictions) -> IntArray:
    assert predictions.y_pred is not None
    return predictions.y_pred


def _mean_difference(of_runs: Sequence[FloatArray], n_a: int) -> FloatArray:
    """Return the mean over the first `n_a` arrays less the mean over the others, of which there may be none."""
    mean_a: FloatArray = np.mean(of_runs[:n_a], axis=0)
    return mean_a - np.mean(of_runs[n_a:], axis=0) if len(of_runs) > n_a else mean_a


def _different(of_runs: Sequence[FloatArray | IntArray]) -> BoolArray:
    different = np.zeros(len(of_runs[0]), dtype=np.bool_)
    for other in of_runs[1:]:
        different |= np.abs(other - of_runs[0]) > _ROUNDING * (1.0 + np.abs(other))
    return different
