"""What a metric needs, taken from gold and predictions, or the reason in words why it is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.registry import MetricValue

NO_MATCHES = "no pair is a match in the gold labels"
"""Why recall, rankings and curves are not defined without positive examples."""


class NotDefinedError(Exception):
    """A metric has no value for these inputs; the message says why, for the reader of a table."""


def or_reason(compute: Callable[[Gold, Predictions], MetricValue]) -> Callable[[Gold, Predictions], MetricValue]:
    """Return `compute` with a `NotDefinedError` turned into a value that holds the reason."""

    @wraps(compute)
    def value(gold: Gold, predictions: Predictions) -> MetricValue:
        try:
            return compute(gold, predictions)
        except NotDefinedError as error:
            return MetricValue(None, reason=str(error))

    return value


def or_nan(compute: Callable[[Gold, Predictions], FloatArray]) -> Callable[[Gold, Predictions], FloatArray]:
    """Return `compute`, values per example, with a `NotDefinedError` turned into NaN for every example."""

    @wraps(compute)
    def per_example(gold: Gold, predictions: Predictions) -> FloatArray:
        try:
            return compute(gold, predictions)
        except NotDefinedError:
            return np.full(gold.n_examples, np.nan)

    return per_example


def counted(number: int, noun: str) -> str:
    """Return "1 example", "2,293 examples"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def require_predictions(gold: Gold, predictions: Predictions) -> BoolArray:
    """Return where a prediction is missing, shape (n,).

    Raises
    ------
    NotDefinedError
        No examples, or not a single prediction.
    """
    if gold.n_examples == 0:
        raise NotDefinedError("there are no examples")
    missing = predictions.missing
    if missing.all():
        raise NotDefinedError("no example has a prediction")
    return missing


def predicted_labels(gold: Gold, predictions: Predictions) -> IntArray:
    """Return the predicted codes, shape (n,).

    Raises
    ------
    NotDefinedError
        No examples, no labels, or not a single prediction.
    """
    require_predictions(gold, predictions)
    if predictions.y_pred is None:
        raise NotDefinedError("the predictions have scores and no labels")
    return predictions.y_pred


def score_of_positive(predictions: Predictions, positive: int | None) -> FloatArray | None:
    """Return the score of the positive label, shape (n,), NaN where missing; None where there is none.

    It is `Predictions.score`, else the positive label's column of the probabilities.
    """
    if predictions.score is not None or predictions.probabilities is None or positive is None:
        return predictions.score
    column: FloatArray = predictions.probabilities[:, positive]
    return column


@dataclass(frozen=True, eq=False)
class ScoredExamples:
    """The examples of a matching dataset that have a score.

    Attributes
    ----------
    positive
        Whether the gold label is the positive one, shape (m,).
    score
        Score of the positive label, shape (m,), never NaN.
    left_out
        Number of examples without a score.
    """

    positive: BoolArray
    score: FloatArray
    left_out: int


def scored_examples(gold: Gold, predictions: Predictions) -> ScoredExamples:
    """Return the examples that have a score.

    Raises
    ------
    NotDefinedError
        No examples, no positive label, no scores.
    """
    missing = require_predictions(gold, predictions)
    if gold.positive is None:
        raise NotDefinedError("the dataset has no positive label")
    score = score_of_positive(predictions, gold.positive)
    if score is None:
        raise NotDefinedError("the predictions have no scores")
    given = ~np.isnan(score)
    if not np.any(given & ~missing):
        raise NotDefinedError("no example has a score")
    positive = gold.y_true == gold.positive
    if given.all():
        return ScoredExamples(positive, score, left_out=0)
    return ScoredExamples(positive[given], score[given], left_out=int(np.count_nonzero(~given)))


@dataclass(frozen=True, eq=False)
class LabelProbabilities:
    """Probabilities of the spec's labels.

    Attributes
    ----------
    values
        Shape (n, k); without meaning where not `given`.
    given
        Where the team stated them, shape (n,), at least one.
    missing
        Where the team gave no prediction at all, shape (n,). Elsewhere outside `given` a label stands alone.
    from_score
        Whether they are the score of the positive label and what it leaves to 1.
    """

    values: FloatArray
    given: BoolArray
    missing: BoolArray
    from_score: bool

    @property
    def left_out(self) -> int:
        """Number of examples that have a label and no probabilities."""
        return int(np.count_nonzero(~self.given & ~self.missing))

    @property
    def note(self) -> str:
        """What must be said beside any number computed from them; "" where nothing."""
        parts = []
        if self.from_score:
            parts.append("the score is taken as the probability of the positive label")
        if self.left_out:
            parts.append(f"{counted(self.left_out, 'example')} without probabilities left out")
        return "; ".join(parts)


def label_probabilities(gold: Gold, predictions: Predictions) -> LabelProbabilities:
    """Return the probabilities of the labels; in matching, without them, the score where it lies in [0, 1].

    Raises
    ------
    NotDefinedError
        No examples, no probabilities, scores outside [0, 1], or missing pairs that count as negative ones: they have
        no probability, and leaving them out would judge the team on the pairs it chose.
    """
    missing = require_predictions(gold, predictions)
    from_score = predictions.probabilities is None
    if predictions.probabilities is not None:
        values = predictions.probabilities
    else:
        values = _from_score(gold, predictions, missing)
    given = ~np.isnan(values).any(axis=1) & ~missing
    if not given.any():
        raise NotDefinedError("no example has probabilities")
    if (unlisted := int(np.count_nonzero(np.isinf(values[:, 0]) & given))) > 0:
        raise NotDefinedError(f"{counted(unlisted, 'missing pair')} counted as negative, without a probability")
    return LabelProbabilities(values, given, missing, from_score)


def _from_score(gold: Gold, predictions: Predictions, missing: BoolArray) -> FloatArray:
    """Return (n, 2) probabilities made of the score, infinite where a missing pair counts as negative."""
    if predictions.score is None or gold.positive is None or gold.n_classes != 2:
        raise NotDefinedError("the predictions have no probabilities")
    stated = predictions.score[~missing & np.isfinite(predictions.score)]
    if stated.size and (stated.min() < 0 or stated.max() > 1):
        raise NotDefinedError("the predictions have no probabilities, and the scores do not lie between 0 and 1")
    values = np.empty((gold.n_examples, 2))
    values[:, gold.positive] = predictions.score
    values[:, 1 - gold.positive] = 1.0 - predictions.score
    return values
