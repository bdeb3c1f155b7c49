"""Confidence, score and probabilities of two classes, each from the others; and labels from a score."""

from __future__ import annotations

import numpy as np

from reviewer_app.errors import Finding, Remedy, Severity
from reviewer_app.evaluation.inputs import NO_PREDICTION, BoolArray, FloatArray, IntArray
from reviewer_app.evaluation.metrics import metric
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.thresholds import choose_threshold, labels_at_threshold

_DEFAULT_METRIC = "f1"


def probability_of_label(y_pred: IntArray, probabilities: FloatArray) -> FloatArray:
    """Return the probability of each predicted label, shape (n,), NaN where it is of no class or missing.

    Parameters
    ----------
    y_pred
        Codes, shape (n,).
    probabilities
        Shape (n, k).
    """
    known = np.flatnonzero(y_pred < probabilities.shape[1])
    confidence = np.full(len(y_pred), np.nan, dtype=probabilities.dtype)
    confidence[known] = probabilities[known, y_pred[known]]
    return confidence


def probability_in_list(y_pred: IntArray, top_labels: IntArray, top_probabilities: FloatArray) -> FloatArray:
    """Return the probability of each predicted label from its top-k list, shape (n,), NaN where it is not in it."""
    confidence = np.full(len(y_pred), np.nan, dtype=top_probabilities.dtype)
    for rank in range(top_labels.shape[1]):
        here = np.isnan(confidence) & (top_labels[:, rank] == y_pred) & (y_pred != NO_PREDICTION)
        confidence[here] = top_probabilities[here, rank]
    return confidence


def two_class_probabilities(y_pred: IntArray, confidence: FloatArray) -> FloatArray:
    """Return the probabilities that the confidence in a label of two says, shape (n, 2), NaN where it says none."""
    probabilities = np.full((len(y_pred), 2), np.nan, dtype=confidence.dtype)
    known = np.flatnonzero(y_pred < 2)
    probabilities[known, y_pred[known]] = confidence[known]
    probabilities[known, 1 - y_pred[known].astype(np.int64)] = 1 - confidence[known]
    return probabilities


def check_threshold(threshold: float | None, file: str, *, has_score: bool) -> list[Finding]:
    """Return what is wrong with the threshold that the user gave, or that it changes nothing."""
    if threshold is None:
        return []
    if not np.isfinite(threshold):
        message = f"{file}: no score is compared with {threshold}: give a number with --threshold T."
        return [Finding("bad_threshold", Severity.ERROR, message, file=file)]
    if not has_score:
        message = f"{file} has no score of a positive label, so --threshold {threshold:g} changes nothing in it."
        return [Finding("threshold_unused", Severity.WARNING, message, file=file)]
    return []


def labels_by_word(
    y_pred: IntArray | None, score: FloatArray, positive: int, threshold: float, file: str
) -> tuple[IntArray, Finding]:
    """Return the labels at the threshold that the user gave, and what that did to the labels of the file."""
    labels = labels_at_threshold(score, threshold, positive)
    message = f"{file}: predicted positive where the score is at least {threshold:g}, as --threshold says."
    changed = 0
    if y_pred is not None:
        labels = np.where(np.isnan(score), y_pred, labels)
        changed = int(np.count_nonzero(labels != y_pred))
        message += f" That changes {counted(changed, 'label')} of the file."
    return labels, Finding("labels_from_threshold", Severity.INFO, message, changed or len(labels), file)


def labels_by_validation(
    score: FloatArray,
    positive: int,
    validation: tuple[BoolArray, FloatArray] | None,
    metric_id: str | None,
    file: str,
) -> tuple[IntArray | None, Finding]:
    """Return the labels at the threshold that is best on validation, None where none can be chosen, and why.

    Parameters
    ----------
    score
        Score of the positive label, shape (n,), NaN where missing.
    positive
        Its code.
    validation
        Whether each validation example is positive, and its score, NaN where the file has none; None: no such split.
    metric_id
        The primary metric; F1 stands in for one that no threshold changes, and for None.
    file
        The file's name.
    """
    chosen_for = metric_id if metric_id is not None and metric(metric_id).from_counts is not None else _DEFAULT_METRIC
    reason = "the dataset has no validation split"
    if validation is not None:
        choice = choose_threshold(*validation, chosen_for)
        reason = f"on the validation rows, {choice.reason}"
        if choice.threshold is not None:
            message = (
                f"{file} has a score and no labels: predicted positive where the score is at least "
                f"{choice.threshold:.6g}, the best for {chosen_for} on {counted(choice.n_examples, 'validation row')} "
                f"of the file ({choice.value:.4f} there)."
            )
            finding = Finding("threshold_chosen", Severity.INFO, message, choice.n_examples, file)
            return labels_at_threshold(score, choice.threshold, positive), finding
    message = (
        f"{file} has a score and no labels, so only metrics of ranking are defined. A threshold could not be chosen: "
        f"{reason}. Give one with --threshold T, or add the predictions of the validation split to the file."
    )
    stated = score[~np.isnan(score)]
    like_probabilities = len(stated) and stated.min() >= 0 and stated.max() <= 1
    remedies = (Remedy("Predict positive from 0.5 on", "threshold", "0.5"),) if like_probabilities else ()
    return None, Finding("no_labels", Severity.WARNING, message, len(score), file, remedies=remedies)
