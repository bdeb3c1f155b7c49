"""Tables and curves of single runs: classes, confusion matrix, ROC, precision-recall, thresholds, reliability."""

from __future__ import annotations

import sqlite3

import numpy as np

from reviewer_app.evaluation.calibration import reliability_curve
from reviewer_app.evaluation.curves import precision_recall_curve, roc_curve, threshold_sweep
from reviewer_app.evaluation.inputs import FloatArray, Gold, Predictions
from reviewer_app.evaluation.missing import treat_missing
from reviewer_app.evaluation.per_class import confusion_matrix, per_class
from reviewer_app.review.cells import finished_cell
from reviewer_app.review.contents import Contents
from reviewer_app.review.measuring import read_gold
from reviewer_app.review.queries import ClassReport, ConfusionMatrix, Curve
from reviewer_app.store.datasets import DatasetRecord
from reviewer_app.store.runs import read_predictions

NO_PREDICTION_LABEL = "no prediction"
"""Heading of the last column of a confusion matrix."""

_MOST_POINTS = 2_000


def class_reports(
    connection: sqlite3.Connection, contents: Contents, dataset: str, team: str
) -> tuple[ClassReport, ...]:
    """Return precision, recall, F1 and support of each label of the spec; empty where the team gave scores only.

    Raises
    ------
    ReviewError
        ``no_run`` if the team has no finished run on the dataset.
    """
    record, gold, predictions = _treated_run(connection, contents, dataset, team)
    if predictions.y_pred is None:
        return ()
    return tuple(
        ClassReport(
            label=record.labels[scores.label],
            precision=scores.precision,
            recall=scores.recall,
            f1=scores.f1,
            support=scores.support,
            predicted=scores.predicted,
        )
        for scores in per_class(gold, predictions.y_pred)
    )


def confusion_table(connection: sqlite3.Connection, contents: Contents, dataset: str, team: str) -> ConfusionMatrix:
    """Return how often each gold label met each answer; all 0 where the team gave scores only.

    The columns are the same for every team: the spec's labels, those met only in predictions, "no prediction".

    Raises
    ------
    ReviewError
        ``no_run`` if the team has no finished run on the dataset.
    """
    record, gold, predictions = _treated_run(connection, contents, dataset, team)
    n_outside = len(record.labels) - gold.n_classes
    if predictions.y_pred is None:
        counts = np.zeros((gold.n_classes, gold.n_classes + n_outside + 1), dtype=np.int64)
    else:
        counts = confusion_matrix(gold, predictions.y_pred, n_outside)
    return ConfusionMatrix(
        row_labels=record.labels[: gold.n_classes],
        column_labels=(*record.labels, NO_PREDICTION_LABEL),
        counts=tuple(tuple(row) for row in counts.tolist()),
    )


def curves(connection: sqlite3.Connection, contents: Contents, dataset: str, team: str) -> tuple[Curve, ...]:
    """Return the curves that a team's run has, at most 2,000 points each; those that are not defined are left out.

    Raises
    ------
    ReviewError
        ``no_run`` if the team has no finished run on the dataset.
    """
    _, gold, predictions = _treated_run(connection, contents, dataset, team)
    found: list[Curve] = []
    if gold.positive is not None:
        roc = roc_curve(gold, predictions)
        found.append(_curve("ROC", roc.x, roc.y, "false positive rate", "true positive rate"))
        precision_recall = precision_recall_curve(gold, predictions)
        found.append(_curve("precision-recall", precision_recall.x, precision_recall.y, "recall", "precision"))
        sweep = threshold_sweep(gold, predictions)
        finite = np.isfinite(sweep.thresholds)
        for name, values in (("precision", sweep.precision), ("recall", sweep.recall), ("F1", sweep.f1)):
            found.append(_curve("threshold sweep", sweep.thresholds[finite], values[finite], "threshold", name))
    reliability = reliability_curve(gold, predictions)
    weights = tuple(float(count) for count in reliability.count)
    found.append(_curve("reliability", reliability.confidence, reliability.accuracy, "confidence", "accuracy", weights))
    return tuple(curve for curve in found if curve.x)


def _curve(
    name: str, x: FloatArray, y: FloatArray, x_label: str, y_label: str, weights: tuple[float, ...] = ()
) -> Curve:
    shown = np.unique(np.linspace(0, max(len(x) - 1, 0), min(len(x), _MOST_POINTS)).round().astype(np.intp))
    return Curve(name, tuple(x[shown].tolist()), tuple(y[shown].tolist()), x_label, y_label, weights)


def _treated_run(
    connection: sqlite3.Connection, contents: Contents, dataset: str, team: str
) -> tuple[DatasetRecord, Gold, Predictions]:
    """Return the dataset, and gold and predictions of the team's first run there, missing ones treated."""
    record = contents.dataset(dataset)
    _, runs = finished_cell(contents, record, team)
    predictions = read_predictions(connection, runs[0])
    treated = treat_missing(read_gold(connection, record), [predictions], runs[0].missing)
    return record, treated.gold, treated.predictions[0]
