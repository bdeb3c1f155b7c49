"""Metrics of a ranking: how well scores put the examples in order. Tied scores are one threshold.

The *weighted* forms take one row of weights per resample and sort only once. Weights need not be whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reviewer_app.evaluation.counts import divided
from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.needs import (
    NO_MATCHES,
    NotDefinedError,
    ScoredExamples,
    counted,
    or_reason,
    require_predictions,
    scored_examples,
)
from reviewer_app.evaluation.registry import MetricValue

FIXED_PRECISION = 0.9
"""The precision at which `recall_at_precision_90` reads the recall."""

_ROUNDING = 1e-12

_CELLS_IN_CACHE = 2**17
"""Weights worked on at a time: 1 MB, so that each pass over them stays in the processor's cache."""


@or_reason
def roc_auc(gold: Gold, predictions: Predictions) -> MetricValue:
    """Return the area under the ROC curve of the positive label, by midranks (ties count half)."""
    examples = scored_examples(gold, predictions)
    _require_both_classes(examples.positive)
    return _value(auc_by_midranks(examples.positive, examples.score), examples)


@or_reason
def average_precision(gold: Gold, predictions: Predictions) -> MetricValue:
    """Return the average precision: the sum over thresholds of the gain in recall times the precision."""
    examples = scored_examples(gold, predictions)
    _require_positives(examples.positive)
    return _value(_unweighted(weighted_average_precision, examples), examples)


@or_reason
def recall_at_precision_90(gold: Gold, predictions: Predictions) -> MetricValue:
    """Return the largest recall of any threshold whose precision is at least 0.9.

    0, with a note, where no threshold is that precise: at this precision nothing can be found.
    """
    examples = scored_examples(gold, predictions)
    _require_positives(examples.positive)
    recall = _unweighted(weighted_recall_at_precision_90, examples)
    note = f"no threshold reaches a precision of {FIXED_PRECISION}" if recall == 0 else ""
    return _value(recall, examples, note)


@or_reason
def macro_ovr_roc_auc(gold: Gold, predictions: Predictions) -> MetricValue:
    """Return the mean ROC AUC of each class of the gold against the rest, from its column of the probabilities."""
    missing = require_predictions(gold, predictions)
    probabilities = predictions.probabilities
    if probabilities is None:
        raise NotDefinedError("the predictions have no probabilities")
    y_true = gold.y_true
    given = ~np.isnan(probabilities).any(axis=1)
    if not np.any(given & ~missing):
        raise NotDefinedError("no example has probabilities")
    left_out = int(np.count_nonzero(~given))
    if left_out:
        probabilities, y_true = probabilities[given], y_true[given]
    present = np.unique(y_true)
    if len(present) < 2:
        raise NotDefinedError("all gold labels are the same")
    areas = [auc_by_midranks(y_true == label, np.ascontiguousarray(probabilities[:, label])) for label in present]
    note = f"{counted(left_out, 'example')} without probabilities left out" if left_out else ""
    return MetricValue(float(np.mean(areas)), note=note)


def auc_by_midranks(positive: BoolArray, score: FloatArray) -> float:
    """Return the share of (positive, negative) pairs in the right order, ties half (Mann & Whitney 1947).

    Parameters
    ----------
    positive
        Shape (n,), at least one True and one False.
    score
        Shape (n,), no NaN.
    """
    of_positives = np.sort(score[positive])
    of_negatives = np.sort(score[~positive])
    below = np.searchsorted(of_negatives, of_positives, side="left").sum(dtype=np.int64)
    not_above = np.searchsorted(of_negatives, of_positives, side="right").sum(dtype=np.int64)
    return float(below + not_above) / (2.0 * len(of_positives) * len(of_negatives))


def weighted_roc_auc(positive: BoolArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the ROC AUC under each weighting, shape (B,), NaN where a class weighs nothing.

    Parameters
    ----------
    positive, score
        Shape (n,); score without NaN.
    weights
        Weight of each example in each resample, shape (B, n), not negative.
    """
    return _under_each_weighting(_area, positive, score, weights)


def weighted_average_precision(positive: BoolArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the average precision under each weighting, shape (B,), NaN where no positive has weight.

    Parameters as for `weighted_roc_auc`.
    """
    return _under_each_weighting(average_precision_of_thresholds, positive, score, weights)


def weighted_recall_at_precision_90(positive: BoolArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the largest recall at precision 0.9 under each weighting, shape (B,), NaN where no positive has weight.

    Parameters as for `weighted_roc_auc`.
    """
    return _under_each_weighting(recall_at_precision_90_of_thresholds, positive, score, weights)


def average_precision_effects(positive: BoolArray, score: FloatArray) -> FloatArray:
    """Return the first-order effect of each example on average precision, shape (n,); they add up to 0.

    The derivative with respect to the example's weight. A positive has its own precision, less the average, over P
    positives; and every example moves the precision y / N - TP / N^2 at each threshold that it is above or at. Weights
    move no example past another, so tied scores stay one threshold.

    Parameters
    ----------
    positive
        Shape (n,), at least one True.
    score
        Shape (n,), no NaN.
    """
    order = np.argsort(-score, kind="stable")
    is_positive = positive[order]
    ends = ends_of_ties(score[order])
    n_predicted = ends + 1.0
    true_positives = np.cumsum(is_positive)[ends]
    precision = true_positives / n_predicted
    # What a threshold's precision weighs: the positives tied there. Sums run over the thresholds at or below.
    slope = np.diff(true_positives, prepend=0) / n_predicted
    by_positive = np.cumsum(slope[::-1])[::-1]
    by_any = np.cumsum((slope * precision)[::-1])[::-1]
    average = float(np.sum(slope * true_positives)) / true_positives[-1]
    threshold = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=-1))
    of_positive = precision - average + by_positive
    effects = np.empty(len(score))
    effects[order] = (is_positive * of_positive[threshold] - by_any[threshold]) / true_positives[-1]
    return effects


def _area(true_positives: FloatArray, predicted: FloatArray) -> FloatArray:
    negatives = predicted - true_positives
    ranked_below = negatives[:, -1:] - negatives + np.diff(negatives, axis=1, prepend=0.0) / 2.0
    area = (np.diff(true_positives, axis=1, prepend=0.0) * ranked_below).sum(axis=1)
    return divided(area, true_positives[:, -1] * negatives[:, -1])


def average_precision_of_thresholds(true_positives: FloatArray, predicted: FloatArray) -> FloatArray:
    """Return the average precision from `Ranking.at_thresholds`, shape (B,), NaN where no positive has weight."""
    precision = divided(true_positives, predicted, undefined=0.0)
    gained = np.diff(true_positives, axis=1, prepend=0.0)
    return divided((gained * precision).sum(axis=1), true_positives[:, -1])


def recall_at_precision_90_of_thresholds(true_positives: FloatArray, predicted: FloatArray) -> FloatArray:
    """Return the recall at precision 0.9 from `Ranking.at_thresholds`, shape (B,), NaN where no positive has weight."""
    precise = true_positives >= (FIXED_PRECISION - _ROUNDING) * predicted
    return divided(np.where(precise, true_positives, 0.0).max(axis=1), true_positives[:, -1])


class Ranking:
    """Examples in the order of one team's scores: sorted once, for any number of weightings.

    Parameters
    ----------
    positive, score
        Shape (n,), n at least 1; score without NaN.
    """

    def __init__(self, positive: BoolArray, score: FloatArray) -> None:
        order = np.argsort(-score, kind="stable")
        in_order = positive[order]
        n_positives = np.cumsum(in_order)
        ends = ends_of_ties(score[order])
        adds_positives = np.diff(n_positives[ends], prepend=0) > 0
        # Thresholds in a run that no positive is tied with change neither recall, nor best precision, nor an area.
        self._ends = ends[adds_positives | np.append(adds_positives[1:], True)]
        self._order = None if np.array_equal(order, np.arange(len(order))) else order
        self._positives = np.flatnonzero(in_order)
        self._n_positives = n_positives[self._ends]

    def at_thresholds(self, weights: FloatArray | IntArray) -> tuple[FloatArray, FloatArray]:
        """Return the weight of the true positives and of all that is predicted positive, each of shape (B, T).

        From the highest threshold to the lowest; of a run of thresholds that no positive is tied with only the last is
        listed, which is exact for recall, best precision and areas.

        Parameters
        ----------
        weights
            Weight of each example in each resample, shape (B, n), not negative. Small integers are quickest.
        """
        in_order = weights if self._order is None else weights.take(self._order, axis=1)
        sum_type = np.float64 if in_order.dtype.kind == "f" else np.int64
        predicted = in_order.cumsum(axis=1, dtype=sum_type).take(self._ends, axis=1)
        true_positives = np.zeros((len(weights), len(self._positives) + 1), dtype=sum_type)
        in_order.take(self._positives, axis=1).cumsum(axis=1, out=true_positives[:, 1:])
        of_thresholds = true_positives.take(self._n_positives, axis=1)
        return of_thresholds.astype(np.float64, copy=False), predicted.astype(np.float64, copy=False)


def _under_each_weighting(
    statistic: Callable[[FloatArray, FloatArray], FloatArray],
    positive: BoolArray,
    score: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    """Return a statistic of the thresholds under each weighting, shape (B,)."""
    values = np.full(len(weights), np.nan)
    if len(score) == 0:
        return values
    ranking = Ranking(positive, score)
    n_rows = max(1, _CELLS_IN_CACHE // len(score))
    for first in range(0, len(weights), n_rows):
        rows = slice(first, first + n_rows)
        values[rows] = statistic(*ranking.at_thresholds(weights[rows]))
    return values


def ends_of_ties(descending: FloatArray) -> IntArray:
    """Return the last position of each run of equal scores, of sorted scores of shape (n,), n at least 1."""
    return np.append(np.flatnonzero(descending[1:] != descending[:-1]), len(descending) - 1)


def _unweighted(weighted: Callable[[BoolArray, FloatArray, FloatArray], FloatArray], examples: ScoredExamples) -> float:
    return float(weighted(examples.positive, examples.score, np.ones((1, len(examples.score))))[0])


def _value(value: float, examples: ScoredExamples, note: str = "") -> MetricValue:
    left_out = f"{counted(examples.left_out, 'example')} without a score left out" if examples.left_out else ""
    return MetricValue(value, note="; ".join(part for part in (note, left_out) if part))


def _require_positives(positive: BoolArray) -> None:
    if not positive.any():
        raise NotDefinedError(NO_MATCHES)


def _require_both_classes(positive: BoolArray) -> None:
    _require_positives(positive)
    if positive.all():
        raise NotDefinedError("every pair is a match in the gold labels")
