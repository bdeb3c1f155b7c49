"""What happens to each class: precision, recall and F1 per class, and the confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer_app.evaluation.counts import class_counts
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, IntArray


@dataclass(frozen=True)
class ClassScores:
    """Scores of one class.

    Attributes
    ----------
    label
        Code of the class.
    precision, recall, f1
        Fractions; None where not defined: never predicted, never true, neither.
    support, predicted
        Number of examples that are, and that are predicted to be, of the class.
    """

    label: int
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    predicted: int


def per_class(gold: Gold, y_pred: IntArray) -> tuple[ClassScores, ...]:
    """Return the scores of every label of the spec, in the spec's order (scikit-learn's classification_report)."""
    counts = class_counts(gold, y_pred)
    return tuple(
        ClassScores(
            label=label,
            precision=_fraction(right, predicted),
            recall=_fraction(right, support),
            f1=_fraction(2 * right, support + predicted),
            support=support,
            predicted=predicted,
        )
        for label, (right, support, predicted) in enumerate(
            zip(
                counts.true_positives.astype(np.int64).tolist(),
                counts.true.astype(np.int64).tolist(),
                counts.predicted.astype(np.int64).tolist(),
                strict=True,
            )
        )
    )


def _fraction(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def confusion_matrix(gold: Gold, y_pred: IntArray, n_outside: int = 0) -> NDArray[np.int64]:
    """Return how often each gold label (row) met each answer (column), shape (k, k + n_outside + 1).

    Parameters
    ----------
    gold
        Gold labels; k is the number of labels of the spec.
    y_pred
        Predicted codes, shape (n,).
    n_outside
        Number of labels met only in predictions, of all teams together, so that two teams' matrices have the same
        columns. They follow the k labels; the last column is "no prediction".

    Raises
    ------
    ValueError
        A code beyond ``k + n_outside`` that is not `NO_PREDICTION`.
    """
    n_columns = gold.n_classes + n_outside + 1
    missing = y_pred == NO_PREDICTION
    if np.any(y_pred[~missing] >= n_columns - 1):
        raise ValueError(f"a predicted code is beyond the {n_columns - 1} known labels")
    column = np.where(missing, n_columns - 1, y_pred.astype(np.intp))
    cell = gold.y_true.astype(np.intp) * n_columns + column
    return np.bincount(cell, minlength=gold.n_classes * n_columns).reshape(gold.n_classes, n_columns)
