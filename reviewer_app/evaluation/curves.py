"""The points of the ROC and precision-recall curves, and the threshold sweep; one point per distinct score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.needs import NO_MATCHES, NotDefinedError, ScoredExamples, scored_examples
from reviewer_app.evaluation.ranking import ends_of_ties

_SWEEP_POINTS = 1000
"""More points than a plot can show; a sweep over more distinct scores takes this many, evenly spaced by rank."""

_NOTHING: FloatArray = np.empty(0)


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve over thresholds, from the highest to the lowest; predicted positive where score >= threshold.

    Attributes
    ----------
    x, y
        Shape (T,). ROC: false positive rate, true positive rate. Precision-recall: recall, precision.
    thresholds
        Shape (T,); the first of a ROC curve is infinite: nothing is predicted positive.
    reason
        Why there is no curve (T = 0); None where there is one.
    """

    x: FloatArray
    y: FloatArray
    thresholds: FloatArray
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class ThresholdSweep:
    """Precision, recall and F1 at each threshold, from the highest to the lowest.

    Attributes
    ----------
    thresholds, precision, recall, f1
        Shape (T,), T at most 1,000; predicted positive where score >= threshold.
    reason
        Why there is no sweep (T = 0); None where there is one.
    """

    thresholds: FloatArray
    precision: FloatArray
    recall: FloatArray
    f1: FloatArray
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class CountsAtThresholds:
    """What is predicted positive at each distinct score taken as threshold, highest first; shapes (T,)."""

    thresholds: FloatArray
    true_positives: IntArray
    predicted: IntArray


def counts_at_thresholds(positive: BoolArray, score: FloatArray) -> CountsAtThresholds:
    """Return the counts at every distinct score.

    Parameters
    ----------
    positive, score
        Shape (n,), n at least 1; score without NaN.
    """
    order = np.argsort(-score, kind="stable")
    descending = score[order]
    ends = ends_of_ties(descending)
    return CountsAtThresholds(descending[ends], np.cumsum(positive[order], dtype=np.int64)[ends], ends + 1)


def roc_curve(gold: Gold, predictions: Predictions) -> Curve:
    """Return the ROC curve without the points that lie on a straight line (scikit-learn's roc_curve)."""
    try:
        examples = _examples_with_matches(gold, predictions)
        if examples.positive.all():
            raise NotDefinedError("every pair is a match in the gold labels")
    except NotDefinedError as error:
        return Curve(_NOTHING, _NOTHING, _NOTHING, reason=str(error))
    at = counts_at_thresholds(examples.positive, examples.score)
    true_positives, false_positives = at.true_positives, at.predicted - at.true_positives
    kept = np.ones(len(at.thresholds), dtype=bool)
    kept[1:-1] = (np.diff(true_positives, 2) != 0) | (np.diff(false_positives, 2) != 0)
    return Curve(
        x=np.append(0.0, false_positives[kept] / false_positives[-1]),
        y=np.append(0.0, true_positives[kept] / true_positives[-1]),
        thresholds=np.append(np.inf, at.thresholds[kept]),
    )


def precision_recall_curve(gold: Gold, predictions: Predictions) -> Curve:
    """Return the precision-recall curve without the points between two of the same recall.

    scikit-learn's precision_recall_curve with ``drop_intermediate=True``, without the point (0, 1) that it adds.
    """
    try:
        examples = _examples_with_matches(gold, predictions)
    except NotDefinedError as error:
        return Curve(_NOTHING, _NOTHING, _NOTHING, reason=str(error))
    at = counts_at_thresholds(examples.positive, examples.score)
    moves = np.diff(at.true_positives) != 0
    kept = np.flatnonzero(np.concatenate([[True], moves]) | np.concatenate([moves, [True]]))
    true_positives = at.true_positives[kept]
    return Curve(
        x=true_positives / at.true_positives[-1],
        y=true_positives / at.predicted[kept],
        thresholds=at.thresholds[kept],
    )


def threshold_sweep(gold: Gold, predictions: Predictions) -> ThresholdSweep:
    """Return precision, recall and F1 by threshold."""
    try:
        examples = _examples_with_matches(gold, predictions)
    except NotDefinedError as error:
        return ThresholdSweep(_NOTHING, _NOTHING, _NOTHING, _NOTHING, reason=str(error))
    at = counts_at_thresholds(examples.positive, examples.score)
    kept = np.unique(np.linspace(0, len(at.thresholds) - 1, _SWEEP_POINTS).round().astype(np.intp))
    true_positives, predicted = at.true_positives[kept], at.predicted[kept]
    n_positive = at.true_positives[-1]
    return ThresholdSweep(
        thresholds=at.thresholds[kept],
        precision=true_positives / predicted,
        recall=true_positives / n_positive,
        f1=2 * true_positives / (n_positive + predicted),
    )


def _examples_with_matches(gold: Gold, predictions: Predictions) -> ScoredExamples:
    examples = scored_examples(gold, predictions)
    if not examples.positive.any():
        raise NotDefinedError(NO_MATCHES)
    return examples
