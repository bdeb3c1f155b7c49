"""Metrics of probabilities: log loss, Brier score and top-k accuracy, each the mean of a value per example.

A missing prediction has no probabilities; it counts as much as the team's worst example, and at least as much as a
guess that gives every label the same probability. An example with a label and without probabilities is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reviewer_app.evaluation.inputs import NO_PREDICTION, BoolArray, FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.needs import (
    LabelProbabilities,
    NotDefinedError,
    counted,
    label_probabilities,
    or_nan,
    or_reason,
    require_predictions,
)
from reviewer_app.evaluation.registry import MetricValue

CLIP = 1e-15
"""Probabilities below this one count as this one in log loss: a loss of 34.5."""

_CELLS_PER_BLOCK = 2**20


@or_reason
def log_loss(gold: Gold, predictions: Predictions) -> MetricValue:
    """Return the mean of minus the natural logarithm of the true label's probability.

    In float64, clipped at 1e-15 (the note counts how many), the probabilities not renormalised.
    """
    given = label_probabilities(gold, predictions)
    clipped = int(np.count_nonzero(_true_label_probability(gold, given)[given.given] < CLIP))
    clipped_note = f"{counted(clipped, 'example')} clipped at a probability of 1e-15" if clipped else ""
    return _mean(_log_losses(gold, given), given, clipped_note)


@or_nan
def log_loss_per_example(gold: Gold, predictions: Predictions) -> FloatArray:
    """Return the log loss of each example, shape (n,), NaN where it is left out."""
    return _log_losses(gold, label_probabilities(gold, predictions))


@or_reason
def brier(gold: Gold, predictions: Predictions) -> MetricValue:
    """Return the mean squared distance of the probabilities to the one-hot true label, halved for two labels."""
    given = label_probabilities(gold, predictions)
    return _mean(_squared_distances(gold, given), given)


@or_nan
def brier_per_example(gold: Gold, predictions: Predictions) -> FloatArray:
    """Return the Brier score of each example, shape (n,), NaN where it is left out."""
    return _squared_distances(gold, label_probabilities(gold, predictions))


def _true_label_probability(gold: Gold, given: LabelProbabilities) -> FloatArray:
    probability: FloatArray = given.values[np.arange(gold.n_examples), gold.y_true].astype(np.float64)
    return probability


def _log_losses(gold: Gold, given: LabelProbabilities) -> FloatArray:
    probability = np.where(given.given, _true_label_probability(gold, given), np.nan)
    losses = -np.log(np.clip(probability, CLIP, 1.0))
    return _with_missing(losses, given, np.log(gold.n_classes))


def _squared_distances(gold: Gold, given: LabelProbabilities) -> FloatArray:
    k = gold.n_classes
    scale = 0.5 if k == 2 else 1.0
    distances = np.full(gold.n_examples, np.nan)
    for rows in _row_blocks(given.given, k):
        difference = given.values[rows].astype(np.float64)
        difference[np.arange(len(rows)), gold.y_true[rows]] -= 1.0
        distances[rows] = scale * np.einsum("ij,ij->i", difference, difference)
    return _with_missing(distances, given, scale * (1.0 - 1.0 / k))


def _with_missing(losses: FloatArray, given: LabelProbabilities, uninformed: float) -> FloatArray:
    """Return the losses with those of missing predictions: the team's largest, or `uninformed` if that is larger."""
    losses[given.missing] = max(float(losses[given.given].max()), uninformed)
    return losses


def _mean(losses: FloatArray, given: LabelProbabilities, note: str = "") -> MetricValue:
    n_missing = int(np.count_nonzero(given.missing))
    worst = (
        f"{counted(n_missing, 'missing prediction')} counted as {losses[given.missing][0]:.4g} each"
        if n_missing
        else ""
    )
    notes = "; ".join(part for part in (given.note, worst, note) if part)
    return MetricValue(float(np.nanmean(losses)), note=notes)


@or_reason
def top_5_accuracy(gold: Gold, predictions: Predictions) -> MetricValue:
    """Return the share of examples whose true label is among the five most probable ones."""
    hits = top_k_hits(gold, predictions, 5)
    left_out = int(np.count_nonzero(np.isnan(hits)))
    note = f"{counted(left_out, 'example')} without probabilities left out" if left_out else ""
    return MetricValue(float(np.nanmean(hits)), note=note)


@or_nan
def top_5_hits(gold: Gold, predictions: Predictions) -> FloatArray:
    """Return 1 where the true label is among the five most probable ones, else 0; NaN where left out, shape (n,)."""
    return top_k_hits(gold, predictions, 5)


def top_k_hits(gold: Gold, predictions: Predictions, top: int) -> FloatArray:
    """Return 1 where the true label is among the `top` most probable ones, else 0, shape (n,).

    From the probabilities, ties going to the later label (scikit-learn's top_k_accuracy_score); without them from the
    lists of most probable labels, where a short list names all that the team considers. A missing prediction is 0; a
    label without probabilities or list is NaN.

    Raises
    ------
    NotDefinedError
        No examples, neither probabilities nor lists, or lists shorter than `top`.
    """
    missing = require_predictions(gold, predictions)
    if predictions.probabilities is not None:
        hits = _hits_in_probabilities(gold, predictions.probabilities, top)
    elif predictions.top_labels is not None:
        hits = _hits_in_lists(gold, predictions.top_labels, top)
    else:
        raise NotDefinedError("the predictions have no probabilities")
    if np.all(np.isnan(hits) | missing):
        raise NotDefinedError("no example has probabilities")
    hits[missing] = 0.0
    return hits


def _hits_in_probabilities(gold: Gold, probabilities: FloatArray, top: int) -> FloatArray:
    hits = np.full(gold.n_examples, np.nan)
    later = np.arange(gold.n_classes)
    for rows in _row_blocks(np.asarray(~np.isnan(probabilities).any(axis=1)), gold.n_classes):
        block, label = probabilities[rows], gold.y_true[rows, np.newaxis]
        own = np.take_along_axis(block, label.astype(np.intp), axis=1)
        ahead = (block > own) | ((block == own) & (later > label))
        hits[rows] = ahead.sum(axis=1) < top
    return hits


def _hits_in_lists(gold: Gold, top_labels: IntArray, top: int) -> FloatArray:
    if top_labels.shape[1] < top:
        raise NotDefinedError(f"the predictions list only the {top_labels.shape[1]} most probable labels")
    listed = top_labels[:, :top]
    hits = np.zeros(gold.n_examples)
    hits[np.any(listed == gold.y_true[:, np.newaxis], axis=1)] = 1.0
    hits[np.all(listed == NO_PREDICTION, axis=1)] = np.nan
    return hits


def _row_blocks(chosen: BoolArray, n_columns: int) -> Iterator[IntArray]:
    """Yield the positions of the chosen rows in blocks that bound the memory of what is computed from them."""
    rows = np.flatnonzero(chosen)
    size = max(1, _CELLS_PER_BLOCK // n_columns)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
