"""The threshold is the best one on validation, by a rule that always gives the same answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions
from reviewer_app.evaluation.metrics import metric
from reviewer_app.evaluation.thresholds import choose_threshold, labels_at_threshold


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.3, 0.7])), min_size=1, max_size=30).filter(
        lambda rows: any(positive for positive, _ in rows)
    )
)
def test_no_threshold_is_better_and_of_the_best_scores_the_highest_is_taken(rows: list[tuple[bool, float]]) -> None:
    positive, score = (np.array(column) for column in zip(*rows, strict=True))
    choice = choose_threshold(positive, score, "f1")
    by_score = {
        threshold: sk.f1_score(positive, score >= threshold, zero_division=0) for threshold in sorted(set(score))
    }
    best = max(by_score.values())
    assert choice.value == pytest.approx(best)
    assert choice.threshold == max(threshold for threshold, value in by_score.items() if value > best - 1e-12)


@pytest.mark.parametrize("metric_id", ["f1", "f2", "mcc", "accuracy", "precision", "balanced_accuracy"])
def test_the_value_is_that_of_the_labels_at_the_threshold(metric_id: str) -> None:
    rng = np.random.default_rng(2)
    positive = rng.random(200) < 0.3
    score = rng.normal(size=200) + positive
    choice = choose_threshold(positive, score, metric_id)
    labels = labels_at_threshold(score, choice.threshold, positive=1)
    value = metric(metric_id).value(Gold(positive.astype(int), 2, positive=1), Predictions(labels)).value
    assert choice.value == pytest.approx(value)


def test_predicting_nothing_positive_is_chosen_only_where_it_is_strictly_better() -> None:
    worthless = choose_threshold(np.array([False, False, True]), np.array([0.9, 0.8, 0.1]), "accuracy")
    assert worthless.threshold > 0.9
    assert worthless.value == 2 / 3
    as_good = choose_threshold(np.array([True, False, False, False]), np.array([0.9, 0.9, 0.1, 0.1]), "accuracy")
    assert as_good.threshold == 0.9


def test_nothing_lies_above_an_infinite_score() -> None:
    choice = choose_threshold(np.array([False, False, False, True]), np.array([np.inf, 0.8, 0.8, 0.1]), "accuracy")
    assert (choice.threshold, choice.value) == (np.inf, 0.5)


def test_examples_without_a_score_are_left_out_and_counted() -> None:
    choice = choose_threshold(np.array([True, False, True]), np.array([0.8, 0.2, np.nan]), "f1")
    assert (choice.threshold, choice.value, choice.n_examples) == (0.8, 1.0, 2)


@pytest.mark.parametrize(
    ("positive", "score", "metric_id", "reason"),
    [
        ([], [], "f1", "no example has a score"),
        ([True], [np.nan], "f1", "no example has a score"),
        ([False, False], [0.1, 0.2], "f1", "no pair is a match in the gold labels"),
        ([True, True], [0.1, 0.2], "mcc", "MCC is not defined at any threshold"),
        ([True, False], [0.1, 0.2], "mean_cost", "the dataset has no costs"),
    ],
)
def test_where_no_threshold_can_be_chosen_the_reason_is_given(
    positive: list[bool], score: list[float], metric_id: str, reason: str
) -> None:
    choice = choose_threshold(np.array(positive, dtype=bool), np.array(score), metric_id)
    assert (choice.threshold, choice.value, choice.reason) == (None, None, reason)


def test_only_metrics_of_counts_depend_on_a_threshold() -> None:
    with pytest.raises(ValueError, match="roc_auc does not depend on a threshold"):
        choose_threshold(np.array([True]), np.array([0.5]), "roc_auc")
    with pytest.raises(ReviewError, match="no metric"):
        choose_threshold(np.array([True]), np.array([0.5]), "f3")


def test_labels_at_a_threshold_include_it_and_leave_missing_scores_missing() -> None:
    labels = labels_at_threshold(np.array([0.5, 0.4999, np.nan]), 0.5, positive=0)
    assert (labels.tolist(), labels.dtype) == ([0, 1, NO_PREDICTION], np.uint16)
