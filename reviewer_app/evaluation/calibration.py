"""Calibration of the most probable label: does it turn out right as often as its probability says?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.needs import NotDefinedError, counted, label_probabilities, or_reason, require_predictions
from reviewer_app.evaluation.registry import MetricValue

N_BINS = 15
"""Equal-width bins over [0, 1], each open below and closed above (Guo et al. 2017)."""

_CELLS_PER_BIN = 100

_SIMULATIONS = 1000

_SEED = 0
"""Any number would do; a fixed one gives the same note each time."""


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """Bins of confidence that hold examples.

    Attributes
    ----------
    confidence
        Mean probability of the most probable label in each bin, shape (m,).
    accuracy
        Share of examples in the bin for which that label is right, shape (m,).
    count
        Number of examples in the bin, shape (m,).
    low, high
        The bin's limits, shape (m,).
    reason
        Why there is no curve (m = 0); None where there is one.
    """

    confidence: FloatArray
    accuracy: FloatArray
    count: IntArray
    low: FloatArray
    high: FloatArray
    reason: str | None = None


@or_reason
def calibration_error(gold: Gold, predictions: Predictions) -> MetricValue:
    """Return the expected calibration error: the mean over examples of |accuracy - confidence| of their bin.

    Of the most probable label, in 15 bins (Guo et al. 2017). A perfectly calibrated model does not show 0 on a finite
    sample; the note gives what it would show with the same confidences, the mean of 1,000 seeded simulations in which
    each label is right with its stated probability. Missing predictions state no confidence and are left out.
    """
    guesses = _top_guesses(gold, predictions)
    cells = _cells(guesses.confidence)
    count = np.bincount(cells, minlength=N_BINS * _CELLS_PER_BIN)
    confidence = _sums(guesses.confidence, cells, len(count))
    hits = _sums(guesses.right, cells, len(count))
    n = len(guesses.confidence)
    value = float(np.abs(_per_bin(hits) - _per_bin(confidence)).sum()) / n
    by_chance = _error_by_chance(count, confidence)
    notes = [f"{by_chance:.4f} by chance if perfectly calibrated"]
    if guesses.note:
        notes.append(guesses.note)
    left_out = gold.n_examples - n
    if left_out:
        notes.append(f"{counted(left_out, 'example')} without a confidence left out")
    return MetricValue(value, note="; ".join(notes))


def reliability_curve(gold: Gold, predictions: Predictions) -> ReliabilityCurve:
    """Return accuracy against confidence in the bins of the calibration error that hold examples."""
    try:
        guesses = _top_guesses(gold, predictions)
    except NotDefinedError as error:
        nothing = np.empty(0)
        return ReliabilityCurve(nothing, nothing, np.empty(0, dtype=np.int64), nothing, nothing, reason=str(error))
    bins = _cells(guesses.confidence) // _CELLS_PER_BIN
    count = np.bincount(bins, minlength=N_BINS)
    filled = np.flatnonzero(count)
    return ReliabilityCurve(
        confidence=_sums(guesses.confidence, bins, N_BINS)[filled] / count[filled],
        accuracy=_sums(guesses.right, bins, N_BINS)[filled] / count[filled],
        count=count[filled],
        low=filled / N_BINS,
        high=(filled + 1) / N_BINS,
    )


@dataclass(frozen=True, eq=False)
class _TopGuesses:
    """The most probable label of each example that states one: its probability, and whether it is right."""

    confidence: FloatArray
    right: BoolArray
    note: str = ""


def _top_guesses(gold: Gold, predictions: Predictions) -> _TopGuesses:
    """Return the top guesses from probabilities, else lists, else confidences, else scores in [0, 1]."""
    missing = require_predictions(gold, predictions)
    if predictions.probabilities is None:
        if predictions.top_labels is not None and predictions.top_probabilities is not None:
            return _stated(gold, predictions.top_labels[:, 0], predictions.top_probabilities[:, 0], missing)
        if predictions.y_pred is not None and predictions.confidence is not None:
            return _stated(gold, predictions.y_pred, predictions.confidence, missing)
    given = label_probabilities(gold, predictions)
    label = np.argmax(given.values, axis=1)
    confidence = np.take_along_axis(given.values, label[:, np.newaxis], axis=1)[:, 0]
    note = "the score is taken as the probability of the positive label" if given.from_score else ""
    return _TopGuesses(confidence[given.given].astype(np.float64), (label == gold.y_true)[given.given], note)


def _stated(gold: Gold, label: IntArray, confidence: FloatArray, missing: BoolArray) -> _TopGuesses:
    given = ~np.isnan(confidence) & ~missing
    if not given.any():
        raise NotDefinedError("no example has a confidence")
    return _TopGuesses(confidence[given].astype(np.float64), (label == gold.y_true)[given])


def _cells(confidence: FloatArray) -> IntArray:
    """Return the fine cell of each confidence: 100 to a bin, each open below and closed above."""
    n_cells = N_BINS * _CELLS_PER_BIN
    return np.clip(np.ceil(confidence * n_cells).astype(np.intp) - 1, 0, n_cells - 1)


def _sums(values: FloatArray | BoolArray, codes: IntArray, n_codes: int) -> FloatArray:
    return np.bincount(codes, weights=values, minlength=n_codes).astype(np.float64)


def _per_bin(per_cell: FloatArray) -> FloatArray:
    return np.asarray(per_cell.reshape(*per_cell.shape[:-1], N_BINS, _CELLS_PER_BIN).sum(axis=-1))


def _error_by_chance(count: IntArray, confidence: FloatArray) -> float:
    """Return the mean error of simulated models that are right as often as they say.

    Hits are drawn per fine cell, as if its confidences were equal: that changes the variance by less than 1 in 1,000
    and costs the same for any number of examples.

    Parameters
    ----------
    count, confidence
        Number of examples and sum of their confidences in each cell.
    """
    probability = np.clip(np.divide(confidence, count, out=np.zeros_like(confidence), where=count > 0), 0.0, 1.0)
    hits = np.random.default_rng(_SEED).binomial(count, probability, size=(_SIMULATIONS, len(count)))
    errors = np.abs(_per_bin(hits.astype(np.float64)) - _per_bin(confidence)).sum(axis=-1)
    return float(errors.mean() / count.sum())
