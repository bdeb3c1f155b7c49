"""Scores per class and confusion matrices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold
from reviewer_app.evaluation.per_class import ClassScores, confusion_matrix, per_class

K = 3
ANSWERS = st.sampled_from([0, 1, 2, 3, 4, NO_PREDICTION])


@given(st.lists(st.tuples(st.integers(0, K - 1), ANSWERS), min_size=1, max_size=40))
def test_scores_per_class_are_scikit_learns_where_they_are_defined(rows: list[tuple[int, int]]) -> None:
    y_true, y_pred = (np.array(column, dtype=np.uint16) for column in zip(*rows, strict=True))
    expected = sk.precision_recall_fscore_support(y_true, y_pred, labels=range(K), zero_division=np.nan)
    for scores in per_class(Gold(y_true, K), y_pred):
        for ours, theirs in zip((scores.precision, scores.recall, scores.f1), expected, strict=False):
            wanted = theirs[scores.label]
            assert ours is None if np.isnan(wanted) else ours == pytest.approx(wanted)
        assert scores.support == expected[3][scores.label]
        assert scores.predicted == np.count_nonzero(y_pred == scores.label)


def test_a_class_without_examples_or_predictions_has_none_and_never_0() -> None:
    never_predicted, never_true, neither = per_class(Gold(np.array([0, 0]), 3), np.array([1, 1]))
    assert never_predicted == ClassScores(0, precision=None, recall=0.0, f1=0.0, support=2, predicted=0)
    assert never_true == ClassScores(1, precision=0.0, recall=None, f1=0.0, support=0, predicted=2)
    assert neither == ClassScores(2, precision=None, recall=None, f1=None, support=0, predicted=0)


@given(st.lists(st.tuples(st.integers(0, K - 1), ANSWERS), max_size=40))
def test_the_confusion_matrix_has_columns_for_labels_outside_and_for_no_prediction(rows: list[tuple[int, int]]) -> None:
    y_true = np.array([row[0] for row in rows], dtype=np.uint16)
    y_pred = np.array([row[1] for row in rows], dtype=np.uint16)
    matrix = confusion_matrix(Gold(y_true, K), y_pred, n_outside=2)
    assert matrix.shape == (K, K + 2 + 1)
    for label in range(K):
        for column, answer in enumerate([0, 1, 2, 3, 4, NO_PREDICTION]):
            assert matrix[label, column] == sum(row == (label, answer) for row in rows)


def test_a_code_beyond_the_known_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond the 3 known labels"):
        confusion_matrix(Gold(np.array([0]), 3), np.array([3]))
