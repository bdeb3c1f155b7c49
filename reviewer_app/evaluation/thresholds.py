"""The threshold that turns scores into labels, chosen on validation and never on test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.class_counts import ClassCounts
from reviewer_app.evaluation.curves import counts_at_thresholds
from reviewer_app.evaluation.inputs import NO_PREDICTION, BoolArray, FloatArray, IntArray
from reviewer_app.evaluation.metrics import metric
from reviewer_app.evaluation.needs import NO_MATCHES, NotDefinedError


@dataclass(frozen=True)
class ThresholdChoice:
    """A threshold, or why none could be chosen; never both.

    Attributes
    ----------
    threshold
        Predicted positive where score >= threshold; None where none could be chosen.
    value
        The metric's value at it, on the examples it was chosen on; None likewise.
    n_examples
        Number of examples with a score that it was chosen on.
    reason
        Why there is none; None where there is one.
    """

    threshold: float | None
    value: float | None
    n_examples: int
    reason: str | None = None


def choose_threshold(y_positive: BoolArray, score: FloatArray, metric_id: str) -> ThresholdChoice:
    """Return the threshold that makes a metric of counts best.

    Every distinct score is tried, and one above them all (nothing predicted positive). Of several equally good ones
    the highest score is taken, which predicts the fewest positives; the one above them all only where it is strictly
    better than every score.

    Parameters
    ----------
    y_positive
        Whether each example is positive, shape (n,).
    score
        Score of the positive label, shape (n,); examples with NaN are left out.
    metric_id
        A metric of counts, such as "f1"; costs are not known here.

    Raises
    ------
    ReviewError
        ``unknown_metric``.
    ValueError
        The metric is not one of counts.
    """
    chosen = metric(metric_id)
    if chosen.from_counts is None:
        raise ValueError(f"{metric_id} does not depend on a threshold")
    given = ~np.isnan(score)
    positive, score = y_positive[given], score[given]
    if len(score) == 0:
        return ThresholdChoice(None, None, 0, reason="no example has a score")
    if not positive.any():
        return ThresholdChoice(None, None, len(score), reason=NO_MATCHES)
    at = counts_at_thresholds(positive, score)
    true_positives = np.append(at.true_positives, 0).astype(np.float64)
    predicted = np.append(at.predicted, 0).astype(np.float64)
    try:
        values = chosen.from_counts(_two_class_counts(positive, true_positives, predicted))
    except NotDefinedError as error:
        return ThresholdChoice(None, None, len(score), reason=str(error))
    nothing_positive = np.nextafter(at.thresholds[0], np.inf)
    if nothing_positive == at.thresholds[0]:
        values[-1] = np.nan  # no threshold lies above an infinite score
    if np.isnan(values).all():
        return ThresholdChoice(None, None, len(score), reason=f"{chosen.name} is not defined at any threshold")
    best = int(np.nanargmax(values if chosen.higher_is_better else -values))
    return ThresholdChoice(float(np.append(at.thresholds, nothing_positive)[best]), float(values[best]), len(score))


def _two_class_counts(positive: BoolArray, true_positives: FloatArray, predicted: FloatArray) -> ClassCounts:
    """Return the counts of labels 0 (negative) and 1 (positive) at each threshold, shapes (T, 2)."""
    n, n_positive = float(len(positive)), float(np.count_nonzero(positive))
    true_negatives = (n - n_positive) - (predicted - true_positives)
    return ClassCounts(
        true_positives=np.column_stack([true_negatives, true_positives]),
        true=np.broadcast_to([n - n_positive, n_positive], (len(predicted), 2)),
        predicted=np.column_stack([n - predicted, predicted]),
        n=np.full(len(predicted), n),
        positive=1,
    )


def labels_at_threshold(score: FloatArray, threshold: float, positive: int) -> IntArray:
    """Return the codes of two labels, shape (n,), uint16: `positive` where score >= threshold.

    NaN becomes `NO_PREDICTION`.
    """
    labels = np.where(score >= threshold, positive, 1 - positive).astype(np.uint16)
    labels[np.isnan(score)] = NO_PREDICTION
    return labels
