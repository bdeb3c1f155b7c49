"""Metrics of a ranking: how well scores put the examples in order. Tied scores are one threshold.

The *weighted* forms take one row of weights per resample and sort only once; they are quickest where the score is
already sorted. Weights need not be whole numbers.
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
    return _under_each_weighting(_average_precision, positive, score, weights)


def weighted_recall_at_precision_90(positive: BoolArray, score: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the largest recall at precision 0.9 under each weighting, shape (B,), NaN where no positive has weight.

    Parameters as for `weighted_roc_auc`.
    """
    return _under_each_weighting(_recall_at_precision_90, positive, score, weights)


def _area(true_positives: FloatArray, predicted: FloatArray) -> FloatArray:
    negatives = predicted - true_positives
    ranked_below = negatives[:, -1:] - negatives + np.diff(negatives, axis=1, prepend=0.0) / 2.0
    area = (np.diff(true_positives, axis=1, prepend=0.0) * ranked_below).sum(axis=1)
    return divided(area, true_positives[:, -1] * negatives[:, -1])


def _average_precision(true_positives: FloatArray, predicted: FloatArray) -> FloatArray:
    precision = divided(true_positives, predicted, undefined=0.0)
    gained = np.diff(true_positives, axis=1, prepend=0.0)
    return divided((gained * precision).sum(axis=1), true_positives[:, -1])


def _recall_at_precision_90(true_positives: FloatArray, predicted: FloatArray) -> FloatArray:
    precise = true_positives >= (FIXED_PRECISION - _ROUNDING) * predicted
    return divided(np.where(precise, true_positives, 0.0).max(axis=1), true_positives[:, -1])


def _under_each_weighting(
    statistic: Callable[[FloatArray, FloatArray], FloatArray],
    positive: BoolArray,
    score: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    """Return a statistic of the thresholds under each weighting, shape (B,).

    `statistic` gets, from the highest threshold to the lowest, the weight of the true positives and of all that is
    predicted positive, each of shape (rows, T). Thresholds in a run that no positive is tied with change neither
    recall, nor best precision, nor an area; only the last of the run is kept, which is exact.
    """
    values = np.full(len(weights), np.nan)
    if len(score) == 0:
        return values
    order = np.argsort(-score, kind="stable")
    is_positive = positive[order]
    ends = ends_of_ties(score[order])
    adds_positives = np.diff(np.cumsum(is_positive)[ends], prepend=0) > 0
    kept = ends[adds_positives | np.append(adds_positives[1:], True)]
    starts = np.append(0, kept[:-1] + 1)
    n_rows = max(1, _CELLS_IN_CACHE // len(score))
    for first in range(0, len(weights), n_rows):
        rows = slice(first, first + n_rows)
        sorted_weights = weights[rows].take(order, axis=1).astype(np.float64, copy=False)
        predicted = np.add.reduceat(sorted_weights, starts, axis=1).cumsum(axis=1)
        sorted_weights *= is_positive
        values[rows] = statistic(np.add.reduceat(sorted_weights, starts, axis=1).cumsum(axis=1), predicted)
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
