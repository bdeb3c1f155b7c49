"""Predictions that are readable and yet look wrong: constant, too good, or upside down."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reviewer_app.errors import Finding, Severity
from reviewer_app.evaluation.inputs import FloatArray, Gold, Predictions
from reviewer_app.evaluation.ranking import auc_by_midranks

_FEW = 20
"""Below this number of examples chance alone explains much."""
_INVERTED_AUC = 0.3


def implausible(gold: Gold, predictions: Predictions, labels: Sequence[str], file: str) -> list[Finding]:
    """Return warnings about predictions that stand, and that a reader must look at twice.

    ``constant_predictions``: the same label (or score) for every example though the gold labels differ.
    ``suspiciously_perfect``: every one of at least 20 predictions is right. ``scores_inverted``: the ROC AUC of at
    least 20 scores is below 0.3: is it the score of the other label?
    """
    return [
        *_constant(gold, predictions, labels, file),
        *_perfect(gold, predictions, file),
        *_inverted(gold, predictions, file),
    ]


def _constant(gold: Gold, predictions: Predictions, labels: Sequence[str], file: str) -> list[Finding]:
    if gold.n_examples == 0 or (gold.y_true == gold.y_true[0]).all():
        return []
    values: np.ndarray | None = predictions.y_pred if predictions.y_pred is not None else predictions.score
    if values is None:
        return []
    given = values[~predictions.missing]
    if len(given) < 2 or (given != given[0]).any():
        return []
    what = f'the label "{labels[int(given[0])]}"' if predictions.y_pred is not None else f"the score {given[0]:g}"
    message = f"{file}: all {len(given):,} predictions are {what}, though the gold labels differ."
    return [Finding("constant_predictions", Severity.WARNING, message, len(given), file)]


def _perfect(gold: Gold, predictions: Predictions, file: str) -> list[Finding]:
    y_pred = predictions.y_pred
    if y_pred is None or gold.n_examples < _FEW or not (y_pred == gold.y_true).all():
        return []
    message = f"{file}: all {gold.n_examples:,} predictions are right. Is it the gold file, or were test labels seen?"
    return [Finding("suspiciously_perfect", Severity.WARNING, message, gold.n_examples, file)]


def _inverted(gold: Gold, predictions: Predictions, file: str) -> list[Finding]:
    score: FloatArray | None = predictions.score
    if score is None or gold.positive is None:
        return []
    given = ~np.isnan(score)
    positive = gold.y_true[given] == gold.positive
    if len(positive) < _FEW or positive.all() or not positive.any():
        return []
    area = auc_by_midranks(positive, score[given])
    if area >= _INVERTED_AUC:
        return []
    message = (
        f"{file}: the scores rank the examples upside down (ROC AUC {area:.3f} on {len(positive):,} examples). "
        "A score must be that of the positive label; if it belongs to the predicted label, name it with "
        "--column confidence=NAME."
    )
    return [Finding("scores_inverted", Severity.WARNING, message, len(positive), file)]
