"""ROC AUC: placements, influence values and DeLong's variance of a difference, in O(n log n)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.needs import score_of_positive
from reviewer_app.evaluation.registry import Metric, Needs

_ROUNDING = 1e-12


@dataclass(frozen=True)
class DeLong:
    """DeLong's comparison of two AUCs on the same examples.

    Attributes
    ----------
    auc_a, auc_b
        Areas under the ROC curve.
    variance
        Of their difference; None where a class has a single example.
    """

    auc_a: float
    auc_b: float
    variance: float | None


def delong(positive: BoolArray, score_a: FloatArray, score_b: FloatArray) -> DeLong:
    """Return two AUCs and the variance of their difference (DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44).

    By midranks (Sun & Xu 2014, IEEE Signal Process. Lett. 21); ties count half.

    Parameters
    ----------
    positive
        Shape (n,), at least one True and one False.
    score_a, score_b
        Shape (n,), no NaN; infinite scores rank first and last.

    Raises
    ------
    ValueError
        One class only.
    """
    n_positive = int(np.count_nonzero(positive))
    n_negative = len(positive) - n_positive
    if n_positive == 0 or n_negative == 0:
        raise ValueError("an AUC needs positive and negative examples")
    placed_a, placed_b = placements(positive, score_a), placements(positive, score_b)
    auc_a, auc_b = float(placed_a[positive].mean()), float(placed_b[positive].mean())
    if n_positive == 1 or n_negative == 1:
        return DeLong(auc_a, auc_b, None)
    apart = placed_a - placed_b
    variance = apart[positive].var(ddof=1) / n_positive + apart[~positive].var(ddof=1) / n_negative
    return DeLong(auc_a, auc_b, float(variance))


def placements(positive: BoolArray, score: FloatArray) -> FloatArray:
    """Return each positive's share of negatives below it and each negative's share of positives above it, ties half.

    The mean over the positives, and that over the negatives, is the AUC. Shape (n,).
    """
    order = np.argsort(score, kind="stable")
    ranked, is_positive = score[order], positive[order]
    starts = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
    tie = np.cumsum(np.append(False, ranked[1:] != ranked[:-1]))
    of_positives = np.add.reduceat(is_positive.astype(np.int64), starts)
    of_negatives = np.diff(np.append(starts, len(score))) - of_positives
    n_positive, n_negative = int(of_positives.sum()), int(of_negatives.sum())
    negatives_below = (np.cumsum(of_negatives) - of_negatives / 2.0) / n_negative
    positives_above = (n_positive - np.cumsum(of_positives) + of_positives / 2.0) / n_positive
    placed = np.empty(len(score))
    placed[order] = np.where(is_positive, negatives_below[tie], positives_above[tie])
    return placed


@dataclass(frozen=True, eq=False)
class AucInfluence:
    """Effects of the examples on the AUC of several runs.

    Attributes
    ----------
    of_runs
        For each run the first-order effect of each example, shape (n,).
    different
        Which examples not all runs place alike, shape (n,).
    """

    of_runs: tuple[FloatArray, ...]
    different: BoolArray


def auc_influence(metric: Metric, gold: Gold, runs: Sequence[Predictions], *, unbiased: bool) -> AucInfluence:
    """Return the first-order effect of each example on the AUC of each run.

    (placement - AUC) / number of examples of its class; for a macro average over one-vs-rest AUCs the classes' effects
    are added per example, so that squares see their correlation.

    Parameters
    ----------
    metric
        Of family AUC; from a score (binary) or from probabilities (macro over the classes of the gold).
    gold, runs
        At least two classes in the gold; no NaN in what the metric needs.
    unbiased
        Stretch the effects by sqrt(m / (m - 1)), m the examples of the class or of the rest: the sum of squares of a
        difference is then DeLong's variance. A class with a single example then has no effects: NaN throughout.
    """
    binary = metric.needs is Needs.SCORE
    labels = [gold.positive] if binary else np.unique(gold.y_true).tolist()
    of_runs = [np.zeros(gold.n_examples) for _ in runs]
    different = np.zeros(gold.n_examples, dtype=np.bool_)
    for label in labels:
        positive = gold.y_true == label
        placed = [placements(positive, _score(gold, run, None if binary else label)) for run in runs]
        for effect, places in zip(of_runs, placed, strict=True):
            effect += _effects(positive, places, unbiased=unbiased) / len(labels)
            different |= np.abs(places - placed[0]) > _ROUNDING
    return AucInfluence(tuple(of_runs), different)


def smallest_class(gold: Gold) -> int:
    """Return the number of examples of the rarest class in the gold."""
    counts = np.bincount(gold.y_true)
    return int(counts[counts > 0].min())


def _score(gold: Gold, run: Predictions, label: int | None) -> FloatArray:
    """Return what ranks the examples: the score of the positive label, or the probability of a label."""
    score = score_of_positive(run, gold.positive) if label is None else _column(run, label)
    assert score is not None
    return score


def _column(run: Predictions, label: int) -> FloatArray | None:
    return None if run.probabilities is None else np.ascontiguousarray(run.probabilities[:, label])


def _effects(positive: BoolArray, placed: FloatArray, *, unbiased: bool) -> FloatArray:
    n_positive = int(np.count_nonzero(positive))
    sizes: IntArray = np.where(positive, n_positive, len(positive) - n_positive)
    effect: FloatArray = (placed - placed[positive].mean()) / sizes
    return stretched(effect, sizes) if unbiased else effect


def stretched(effects: FloatArray, sizes: IntArray) -> FloatArray:
    """Return effects times sqrt(m / (m - 1)), m the size of the example's class; NaN throughout where one has size 1.

    Parameters
    ----------
    effects, sizes
        Of each example, shape (n,).
    """
    if sizes.min() == 1:
        return np.full(len(effects), math.nan)
    return np.asarray(effects * np.sqrt(sizes / (sizes - 1.0)))
