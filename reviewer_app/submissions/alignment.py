"""From a prediction file to arrays in the order of a split's examples, with everything there is to say about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.values import text_values
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.inputs import NO_PREDICTION, BoolArray, FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.needs import counted
from reviewer_app.progress import Progress
from reviewer_app.submissions.class_values import (
    most_probable_first,
    read_class_values,
    read_column,
    read_top_lists,
)
from reviewer_app.submissions.joining import join_rows
from reviewer_app.submissions.label_codes import LabelCodes, LabelColumn
from reviewer_app.submissions.missing_predictions import missing_predictions
from reviewer_app.submissions.most_probable import label_not_argmax, label_not_first, most_probable
from reviewer_app.submissions.origin import Origin
from reviewer_app.submissions.plausibility import implausible
from reviewer_app.submissions.prediction_files import PredictionFile, read_predictions
from reviewer_app.submissions.probabilities import (
    check_label_probability,
    check_probabilities,
    check_top_probabilities,
)
from reviewer_app.submissions.scores import (
    check_threshold,
    labels_by_validation,
    labels_by_word,
    probability_in_list,
    probability_of_label,
    two_class_probabilities,
)
from reviewer_app.submissions.submission import AlignedPredictions


def align(
    source: Path | PredictionFile,
    dataset: Dataset,
    split: str = "test",
    known_labels: Sequence[str] = (),
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> AlignedPredictions:
    """Return a file's predictions for the examples of a split, in the split's order.

    Rows are joined by id, never by position, and the order of the rows never matters. Where both are there, the label
    counts and probabilities are what is said about it; without labels the most probable class is the label, the first
    in class order among equals. A score without labels stays without labels unless `ImportOptions.threshold` is given
    or the file has rows of the validation split, on which the threshold is then chosen.

    Parameters
    ----------
    source
        A csv, parquet or jsonl file, or one that was read by `read_predictions` for this dataset.
    dataset, split
        What is predicted. Rows of the other one of test and validation are not extra.
    known_labels
        Labels that have a code already: the spec's, then those of earlier predictions, in the order of their codes.
    options
        What the user said about the file.
    progress
        Told the fraction read.

    Raises
    ------
    ReviewError
        Whatever makes the numbers wrong or dependent on a choice that nobody made; the warnings and infos met on the
        way stand beside the errors.
    """
    options = options or ImportOptions()
    file = source if isinstance(source, PredictionFile) else read_predictions(source, dataset, options, progress)
    with _beside(file.findings):
        return _Alignment(file, dataset, split, known_labels, options).result()


def align_splits(
    path: Path,
    dataset: Dataset,
    known_labels: Sequence[str] = (),
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> dict[str, AlignedPredictions]:
    """Return a file's predictions for "test", and for "validation" where it has a row of that split.

    The labels of validation continue those of test, so codes mean the same in both. Parameters and errors as for
    `align`; what is said of the whole file stands with "test" alone.
    """
    file = read_predictions(path, dataset, options, progress)
    aligned = {"test": align(file, dataset, "test", known_labels, options)}
    if "validation" in dataset.splits and _has_rows(file, dataset, "validation"):
        validation = align(file, dataset, "validation", aligned["test"].labels, options)
        said = set(aligned["test"].findings)
        findings = tuple(finding for finding in validation.findings if finding not in said)
        aligned["validation"] = AlignedPredictions(validation.predictions, validation.labels, findings)
    return aligned


def _has_rows(file: PredictionFile, dataset: Dataset, split: str) -> bool:
    ids = dataset.splits[split].ids
    return bool(pc.any(pc.is_in(file.ids, value_set=ids.cast(pa.string()))).as_py())


@contextmanager
def _beside(findings: Sequence[Finding]) -> Iterator[None]:
    """Let an error carry what was found before it."""
    try:
        yield
    except ReviewError as error:
        raise ReviewError([*error.findings, *findings]) from error


class _Alignment:
    """The arrays of one split, filled step by step."""

    def __init__(
        self, file: PredictionFile, dataset: Dataset, split: str, known_labels: Sequence[str], options: ImportOptions
    ) -> None:
        self._file = file
        self._columns = file.columns
        self._dataset = dataset
        self._split = dataset.splits[split]
        self._options = options
        self._codes = LabelCodes(dataset.spec.labels, known_labels, file=file.table.name)
        positive = dataset.spec.positive_label
        self._positive = None if positive is None else dataset.spec.labels.index(positive)
        self._rows, self._findings = self._join(split)
        self._origin = Origin(file.table.name, self._rows, file.table.places)

    def result(self) -> AlignedPredictions:
        """Return the predictions, or raise with everything that was found."""
        with _beside(self._findings):
            predictions = self._predictions()
        if any(finding.severity is Severity.ERROR for finding in self._findings):
            raise ReviewError(self._findings)
        gold = Gold(self._split.y, len(self._dataset.spec.labels), self._positive)
        self._findings += implausible(gold, predictions, self._codes.labels, self._origin.file)
        return AlignedPredictions(predictions, self._codes.labels, (*self._file.findings, *self._findings))

    def _predictions(self) -> Predictions:
        self._missing(~self._origin.given)  # a wrong file is said to be one before anything about its values
        stated, probabilities = self._class_values()
        y_pred = self._labels(stated)
        top_labels, top_probabilities = self._top_lists(y_pred)
        confidence = self._confidence(y_pred)
        if y_pred is not None:
            if confidence is None and probabilities is not None:
                confidence = probability_of_label(y_pred, probabilities)
            elif confidence is None and top_labels is not None and top_probabilities is not None:
                confidence = probability_in_list(y_pred, top_labels, top_probabilities)
            if stated is None and confidence is not None and len(self._dataset.spec.labels) == 2:
                probabilities = self._two_class_probabilities(y_pred, confidence)
        score = self._score(y_pred, probabilities)
        self._findings += check_threshold(self._options.threshold, self._origin.file, has_score=score is not None)
        if score is not None and self._positive is not None:
            decided = self._labels_from_score(y_pred, score, self._positive)
            if decided is not y_pred:  # the confidence was that of another label
                y_pred, confidence = decided, None
                if decided is not None and probabilities is not None:
                    confidence = probability_of_label(decided, probabilities)
        predictions = Predictions(y_pred, score, probabilities, top_labels, top_probabilities, confidence)
        self._findings += self._missing(predictions.missing)
        return predictions

    def _join(self, split: str) -> tuple[NDArray[np.int64], list[Finding]]:
        used = (*self._columns.text[1:], *self._columns.numeric)
        return join_rows(self._file.table, self._file.ids, self._dataset, split, used)

    def _missing(self, missing: BoolArray) -> list[Finding]:
        return missing_predictions(
            self._file, self._origin, self._split, missing, self._options, is_matching=self._positive is not None
        )

    def _class_values(self) -> tuple[FloatArray | None, FloatArray | None]:
        """Return the values per class as stated, and as probabilities."""
        if not self._columns.probabilities:
            return None, None
        stated, findings = read_class_values(self._file, self._dataset.spec, self._rows)
        checked = check_probabilities(stated, self._origin, self._options.probabilities)
        self._findings += [*findings, *checked.findings]
        return stated, checked.values

    def _labels(self, stated: FloatArray | None) -> IntArray | None:
        """Return the predicted labels: those of the file, else the most probable ones, else none."""
        name = self._columns.label or (self._columns.top[0][0] if self._columns.top else None)
        if name is None:
            return None if stated is None else self._most_probable(stated)
        column = LabelColumn.of(text_values(self._file.table, name), self._rows)
        self._findings += self._codes.settle(column, self._options, self._origin)
        y_pred = self._codes.codes(column)
        if stated is not None:
            self._findings += label_not_argmax(stated, y_pred, self._origin, self._codes.labels)
        return y_pred

    def _most_probable(self, stated: FloatArray) -> IntArray:
        y_pred, ties = most_probable(stated)
        number = int(np.count_nonzero(y_pred != NO_PREDICTION))
        message = f"{self._origin.file} has no labels: the class with the largest probability was taken."
        if ties:
            message += (
                f" In {counted(ties, 'row')} several classes are the largest; the first in class order was taken."
            )
        finding = Finding("labels_from_probabilities", Severity.INFO, message, number, self._origin.file)
        self._findings.append(finding)
        return y_pred

    def _top_lists(self, y_pred: IntArray | None) -> tuple[IntArray | None, FloatArray | None]:
        if not self._columns.top or y_pred is None:
            return None, None
        labels, stated = read_top_lists(self._file, self._codes, self._rows)
        self._findings += label_not_first(labels, stated, y_pred, self._origin, self._codes.labels)
        if stated is None:
            return labels, None
        checked = check_top_probabilities(stated, self._origin, self._options.probabilities)
        self._findings += checked.findings
        return (labels, None) if checked.values is None else most_probable_first(labels, checked.values)

    def _confidence(self, y_pred: IntArray | None) -> FloatArray | None:
        """Return the confidence that a column of its own states."""
        column = self._columns.confidence
        if column is None or y_pred is None:
            return None
        stated = read_column(self._file, column, self._rows)
        checked = check_label_probability(stated, self._origin, self._options.probabilities, column)
        self._findings += checked.findings
        return checked.values

    def _two_class_probabilities(self, y_pred: IntArray, confidence: FloatArray) -> FloatArray:
        """Return both classes' probabilities; a confidence below 0.5 of a column of its own may be a score instead."""
        probabilities = two_class_probabilities(y_pred, confidence)
        column, positive = self._columns.confidence, self._dataset.spec.positive_label
        if column is not None:
            hint = (
                f' If "{column}" is the probability of "{positive}", say --column score={column}.' if positive else ""
            )
            self._findings += label_not_argmax(probabilities, y_pred, self._origin, self._codes.labels, hint)
        return probabilities

    def _score(self, y_pred: IntArray | None, probabilities: FloatArray | None) -> FloatArray | None:
        """Return the score of the positive label: its own column's, else its probability."""
        if self._positive is None:
            return None
        column = self._columns.score
        if column is None:
            return None if probabilities is None else probabilities[:, self._positive].copy()
        score = read_column(self._file, column, self._rows)
        missing = self._origin.given & np.isnan(score)
        if y_pred is not None and missing.any():
            message = (
                f"{counted(int(missing.sum()), 'row')} without a score: these examples leave the metrics of ranking."
            )
            ids = self._split.ids
            finding = self._origin.finding(
                "scores_missing", Severity.WARNING, message, missing, lambda example: f'"{ids[example]}"'
            )
            self._findings.append(finding)
        return score

    def _labels_from_score(self, y_pred: IntArray | None, score: FloatArray, positive: int) -> IntArray | None:
        """Return the labels at the user's threshold, else the file's, else those at the threshold of validation."""
        if self._options.threshold is not None:
            y_pred, finding = labels_by_word(y_pred, score, positive, self._options.threshold, self._origin.file)
        elif y_pred is None:
            metric_id = self._options.metric or self._dataset.spec.metric
            y_pred, finding = labels_by_validation(
                score, positive, self._validation_score(positive), metric_id, self._origin.file
            )
        else:
            return y_pred
        self._findings.append(finding)
        return y_pred

    def _validation_score(self, positive: int) -> tuple[BoolArray, FloatArray] | None:
        """Return which validation examples are positive, and the score that the file gives them."""
        column, validation = self._columns.score, self._dataset.splits.get("validation")
        if validation is None or column is None:
            return None
        rows, _ = self._join("validation")
        return validation.y == positive, read_column(self._file, column, rows)
