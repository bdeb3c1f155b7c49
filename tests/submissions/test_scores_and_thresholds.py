"""Scores of the positive label, and the labels that follow from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from submission_datasets import build_dataset

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import Finding, ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION
from reviewer_app.submissions.alignment import align, align_splits
from reviewer_app.submissions.submission import AlignedPredictions

Write = Callable[..., Path]
SCORES = ["t0,0.9", "t1,0.4", "t2,0.6", "t3,0.1"]


def finding(aligned: AlignedPredictions, code: str) -> Finding:
    (found,) = [finding for finding in aligned.findings if finding.code == code]
    return found


def test_confidence_is_the_score_where_positive_and_its_complement_elsewhere(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred,confidence", "t0,match,0.9", "t1,non_match,0.8", "t2,match,0.6", "t3,non_match,")
    predictions = align(path, pairs).predictions
    np.testing.assert_allclose(predictions.score, [0.9, 0.2, 0.6, np.nan])
    np.testing.assert_allclose(predictions.probabilities[:3], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    np.testing.assert_allclose(predictions.confidence, [0.9, 0.8, 0.6, np.nan])


def test_confidence_in_an_unknown_label_says_nothing_of_the_score(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred,confidence", "t0,match,0.9", "t1,maybe,0.8", "t2,match,0.6", "t3,non_match,0.7")
    assert np.isnan(align(path, pairs).predictions.score).tolist() == [False, True, False, False]


def test_two_classes_without_a_positive_label_have_probabilities_and_no_score(write: Write) -> None:
    dataset = build_dataset({"test": (["e0", "e1"], ["x", "y"])}, "xy")
    predictions = align(write("id,y_pred,confidence", "e0,x,0.75", "e1,x,0.5"), dataset).predictions
    assert predictions.probabilities.tolist() == [[0.75, 0.25], [0.5, 0.5]]
    assert predictions.score is None


def test_three_classes_have_a_confidence_and_no_probabilities(letters: Dataset, write: Write) -> None:
    predictions = align(write("id,y_pred,confidence", *(f"e{i},a,0.4" for i in range(6))), letters).predictions
    assert predictions.probabilities is None
    assert predictions.confidence.tolist() == [0.4] * 6


def test_a_confidence_below_one_half_of_two_classes_points_at_the_score(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred,confidence", "t0,match,0.9", "t1,non_match,0.2", "t2,match,0.6", "t3,non_match,0.1")
    found = finding(align(path, pairs), "label_not_argmax")
    assert found.count == 2
    assert 'If "confidence" is the probability of "match", say --column score=confidence' in found.message


def test_a_score_stands_beside_labels_as_it_is(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred,score", "t0,match,-3", "t1,non_match,12.5", "t2,match,0", "t3,non_match,")
    aligned = align(path, pairs)
    np.testing.assert_array_equal(aligned.predictions.score, [-3, 12.5, 0, np.nan])
    assert aligned.predictions.y_pred.tolist() == [0, 1, 0, 1]
    assert aligned.predictions.probabilities is None
    assert finding(aligned, "scores_missing").first == ('line 5: "t3"',)


def test_a_score_goes_before_the_positive_labels_probability(pairs: Dataset, write: Write) -> None:
    path = write("id,prob_match,score", *(f"t{i},0.25,{i}" for i in range(4)))
    assert align(path, pairs).predictions.score.tolist() == [0, 1, 2, 3]


def test_a_score_alone_gives_no_labels(pairs: Dataset, write: Write) -> None:
    aligned = align(write("id,score", *SCORES), pairs)
    assert aligned.predictions.y_pred is None
    assert aligned.predictions.score.tolist() == [0.9, 0.4, 0.6, 0.1]
    found = finding(aligned, "no_labels")
    assert "--threshold" in found.message
    assert [remedy.value for remedy in found.remedies] == ["0.5"]


def test_no_threshold_is_proposed_for_scores_that_are_no_probabilities(pairs: Dataset, write: Write) -> None:
    aligned = align(write("id,score", "t0,4", "t1,-4", "t2,1", "t3,0"), pairs)
    assert finding(aligned, "no_labels").remedies == ()


def test_a_missing_score_is_a_missing_prediction(pairs: Dataset, write: Write) -> None:
    aligned = align(write("id,score", "t0,0.9", "t1,", "t2,0.6"), pairs)
    assert finding(aligned, "missing_predictions").count == 2


def test_the_threshold_is_chosen_on_validation_rows_and_never_on_test(pairs: Dataset, write: Write) -> None:
    validation = ["v0,0.8", "v1,0.7", "v2,0.65", "v3,0.5", "v4,0.3", "v5,0.2"]
    aligned = align_splits(write("id,score", *SCORES, *validation), pairs)
    assert finding(aligned["test"], "threshold_chosen").count == 6
    assert "at least 0.65, the best for f1" in finding(aligned["test"], "threshold_chosen").message
    assert aligned["test"].predictions.y_pred.tolist() == [0, 1, 1, 1]
    assert aligned["validation"].predictions.y_pred.tolist() == [0, 0, 0, 1, 1, 1]


def test_validation_rows_without_a_match_give_no_threshold_and_say_so(pairs: Dataset, write: Write) -> None:
    aligned = align(write("id,score", *SCORES, "v3,0.5", "v4,0.1"), pairs)
    assert aligned.predictions.y_pred is None
    assert "on the validation rows" in finding(aligned, "no_labels").message


def test_the_users_threshold_decides(pairs: Dataset, write: Write) -> None:
    aligned = align(write("id,score", *SCORES), pairs, options=ImportOptions(threshold=0.4))
    assert aligned.predictions.y_pred.tolist() == [0, 0, 0, 1]


def test_the_users_threshold_overrules_labels_and_says_how_many(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred,score", "t0,match,0.9", "t1,match,0.4", "t2,match,0.6", "t3,match,")
    aligned = align(path, pairs, options=ImportOptions(threshold=0.5))
    assert aligned.predictions.y_pred.tolist() == [0, 1, 0, 0]
    assert "changes 1 label of the file" in finding(aligned, "labels_from_threshold").message


def test_a_threshold_that_turns_a_label_turns_its_confidence_too(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred,confidence", "t0,match,0.9", "t1,match,0.6", "t2,match,0.7", "t3,non_match,0.9")
    predictions = align(path, pairs, options=ImportOptions(threshold=0.65)).predictions
    assert predictions.y_pred.tolist() == [0, 1, 0, 1]
    np.testing.assert_allclose(predictions.confidence, [0.9, 0.4, 0.7, 0.9])
    path = write("id,y_pred,score", "t0,match,9", "t1,match,6", "t2,match,7", "t3,non_match,9")
    assert align(path, pairs, options=ImportOptions(threshold=7.0)).predictions.confidence is None


@pytest.mark.parametrize("threshold", [float("nan"), float("inf")])
def test_a_threshold_that_is_no_number_is_refused(pairs: Dataset, write: Write, threshold: float) -> None:
    with pytest.raises(ReviewError) as caught:
        align(write("id,score", *SCORES), pairs, options=ImportOptions(threshold=threshold))
    assert caught.value.code == "bad_threshold"


def test_a_threshold_without_a_score_changes_nothing_and_says_so(letters: Dataset, write: Write) -> None:
    path = write("id,y_pred", *(f"{one.as_py()},{letters.spec.labels[0]}" for one in letters.test.ids))
    aligned = align(path, letters, options=ImportOptions(threshold=0.5))
    assert "changes nothing" in finding(aligned, "threshold_unused").message


def scored(n: int, separation: float) -> tuple[Dataset, list[str]]:
    gold = ["match", "non_match"] * (n // 2)
    dataset = build_dataset({"test": ([f"t{i}" for i in range(n)], gold)}, ["match", "non_match"], positive="match")
    rows = [f"t{i},{separation * (label == 'match') + i / n:.4f}" for i, label in enumerate(gold)]
    return dataset, rows


@pytest.mark.parametrize(
    ("n", "separation", "inverted"), [(40, -2, True), (40, 2, False), (40, 0, False), (18, -2, False)]
)
def test_scores_that_rank_upside_down_are_a_warning(write: Write, n: int, separation: float, inverted: bool) -> None:
    dataset, rows = scored(n, separation)
    codes = [finding.code for finding in align(write("id,score", *rows), dataset).findings]
    assert ("scores_inverted" in codes) == inverted


@pytest.mark.parametrize(("n", "perfect"), [(20, True), (18, False)])
def test_many_predictions_without_an_error_are_suspicious(write: Write, n: int, perfect: bool) -> None:
    dataset, _ = scored(n, 0)
    rows = [f"t{i},{'match' if i % 2 == 0 else 'non_match'}" for i in range(n)]
    codes = [finding.code for finding in align(write("id,y_pred", *rows), dataset).findings]
    assert ("suspiciously_perfect" in codes) == perfect


@pytest.mark.parametrize(
    ("column", "values", "constant"),
    [("y_pred", ["match"] * 4, True), ("y_pred", ["match"] * 3 + ["non_match"], False), ("score", ["0.3"] * 4, True)],
)
def test_the_same_prediction_for_everything_is_a_warning(
    pairs: Dataset, write: Write, column: str, values: list[str], constant: bool
) -> None:
    aligned = align(write(f"id,{column}", *(f"t{i},{value}" for i, value in enumerate(values))), pairs)
    assert ("constant_predictions" in [finding.code for finding in aligned.findings]) == constant


def test_one_class_of_gold_makes_a_constant_prediction_no_warning(write: Write) -> None:
    dataset = build_dataset({"test": (["t0", "t1"], ["x", "x"])}, "xy")
    aligned = align(write("id,y_pred", "t0,x", "t1,x"), dataset)
    assert [finding.code for finding in aligned.findings if finding.code == "constant_predictions"] == []
    assert NO_PREDICTION not in aligned.predictions.y_pred
