"""From what a run sent to predictions aligned with the examples; what cannot be a prediction is refused in words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.errors import Finding, Severity
from reviewer_app.evaluation.inputs import NO_PREDICTION, FloatArray, Gold, Predictions
from reviewer_app.running.result_stream import Frame, ResultError
from reviewer_app.submissions.most_probable import label_not_argmax
from reviewer_app.submissions.origin import N_FIRST, Origin
from reviewer_app.submissions.plausibility import implausible
from reviewer_app.submissions.probabilities import check_probabilities
from reviewer_app.submissions.scores import probability_of_label
from reviewer_app.submissions.submission import AlignedPredictions

_UNUSABLE = "they are not used, and metrics of probabilities are not defined"
_SAID = {
    "probabilities_missing": "are not all finite numbers; these examples leave the metrics of probabilities",
    "probability_out_of_range": f"lie outside 0 to 1; {_UNUSABLE}",
    "probabilities_not_normalised": f"do not sum to 1; {_UNUSABLE}",
    "probabilities_percent": f"are percentages; {_UNUSABLE}",
    "probabilities_logits": f"lie outside 0 to 1 and do not sum to 1, as logits do; {_UNUSABLE}",
}
"""What is wrong with probabilities; a run has no options that could mend them."""


def predicted_splits(dataset: Dataset) -> dict[str, int]:
    """Return the splits that are predicted, and their numbers of examples."""
    return {name: dataset.splits[name].n_examples for name in ("validation", "test") if name in dataset.splits}


def read_results(
    frames: Mapping[tuple[str, str], Frame], notes: Sequence[str], dataset: Dataset, test_order: NDArray[np.int64]
) -> dict[str, AlignedPredictions]:
    """Return the predictions of each split in the split's own order.

    They are checked as those of a prediction file are. A label outside the spec's is kept as written and wrong; an
    example without a label counts as missing; numbers that are no probabilities leave the labels standing.

    Parameters
    ----------
    frames, notes
        See `ResultStream`; lengths and codes are checked there.
    dataset
        What was predicted.
    test_order
        See `write_job_folder`.

    Raises
    ------
    ResultError
        If a split has no labels, if more than half of its examples have none, or if every label is unknown.
    """
    results = {}
    for split, n in predicted_splits(dataset).items():
        if (split, "labels") not in frames:
            raise ResultError(f"predict returned no labels for {split}")
        order = test_order if split == "test" else np.arange(n)
        results[split] = _SplitResult(split, frames, dataset, order).aligned(notes)
    return results


def result_digest(results: Mapping[str, AlignedPredictions]) -> str:
    """Return the sha256 over all predictions, in hexadecimal; the same numbers give the same digest."""
    digest = hashlib.sha256()
    for split in sorted(results):
        aligned = results[split]
        digest.update(repr((split, aligned.labels)).encode())
        for values in (aligned.predictions.y_pred, aligned.predictions.score, aligned.predictions.probabilities):
            digest.update(b"-" if values is None else np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


class _SplitResult:
    """What came for one split, and what was found wrong with it."""

    def __init__(
        self, split: str, frames: Mapping[tuple[str, str], Frame], dataset: Dataset, order: NDArray[np.int64]
    ) -> None:
        self._split, self._frames, self._spec, self._order = split, frames, dataset.spec, order
        self._examples = dataset.splits[split]
        self._findings: list[Finding] = []
        ids = self._examples.ids
        self._origin = Origin(
            f"predictions of {split}", np.arange(len(order)), lambda rows: [f'"{ids[int(row)]}"' for row in rows]
        )

    def aligned(self, notes: Sequence[str]) -> AlignedPredictions:
        """Return the predictions with their findings."""
        self._say_notes(notes)
        y_pred, labels = self._labels()
        spec, probabilities = self._spec, self._probabilities()
        positive = None if spec.positive_label is None else spec.labels.index(spec.positive_label)
        score = self._score()
        confidence: FloatArray | None = None
        if probabilities is not None:
            confidence = probability_of_label(y_pred, probabilities)
            self._findings += label_not_argmax(probabilities, y_pred, self._origin, labels)
            score = None if positive is None else probabilities[:, positive].copy()
        predictions = Predictions(y_pred, score, probabilities, confidence=confidence)
        gold = Gold(self._examples.y, len(spec.labels), positive)
        self._findings += implausible(gold, predictions, labels, self._origin.file)
        return AlignedPredictions(predictions, labels, tuple(replace(found, file="") for found in self._findings))

    def _say_notes(self, notes: Sequence[str]) -> None:
        self._findings += [Finding("run_note", Severity.WARNING, f"{note}.") for note in notes]

    def _labels(self) -> tuple[NDArray[np.uint16], tuple[str, ...]]:
        """Return codes in the split's order, and the labels that they mean."""
        frame, spec = self._frames[self._split, "labels"], self._spec
        unknown = [label for label in frame.labels if label not in spec.labels]
        labels = (*spec.labels, *unknown)
        if len(labels) >= NO_PREDICTION:
            raise ResultError(f"predict returned {len(unknown):,} labels that the dataset does not have")
        code_of = {label: code for code, label in enumerate(labels)}
        codes = np.array([*(code_of[label] for label in frame.labels), NO_PREDICTION], dtype=np.uint16)
        y_pred = np.empty(len(self._order), dtype=np.uint16)
        y_pred[self._order] = codes[frame.values]  # -1, none, is the last
        self._check_labels(y_pred, unknown)
        return y_pred, labels

    def _check_labels(self, y_pred: NDArray[np.uint16], unknown: list[str]) -> None:
        n, known = len(y_pred), self._spec.labels
        n_missing = int(np.count_nonzero(y_pred == NO_PREDICTION))
        n_unknown = int(np.count_nonzero(y_pred >= len(known))) - n_missing
        if 2 * n_missing > n:
            raise ResultError(f"predict returned no label for {n_missing:,} of {n:,} examples of {self._split}")
        if n_unknown and n_unknown + n_missing == n:
            raise ResultError(
                f"none of the labels that predict returned ({_some(unknown)}) is one of the dataset's ({_some(known)})"
            )
        if n_unknown:
            message = (
                f"{self._origin.file}: {n_unknown:,} of {n:,} labels are not among the dataset's; they count as wrong. "
                f"First: {_some(unknown)}."
            )
            self._findings.append(Finding("unknown_labels", Severity.WARNING, message, n_unknown))
        if n_missing:
            message = f"{self._origin.file}: {n_missing:,} of {n:,} examples have no label; they count as wrong."
            self._findings.append(Finding("missing_predictions", Severity.WARNING, message, n_missing))

    def _probabilities(self) -> FloatArray | None:
        """Return probabilities in the order of the split and of the spec's labels; None where they are none."""
        frame = self._frames.get((self._split, "probabilities"))
        if frame is None:
            return None
        columns = {label: column for column, label in enumerate(frame.labels)}
        values = np.zeros((len(self._order), len(self._spec.labels)))
        for code, label in enumerate(self._spec.labels):
            if label in columns:
                values[self._order, code] = frame.values[:, columns[label]]
        values[~np.isfinite(values).all(axis=1)] = np.nan
        checked = check_probabilities(values, self._origin)
        foreign = [label for label in frame.labels if label not in self._spec.labels]
        for found in checked.findings:
            message = f"{self._origin.file}: the probabilities of {found.count:,} of {len(values):,} examples "
            message += f"{_SAID[found.code]}. First: {'; '.join(found.first)}."
            if foreign:
                message += f" Columns of labels that the dataset does not have were left out: {_some(foreign)}."
            self._findings.append(Finding(found.code, Severity.WARNING, message, found.count, first=found.first))
        absent = [label for label in self._spec.labels if label not in columns]
        if absent:
            message = f"{self._origin.file}: no probability is given for {_some(absent)}; it is taken as 0."
            self._findings.append(Finding("probabilities_without_label", Severity.INFO, message, len(absent)))
        return checked.values

    def _score(self) -> FloatArray | None:
        """Return the score of the positive label in the split's order, NaN where it is not finite."""
        frame = self._frames.get((self._split, "score"))
        if frame is None:
            return None
        score = np.empty(len(self._order))
        score[self._order] = frame.values
        wrong = ~np.isfinite(score)
        if wrong.any():
            n = int(np.count_nonzero(wrong))
            message = f"{self._origin.file}: {n:,} of {len(score):,} scores are not finite numbers; they are missing."
            self._findings.append(Finding("scores_missing", Severity.WARNING, message, n))
            score[wrong] = np.nan
        return score


def _some(labels: Sequence[str]) -> str:
    """Return the first labels in quotation marks."""
    shown = ", ".join(f'"{label[:40]}"' for label in labels[:N_FIRST])
    return f"{shown}, ..." if len(labels) > N_FIRST else shown
