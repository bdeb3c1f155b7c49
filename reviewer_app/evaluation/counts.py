"""Metrics that depend on the class counts alone, over one sample or over many resamples at once.

Averages over classes run over the classes that occur in the gold labels (of the sample, or of each resample): the
same classes for both teams. A prediction outside the dataset's labels, or none, is in no class's `predicted`: it costs
recall and never precision (scikit-learn with ``labels=`` those of the gold).

A function named after a metric returns it from `ClassCounts`, shape (...,), NaN where it is not defined. The gradients
are in `count_gradients`.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import ReferenceType, WeakKeyDictionary, ref

import numpy as np

from reviewer_app.evaluation.class_counts import ClassCounts
from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.needs import NO_MATCHES, NotDefinedError, or_nan, or_reason, predicted_labels
from reviewer_app.evaluation.registry import MetricValue

_COUNTED: WeakKeyDictionary[Predictions, tuple[ReferenceType[Gold], ClassCounts]] = WeakKeyDictionary()
"""Class counts of predictions that are in use, with the gold that they were counted against."""

_ROUNDING = 1e-12
"""Below this share of n^2 a difference of products of counts is rounding, and its true value 0."""


def class_counts(gold: Gold, y_pred: IntArray) -> ClassCounts:
    """Return the counts of one sample.

    Parameters
    ----------
    gold
        Gold labels, and the costs where the dataset has them.
    y_pred
        Predicted codes, shape (n,); codes outside the spec and `NO_PREDICTION` count for no class.
    """
    k = gold.n_classes
    cost = None
    if gold.costs is not None:
        cost = np.asarray(np.sum(costs_with_outside(gold.costs)[gold.y_true, np.minimum(y_pred.astype(np.intp), k)]))
    return ClassCounts(
        true_positives=np.bincount(gold.y_true[gold.y_true == y_pred], minlength=k).astype(np.float64),
        true=np.bincount(gold.y_true, minlength=k).astype(np.float64),
        predicted=np.bincount(y_pred, minlength=k)[:k].astype(np.float64),
        n=np.asarray(float(gold.n_examples)),
        cost=cost,
        positive=gold.positive,
    )


def class_counts_of(gold: Gold, predictions: Predictions) -> ClassCounts:
    """Return the counts of a team, counted once however many metrics ask for them: their arrays do not change.

    Raises
    ------
    NotDefinedError
        The team gave no labels.
    """
    known = _COUNTED.get(predictions)
    if known is not None and known[0]() is gold:
        return known[1]
    counts = class_counts(gold, predicted_labels(gold, predictions))
    _COUNTED[predictions] = (ref(gold), counts)
    return counts


def costs_with_outside(costs: FloatArray) -> FloatArray:
    """Return the costs with a column for a label outside the spec or no prediction, shape (k, k + 1).

    Such an answer costs the largest cost of the true label's row: as much as the worst answer there is.
    """
    return np.column_stack([costs, costs.max(axis=1)])


def divided(numerator: FloatArray, denominator: FloatArray, undefined: float = np.nan) -> FloatArray:
    """Return the quotient, `undefined` where the denominator is not above 0."""
    quotient = np.full(np.broadcast(numerator, denominator).shape, undefined)
    np.divide(numerator, denominator, out=quotient, where=np.asarray(denominator > 0))
    return quotient


def accuracy(counts: ClassCounts) -> FloatArray:
    """Return the share of examples that are predicted right."""
    return divided(counts.true_positives.sum(-1), counts.n)


def macro_recall(counts: ClassCounts) -> FloatArray:
    """Return the mean recall over the classes of the gold; the same number as balanced accuracy."""
    return _mean_over_gold_classes(divided(counts.true_positives, counts.true, undefined=0.0), counts)


def macro_precision(counts: ClassCounts) -> FloatArray:
    """Return the mean precision over the classes of the gold.

    A class that is never predicted counts 0, as in scikit-learn: left out, a team would gain by never predicting it.
    """
    return _mean_over_gold_classes(divided(counts.true_positives, counts.predicted, undefined=0.0), counts)


def macro_f1(counts: ClassCounts) -> FloatArray:
    """Return the mean F1 over the classes of the gold."""
    return _mean_over_gold_classes(_f1_per_class(counts), counts)


def weighted_f1(counts: ClassCounts) -> FloatArray:
    """Return the mean F1 over the classes of the gold, each weighted by its number of examples."""
    return divided((_f1_per_class(counts) * counts.true).sum(-1), counts.n)


def mcc(counts: ClassCounts) -> FloatArray:
    """Return Matthews' correlation coefficient for k classes (Gorodkin 2004, R_K).

    All predictions outside the spec, and missing ones, are one class more that is never true. Not defined where the
    gold, or the predictions, are all of one class.
    """
    n, true, predicted = counts.n, counts.true, counts.predicted
    outside = n - predicted.sum(-1)
    covariance = n * counts.true_positives.sum(-1) - (true * predicted).sum(-1)
    spread_true = n * n - (true * true).sum(-1)
    spread_predicted = n * n - (predicted * predicted).sum(-1) - outside * outside
    defined = (spread_true > _ROUNDING * n * n) & (spread_predicted > _ROUNDING * n * n)
    return divided(covariance, np.where(defined, np.sqrt(np.abs(spread_true)) * np.sqrt(np.abs(spread_predicted)), 0.0))


def cohen_kappa(counts: ClassCounts) -> FloatArray:
    """Return Cohen's kappa between gold and predictions (Cohen 1960), not weighted.

    Not defined where gold and predictions are all of one and the same class: then all agreement is expected.
    """
    n = counts.n
    by_chance = (counts.true * counts.predicted).sum(-1)
    possible = n * n - by_chance
    observed = n * counts.true_positives.sum(-1) - by_chance
    return divided(observed, np.where(possible > _ROUNDING * n * n, possible, 0.0))


def precision(counts: ClassCounts) -> FloatArray:
    """Return the share of the examples predicted positive that are; not defined where none is predicted so."""
    positive = positive_of(counts)
    return divided(counts.true_positives[..., positive], counts.predicted[..., positive])


def recall(counts: ClassCounts) -> FloatArray:
    """Return the share of the positive examples that are predicted so; not defined where there are none."""
    positive = positive_of(counts)
    return divided(counts.true_positives[..., positive], counts.true[..., positive])


def f_beta(counts: ClassCounts, beta: float = 1.0) -> FloatArray:
    """Return (1 + beta^2) tp / (beta^2 (tp + fn) + tp + fp) of the positive label (van Rijsbergen 1979).

    Not defined where no example is positive, neither in the gold nor predicted.
    """
    positive = positive_of(counts)
    weight = beta * beta
    denominator = weight * counts.true[..., positive] + counts.predicted[..., positive]
    return divided((1.0 + weight) * counts.true_positives[..., positive], denominator)


def mean_cost(counts: ClassCounts) -> FloatArray:
    """Return the mean cost of an example, in the unit of the dataset's costs."""
    if counts.cost is None:
        raise NotDefinedError("the dataset has no costs")
    return divided(counts.cost, counts.n)


def positive_of(counts: ClassCounts) -> int:
    """Return the code of the positive label; raise `NotDefinedError` where the dataset has none."""
    if counts.positive is None:
        raise NotDefinedError("the dataset has no positive label")
    return counts.positive


def _f1_per_class(counts: ClassCounts) -> FloatArray:
    return divided(2.0 * counts.true_positives, counts.true + counts.predicted, undefined=0.0)


def _mean_over_gold_classes(per_class: FloatArray, counts: ClassCounts) -> FloatArray:
    present = counts.true > 0
    return divided(np.where(present, per_class, 0.0).sum(-1), present.sum(-1).astype(np.float64))


def why_no_precision(counts: ClassCounts) -> str:
    """Return why precision is not defined."""
    return "no pair was predicted to match"


def why_no_recall(counts: ClassCounts) -> str:
    """Return why recall is not defined."""
    return NO_MATCHES


def why_no_f_beta(counts: ClassCounts) -> str:
    """Return why F-beta is not defined."""
    return "no pair is a match, neither in the gold labels nor predicted"


def why_no_mcc(counts: ClassCounts) -> str:
    """Return why Matthews' correlation coefficient is not defined."""
    if np.count_nonzero(counts.true) == 1:
        return "all gold labels are the same"
    return "all predictions are the same"


def why_no_kappa(counts: ClassCounts) -> str:
    """Return why Cohen's kappa is not defined."""
    return "all gold labels and all predictions are one and the same label"


def value_from_counts(
    from_counts: Callable[[ClassCounts], FloatArray], why_not: Callable[[ClassCounts], str] | None
) -> Callable[[Gold, Predictions], MetricValue]:
    """Return the `Metric.value` of a metric of counts.

    `why_not` says why where `from_counts` gives NaN; None for a metric that is defined on any examples.
    """

    @or_reason
    def value(gold: Gold, predictions: Predictions) -> MetricValue:
        counts = class_counts_of(gold, predictions)
        result = float(from_counts(counts))
        if why_not is not None and np.isnan(result):
            raise NotDefinedError(why_not(counts))
        return MetricValue(result)

    return value


@or_nan
def right(gold: Gold, predictions: Predictions) -> FloatArray:
    """Return 1 where the predicted label is the gold label, else 0, shape (n,)."""
    return np.asarray(gold.y_true == predicted_labels(gold, predictions)).astype(np.float64)
