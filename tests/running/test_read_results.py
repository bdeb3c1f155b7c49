"""From what a run sent to predictions in the order of the examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.spec import Task
from reviewer_app.evaluation.inputs import NO_PREDICTION
from reviewer_app.running.result_stream import Frame, ResultError
from reviewer_app.running.results import read_results, result_digest
from reviewer_app.submissions.submission import AlignedPredictions

N = 15


def result(dataset: Dataset, order: np.ndarray | None = None, **frames: Frame) -> AlignedPredictions:
    """Return the test split's predictions of a dataset that has test alone."""
    frames.setdefault("labels", Frame(dataset.spec.labels, dataset.test.y.astype(np.int32)))
    alone = replace(dataset, splits={"test": dataset.test})
    by_key = {("test", kind): frame for kind, frame in frames.items()}
    return read_results(by_key, [], alone, np.arange(N) if order is None else order)["test"]


@given(st.permutations(range(N)))
def test_the_order_of_the_split_is_restored(fruit: Dataset, order: list[int]) -> None:
    handed = np.array(order)
    y = fruit.test.y[handed].astype(np.int32)
    probabilities = np.eye(3)[y]
    aligned = result(
        fruit, handed, labels=Frame(fruit.spec.labels, y), probabilities=Frame(fruit.spec.labels, probabilities)
    )
    np.testing.assert_array_equal(aligned.predictions.y_pred, fruit.test.y)
    np.testing.assert_array_equal(aligned.predictions.probabilities, np.eye(3)[fruit.test.y])
    np.testing.assert_array_equal(aligned.predictions.confidence, np.ones(N))


def test_columns_come_in_the_order_of_the_spec(fruit: Dataset) -> None:
    probabilities = np.tile([0.7, 0.2, 0.1], (N, 1))
    aligned = result(fruit, probabilities=Frame(("plum", "apple", "pear"), probabilities))
    np.testing.assert_array_equal(aligned.predictions.probabilities[0], [0.2, 0.1, 0.7])


def test_a_label_that_the_model_does_not_know_has_probability_0(fruit: Dataset) -> None:
    aligned = result(fruit, probabilities=Frame(("plum", "apple"), np.tile([0.7, 0.3], (N, 1))))
    np.testing.assert_array_equal(aligned.predictions.probabilities[0], [0.3, 0.0, 0.7])
    found = next(found for found in aligned.findings if found.code == "probabilities_without_label")
    assert '"pear"' in found.message


def test_probability_of_foreign_labels_makes_the_rest_unusable(fruit: Dataset) -> None:
    names = ("apple", "pear", "plum", "fig")
    aligned = result(fruit, probabilities=Frame(names, np.tile([0.4, 0.3, 0.1, 0.2], (N, 1))))
    assert aligned.predictions.probabilities is None
    found = next(found for found in aligned.findings if found.code == "probabilities_not_normalised")
    assert found.count == N
    assert '"fig"' in found.message
    assert "--" not in found.message


def test_in_matching_the_score_is_the_probability_of_the_positive_label(fruit: Dataset) -> None:
    spec = replace(fruit.spec, task=Task.MATCHING, labels=("other", "match"), positive_label="match")
    test = replace(fruit.test, y=(fruit.test.y > 0).astype(np.uint16))
    pairs = replace(fruit, spec=spec, splits={"test": test})
    positive = np.linspace(0, 1, N)
    aligned = result(pairs, probabilities=Frame(("match", "other"), np.column_stack([positive, 1 - positive])))
    np.testing.assert_allclose(aligned.predictions.score, positive)


def test_a_score_that_is_not_finite_is_missing(fruit: Dataset) -> None:
    score = np.arange(N, dtype=float)
    score[2], score[3] = np.nan, np.inf
    aligned = result(fruit, score=Frame((), score))
    assert np.flatnonzero(np.isnan(aligned.predictions.score)).tolist() == [2, 3]
    assert [(found.code, found.count) for found in aligned.findings] == [("scores_missing", 2)]


def test_labels_and_their_absence_are_counted(fruit: Dataset) -> None:
    codes = fruit.test.y.astype(np.int32)
    codes[:3], codes[3] = -1, 3
    aligned = result(fruit, labels=Frame((*fruit.spec.labels, "fig"), codes))
    assert aligned.predictions.y_pred[:4].tolist() == [NO_PREDICTION] * 3 + [3]
    assert aligned.labels[3] == "fig"
    assert {found.code: found.count for found in aligned.findings} == {"unknown_labels": 1, "missing_predictions": 3}


def test_predictions_and_probabilities_that_disagree_are_said(fruit: Dataset) -> None:
    aligned = result(fruit, probabilities=Frame(fruit.spec.labels, np.tile([0.6, 0.3, 0.1], (N, 1))))
    assert {found.code: found.count for found in aligned.findings} == {"label_not_argmax": 10}
    assert all(found.file == "" for found in aligned.findings)


def test_a_split_without_labels_is_no_result(fruit: Dataset) -> None:
    with pytest.raises(ResultError, match=r"^predict returned no labels for validation$"):
        read_results({}, [], fruit, np.arange(N))


def test_the_digest_is_that_of_the_predictions(fruit: Dataset) -> None:
    one, same = (result_digest({"test": result(fruit)}) for _ in range(2))
    other = result(fruit, labels=Frame(fruit.spec.labels, np.zeros(N, np.int32)))
    assert one == same
    assert one != result_digest({"test": other})
