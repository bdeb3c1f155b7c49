"""The most probable label of each example, and predicted labels that are not it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reviewer_app.errors import Finding, Severity
from reviewer_app.evaluation.inputs import NO_PREDICTION, FloatArray, IntArray
from reviewer_app.evaluation.needs import counted
from reviewer_app.submissions.origin import Origin


def label_not_argmax(
    values: FloatArray, y_pred: IntArray, origin: Origin, labels: Sequence[str], hint: str = ""
) -> list[Finding]:
    """Return the finding about predicted labels that have not the largest value of their row; the label counts.

    Rows without a label, with a label of no class, or with missing values are left out.

    Parameters
    ----------
    values
        Values per class, shape (n, k), on any scale.
    y_pred
        Codes, shape (n,).
    origin, labels
        Where they stand; all labels by code.
    hint
        What else the values may mean, appended to the message.
    """
    largest = values.max(axis=1)
    of_label = np.take_along_axis(values, np.minimum(y_pred, values.shape[1] - 1)[:, np.newaxis], axis=1)[:, 0]
    where = np.asarray((y_pred < values.shape[1]) & (of_label < largest))  # false where a value is missing
    if not where.any():
        return []

    def value(example: int) -> str:
        best = int(values[example].argmax())
        label = labels[int(y_pred[example])]
        own = values[example, y_pred[example]]
        return f'"{label}" has {own:g}, "{labels[best]}" has {values[example, best]:g}'

    rows = counted(int(where.sum()), "row")
    message = f"in {rows} the predicted label is not the class with the largest probability. The label counts.{hint}"
    return [origin.finding("label_not_argmax", Severity.WARNING, message, where, value)]


def label_not_first(
    top_labels: IntArray, stated: FloatArray | None, y_pred: IntArray, origin: Origin, labels: Sequence[str]
) -> list[Finding]:
    """Return the finding about predicted labels that are not the first of their top-k list, nor as probable.

    Parameters
    ----------
    top_labels, stated
        Codes and probabilities as they stand in the file, shape (n, m).
    y_pred
        Codes, shape (n,).
    """
    first = top_labels[:, 0]
    where = (y_pred != first) & (y_pred != NO_PREDICTION) & (first != NO_PREDICTION)
    if stated is not None:
        as_probable = (top_labels == y_pred[:, np.newaxis]) & (stated >= stated[:, :1])
        where &= ~as_probable.any(axis=1)
    if not where.any():
        return []
    rows = counted(int(where.sum()), "row")
    message = f"in {rows} the predicted label is not the first of the top-k list. The label counts."

    def value(example: int) -> str:
        return f'"{labels[int(y_pred[example])]}", and first is "{labels[int(first[example])]}"'

    return [origin.finding("label_not_argmax", Severity.WARNING, message, where, value)]


def most_probable(values: FloatArray) -> tuple[IntArray, int]:
    """Return the code of the largest value of each row, and in how many rows several are the largest.

    The first in class order is taken; a row that lacks a value has `NO_PREDICTION`.
    """
    largest = values.max(axis=1)
    y_pred = values.argmax(axis=1).astype(np.uint16)
    y_pred[np.isnan(largest)] = NO_PREDICTION
    ties = (values == largest[:, np.newaxis]).sum(axis=1) > 1
    return y_pred, int(np.count_nonzero(ties))
