"""Partial derivatives of the metrics of counts, the ground of their influence values.

Each function takes counts with any leading axis and gives derivatives of the same shape, NaN where the metric is not
defined. Which classes occur in the gold is held fixed, and a class that is never predicted adds nothing to the
derivative of macro precision, which jumps there.

All metrics are homogeneous of degree 0 in the counts, so the effects of a sample's own examples add up to 0 (Euler).
"""

from __future__ import annotations

import numpy as np

from reviewer_app.evaluation import counts as metrics
from reviewer_app.evaluation.class_counts import ClassCounts, CountGradient
from reviewer_app.evaluation.counts import divided, positive_of
from reviewer_app.evaluation.inputs import FloatArray


def accuracy(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of accuracy."""
    per_example = divided(np.ones_like(counts.n), counts.n)
    return CountGradient(
        true_positives=_for_each_class(per_example, counts),
        true=np.zeros_like(counts.true),
        predicted=np.zeros_like(counts.true),
        n=-metrics.accuracy(counts) * per_example,
    )


def macro_recall(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of macro recall (balanced accuracy)."""
    by_right = _share_of_gold_classes(counts) * _inverse(counts.true)
    return CountGradient(
        true_positives=by_right,
        true=-by_right * counts.true_positives * _inverse(counts.true),
        predicted=np.zeros_like(counts.true),
    )


def macro_precision(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of macro precision."""
    by_right = _share_of_gold_classes(counts) * _inverse(counts.predicted)
    return CountGradient(
        true_positives=by_right,
        true=np.zeros_like(counts.true),
        predicted=-by_right * counts.true_positives * _inverse(counts.predicted),
    )


def macro_f1(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of macro F1."""
    inverse = _inverse(counts.true + counts.predicted)
    by_right = 2.0 * _share_of_gold_classes(counts) * inverse
    by_denominator = -by_right * counts.true_positives * inverse
    return CountGradient(true_positives=by_right, true=by_denominator, predicted=by_denominator)


def weighted_f1(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of weighted F1."""
    per_example = divided(np.ones_like(counts.n), counts.n)
    inverse = _inverse(counts.true + counts.predicted)
    by_right = 2.0 * inverse * per_example[..., np.newaxis]
    return CountGradient(
        true_positives=by_right * counts.true,
        true=by_right * counts.true_positives * counts.predicted * inverse,
        predicted=-by_right * counts.true_positives * counts.true * inverse,
        n=-metrics.weighted_f1(counts) * per_example,
    )


def mcc(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of Matthews' correlation coefficient."""
    value = metrics.mcc(counts)
    n, true, predicted = counts.n, counts.true, counts.predicted
    outside = n - predicted.sum(-1)
    spread_true = _where_defined(n * n - (true * true).sum(-1), value)
    spread_predicted = _where_defined(n * n - (predicted * predicted).sum(-1) - outside * outside, value)
    scale = 1.0 / (np.sqrt(spread_true) * np.sqrt(spread_predicted))
    by_true, by_predicted = value / spread_true, value / spread_predicted
    return CountGradient(
        true_positives=_for_each_class(n * scale, counts),
        true=by_true[..., np.newaxis] * true - scale[..., np.newaxis] * predicted,
        predicted=by_predicted[..., np.newaxis] * (predicted - outside[..., np.newaxis])
        - scale[..., np.newaxis] * true,
        n=scale * counts.true_positives.sum(-1) - by_true * n - by_predicted * (n - outside),
    )


def cohen_kappa(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of Cohen's kappa."""
    value = metrics.cohen_kappa(counts)
    n = counts.n
    possible = _where_defined(n * n - (counts.true * counts.predicted).sum(-1), value)
    by_chance = ((value - 1.0) / possible)[..., np.newaxis]
    return CountGradient(
        true_positives=_for_each_class(n / possible, counts),
        true=by_chance * counts.predicted,
        predicted=by_chance * counts.true,
        n=(counts.true_positives.sum(-1) - 2.0 * n * value) / possible,
    )


def precision(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of the positive label's precision."""
    positive = positive_of(counts)
    predicted = counts.predicted[..., positive]
    by_right = divided(np.ones_like(predicted), predicted)
    return _of_positive(counts, by_right, 0.0 * by_right, -metrics.precision(counts) * by_right)


def recall(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of the positive label's recall."""
    true = counts.true[..., positive_of(counts)]
    by_right = divided(np.ones_like(true), true)
    return _of_positive(counts, by_right, -metrics.recall(counts) * by_right, 0.0 * by_right)


def f_beta(counts: ClassCounts, beta: float = 1.0) -> CountGradient:
    """Return the derivatives of the positive label's F-beta."""
    positive = positive_of(counts)
    weight = beta * beta
    denominator = weight * counts.true[..., positive] + counts.predicted[..., positive]
    inverse = divided(np.ones_like(denominator), denominator)
    by_denominator = -metrics.f_beta(counts, beta) * inverse
    return _of_positive(counts, (1.0 + weight) * inverse, weight * by_denominator, by_denominator)


def mean_cost(counts: ClassCounts) -> CountGradient:
    """Return the derivatives of the mean cost."""
    zero = np.zeros_like(counts.true)
    per_example = divided(np.ones_like(counts.n), counts.n)
    return CountGradient(
        true_positives=zero,
        true=zero,
        predicted=zero,
        n=-metrics.mean_cost(counts) * per_example,
        cost=per_example,
    )


def _of_positive(
    counts: ClassCounts, true_positives: FloatArray, true: FloatArray, predicted: FloatArray
) -> CountGradient:
    """Return a gradient that is 0 for every class but the positive one, where it has the values given."""
    is_positive = np.arange(counts.true.shape[-1]) == positive_of(counts)

    def at_positive(values: FloatArray) -> FloatArray:
        return np.asarray(values[..., np.newaxis] * is_positive)

    return CountGradient(at_positive(true_positives), at_positive(true), at_positive(predicted))


def _for_each_class(values: FloatArray, counts: ClassCounts) -> FloatArray:
    """Return values of shape (...,) as (..., k), the same for every class."""
    return np.broadcast_to(values[..., np.newaxis], counts.true.shape)


def _where_defined(values: FloatArray, metric: FloatArray) -> FloatArray:
    """Return the values, NaN where the metric is, so that what is divided by them is NaN there too."""
    return np.where(np.isnan(metric), np.nan, values)


def _share_of_gold_classes(counts: ClassCounts) -> FloatArray:
    """Return what each class weighs in a macro average, shape (..., k): one in the number of classes, or 0."""
    present = (counts.true > 0).astype(np.float64)
    return divided(present, present.sum(axis=-1, keepdims=True))


def _inverse(values: FloatArray) -> FloatArray:
    """Return 1 / values, 0 where a value is 0."""
    return divided(np.ones_like(values), values, undefined=0.0)
