"""Missing predictions: counted as wrong, counted as the negative label, or dropped for every team.

A missing *prediction* is an example for which the team gave nothing (`Predictions.missing`). An example with a label
and without probabilities (NaN there) is none: it leaves the metrics of probabilities or scores, and only those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, Predictions


class MissingTreatment(StrEnum):
    """How missing predictions count."""

    WRONG = "wrong"
    """An error: right for nobody and of no class; positives are ranked last, negatives first."""
    NEGATIVE = "negative"
    """Predicted negative, ranked last: the file is a list of matches. Metrics of probabilities are not defined."""
    DROP = "drop"
    """The example is left out for every team."""


@dataclass(frozen=True, eq=False)
class TreatedPredictions:
    """Gold and predictions with missing predictions treated.

    Attributes
    ----------
    gold
        Gold of the examples that are kept.
    predictions
        One for each team, in the order given.
    kept
        Mask over the examples given, shape (n,); all True unless some were dropped.
    """

    gold: Gold
    predictions: tuple[Predictions, ...]
    kept: BoolArray


def treat_missing(
    gold: Gold, predictions: Sequence[Predictions], treatment: MissingTreatment | str = MissingTreatment.WRONG
) -> TreatedPredictions:
    """Return gold and every team's predictions with missing predictions treated alike; treating twice changes nothing.

    ``wrong``: `y_pred` stays `NO_PREDICTION`; the score (and each label's probability, as a ranking) becomes minus
    infinity where the label is true and plus infinity where it is not. Log loss and Brier know a missing prediction
    by `Predictions.missing` and never read these. ``negative``: the negative label, ranked last. ``drop``: examples
    that any team lacks are left out for all.

    Raises
    ------
    ReviewError
        ``missing_not_negative``: treatment ``negative`` for a dataset without a positive label.
    """
    treatment = MissingTreatment(treatment)
    everything = np.ones(gold.n_examples, dtype=bool)
    if treatment is MissingTreatment.DROP:
        kept = everything
        for team in predictions:
            kept = kept & ~team.missing
        if not kept.all():
            return TreatedPredictions(gold.take(kept), tuple(team.take(kept) for team in predictions), kept)
    elif treatment is MissingTreatment.WRONG:
        predictions = [_as_wrong(gold, team) for team in predictions]
    else:
        predictions = [_as_negative(gold, team) for team in predictions]
    return TreatedPredictions(gold, tuple(predictions), everything)


def _as_wrong(gold: Gold, predictions: Predictions) -> Predictions:
    missing = predictions.missing
    if not missing.any():
        return predictions
    return replace(
        predictions,
        score=None if predictions.score is None else _last(predictions.score, missing, gold.y_true == gold.positive),
        probabilities=_true_label_last(gold, predictions, missing),
        unanswered=missing if predictions.y_pred is None else None,
    )


def _as_negative(gold: Gold, predictions: Predictions) -> Predictions:
    if gold.positive is None or gold.n_classes != 2:
        raise ReviewError.of(
            "missing_not_negative",
            "Missing predictions can count as negative only in a matching dataset, which has a positive label. "
            "Count them as wrong (--missing wrong) or leave those examples out (--missing drop).",
        )
    missing = predictions.missing
    if not missing.any():
        return predictions
    negative = 1 - gold.positive
    y_pred = predictions.y_pred
    probabilities = predictions.probabilities
    if probabilities is not None:
        probabilities = probabilities.copy()
        probabilities[missing, gold.positive] = -np.inf
        probabilities[missing, negative] = np.inf
    return replace(
        predictions,
        y_pred=None if y_pred is None else np.where(missing, np.asarray(negative, dtype=y_pred.dtype), y_pred),
        score=None if predictions.score is None else np.where(missing, -np.inf, predictions.score),
        probabilities=probabilities,
    )


def _last(score: FloatArray, missing: BoolArray, positive: BoolArray) -> FloatArray:
    """Return the score with missing positives below and missing negatives above everything."""
    filled = score.copy()
    filled[missing] = np.where(positive[missing], -np.inf, np.inf)
    return filled


def _true_label_last(gold: Gold, predictions: Predictions, missing: BoolArray) -> FloatArray | None:
    """Return the probabilities with missing examples last in their own label's ranking and first in the others'."""
    if predictions.probabilities is None:
        return None
    filled = predictions.probabilities.copy()
    filled[missing] = np.inf
    filled[missing, gold.y_true[missing]] = -np.inf
    return filled
