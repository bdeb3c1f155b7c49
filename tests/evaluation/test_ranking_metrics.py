"""Rankings are scikit-learn's, with ties, weights and degenerate inputs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from reviewer_app.evaluation.curves import precision_recall_curve, roc_curve, threshold_sweep
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions
from reviewer_app.evaluation.metrics import METRICS, evaluate, metric

WEIGHTED = [entry for entry in METRICS.values() if entry.weighted is not None]
SCORES = st.sampled_from([0.0, 0.1, 0.1 + 1e-9, 0.5, 0.5, 0.9, 1.0])


@st.composite
def scored(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Positive or not, with at least one of each, and scores with many ties."""
    n = draw(st.integers(2, 40))
    positive = draw(st.lists(st.booleans(), min_size=n, max_size=n).filter(lambda values: len(set(values)) == 2))
    return np.array(positive), np.array(draw(st.lists(SCORES, min_size=n, max_size=n)))


def pair(positive: np.ndarray, score: np.ndarray) -> tuple[Gold, Predictions]:
    gold = Gold(np.where(positive, 0, 1).astype(np.uint16), 2, positive=0)
    return gold, Predictions(np.where(score >= 0.5, 0, 1).astype(np.uint16), score=score)


def recall_at_precision(positive: np.ndarray, score: np.ndarray, weights: np.ndarray | None = None) -> float:
    precision, recall, _ = sk.precision_recall_curve(positive, score, sample_weight=weights)
    return float(recall[precision >= 0.9 - 1e-12].max())


@given(scored())
def test_rankings_are_scikit_learns(sample: tuple[np.ndarray, np.ndarray]) -> None:
    gold, predictions = pair(*sample)
    assert metric("roc_auc").value(gold, predictions).value == pytest.approx(sk.roc_auc_score(*sample))
    assert metric("average_precision").value(gold, predictions).value == pytest.approx(
        sk.average_precision_score(*sample)
    )
    assert metric("recall_at_precision_90").value(gold, predictions).value == pytest.approx(
        recall_at_precision(*sample)
    )


@given(scored(), st.integers(0, 2**32 - 1))
def test_weighted_forms_are_scikit_learns_under_each_weighting(
    sample: tuple[np.ndarray, np.ndarray], seed: int
) -> None:
    positive, score = sample
    rng = np.random.default_rng(seed)
    weights = np.vstack([np.ones(len(score)), rng.integers(0, 3, len(score)), rng.random(len(score))])
    references = {
        "roc_auc": sk.roc_auc_score,
        "average_precision": sk.average_precision_score,
        "recall_at_precision_90": lambda y, s, sample_weight: recall_at_precision(y, s, sample_weight),
    }
    for entry in WEIGHTED:
        ours = entry.weighted(positive, score, weights)
        for row, value in zip(weights, ours, strict=True):
            no_positives, no_negatives = not row[positive].any(), not row[~positive].any()
            if no_positives or (no_negatives and entry.id == "roc_auc"):
                assert np.isnan(value)
            else:
                expected = references[entry.id](positive[row > 0], score[row > 0], sample_weight=row[row > 0])
                assert value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("entry", WEIGHTED, ids=lambda entry: entry.id)
def test_weighted_forms_of_no_examples_are_not_defined(entry) -> None:
    empty = np.empty(0)
    assert np.isnan(entry.weighted(empty.astype(bool), empty, np.empty((2, 0)))).tolist() == [True, True]


def test_published_auc_and_average_precision_are_met(test_data: Path) -> None:
    answers = json.loads((test_data / "known_answers.json").read_text())
    (answer,) = (one for one in answers if one["procedure"] == "ranking")
    gold, predictions = pair(np.array(answer["input"]["y_true"]) == 1, np.array(answer["input"]["score"]))
    for metric_id, wanted in answer["expected"].items():
        assert metric(metric_id).value(gold, predictions).value == pytest.approx(wanted, abs=answer["tolerance"])
    (answer,) = (one for one in answers if one["id"] == "delong-ties")
    for team in "ab":
        gold, predictions = pair(np.array(answer["input"]["y_true"]) == 1, np.array(answer["input"][f"score_{team}"]))
        assert metric("roc_auc").value(gold, predictions).value == pytest.approx(answer["expected"][f"auc_{team}"])


@given(st.integers(2, 4), st.integers(0, 2**32 - 1))
def test_macro_one_vs_rest_auc_is_the_mean_over_the_classes_of_the_gold(k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y_true = rng.integers(0, k, 20)
    y_true[:2] = [0, 1]
    probabilities = rng.dirichlet(np.ones(k), 20).round(1)
    ours = metric("macro_ovr_roc_auc").value(
        Gold(y_true, k), Predictions(probabilities.argmax(1), probabilities=probabilities)
    )
    expected = np.mean([sk.roc_auc_score(y_true == label, probabilities[:, label]) for label in np.unique(y_true)])
    assert ours.value == pytest.approx(expected)


def test_macro_one_vs_rest_auc_is_scikit_learns_where_every_class_occurs() -> None:
    rng = np.random.default_rng(3)
    y_true = np.arange(60) % 3
    probabilities = rng.dirichlet(np.ones(3), 60)
    ours = metric("macro_ovr_roc_auc").value(
        Gold(y_true, 3), Predictions(probabilities.argmax(1), probabilities=probabilities)
    )
    assert ours.value == pytest.approx(sk.roc_auc_score(y_true, probabilities, multi_class="ovr", average="macro"))


@pytest.mark.parametrize(
    ("metric_id", "positive", "score", "reason"),
    [
        ("roc_auc", [True, True], [0.1, 0.2], "every pair is a match in the gold labels"),
        ("roc_auc", [False, False], [0.1, 0.2], "no pair is a match in the gold labels"),
        ("average_precision", [False, False], [0.1, 0.2], "no pair is a match in the gold labels"),
        ("recall_at_precision_90", [False, False], [0.1, 0.2], "no pair is a match in the gold labels"),
        ("roc_auc", [True, False], [np.nan, np.nan], "no example has a score"),
        ("roc_auc", [], [], "there are no examples"),
        ("roc_auc", [True, False], None, "the predictions have no scores"),
        ("macro_ovr_roc_auc", [True, False], None, "the predictions have no probabilities"),
    ],
)
def test_a_ranking_that_cannot_be_computed_says_why(
    metric_id: str, positive: list, score: list | None, reason: str
) -> None:
    gold = Gold(np.array([0 if one else 1 for one in positive], dtype=np.uint16), 2, positive=0)
    predictions = Predictions(
        np.zeros(len(positive), dtype=np.uint16), score=None if score is None else np.array(score)
    )
    result = metric(metric_id).value(gold, predictions)
    assert (result.value, result.reason) == (None, reason)


def test_one_class_alone_has_no_macro_auc() -> None:
    predictions = Predictions(np.array([0, 0]), probabilities=np.array([[0.9, 0.1], [0.8, 0.2]]))
    assert (
        metric("macro_ovr_roc_auc").value(Gold(np.array([0, 0]), 2), predictions).reason
        == "all gold labels are the same"
    )


def test_where_all_that_was_predicted_has_no_score_nothing_is_ranked() -> None:
    gold = Gold(np.array([0, 1, 0]), 2, positive=0)
    y_pred, none = np.array([0, 1, NO_PREDICTION]), np.full((3, 2), np.nan)
    metrics = [metric("roc_auc"), metric("average_precision")]
    values = evaluate(gold, Predictions(y_pred, score=none[:, 0]), metrics)
    assert {value.reason for value in values.values()} == {"no example has a score"}
    entry = metric("macro_ovr_roc_auc")
    values = evaluate(gold, Predictions(y_pred, probabilities=none), [entry])
    assert values[entry.id].reason == "no example has probabilities"


def test_a_ranking_needs_a_positive_label() -> None:
    predictions = Predictions(np.array([0, 1]), score=np.array([0.1, 0.9]))
    assert metric("roc_auc").value(Gold(np.array([0, 1]), 2), predictions).reason == "the dataset has no positive label"


def test_examples_without_probabilities_are_left_out_of_macro_auc_and_said() -> None:
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [np.nan, np.nan]])
    result = metric("macro_ovr_roc_auc").value(
        Gold(np.array([0, 1, 1]), 2), Predictions(np.array([0, 1, 0]), probabilities=probabilities)
    )
    assert (result.value, result.note) == (1.0, "1 example without probabilities left out")


def test_examples_with_a_label_and_no_score_are_left_out_and_said() -> None:
    gold, predictions = pair(np.array([True, False, True]), np.array([0.9, 0.1, np.nan]))
    result = metric("roc_auc").value(gold, predictions)
    assert (result.value, result.note) == (1.0, "1 example without a score left out")


def test_recall_is_0_with_a_note_where_no_threshold_is_precise_enough() -> None:
    result = metric("recall_at_precision_90").value(*pair(np.array([False, True]), np.array([0.9, 0.1])))
    assert (result.value, result.note) == (0.0, "no threshold reaches a precision of 0.9")


def test_probabilities_rank_where_there_is_no_score() -> None:
    gold = Gold(np.array([0, 1, 0]), 2, positive=1)
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])
    assert metric("roc_auc").value(gold, Predictions(np.array([0, 1, 1]), probabilities=probabilities)).value == 1.0


@given(scored())
def test_curves_are_scikit_learns(sample: tuple[np.ndarray, np.ndarray]) -> None:
    gold, predictions = pair(*sample)
    roc = roc_curve(gold, predictions)
    false_positive_rate, true_positive_rate, thresholds = sk.roc_curve(*sample, drop_intermediate=True)
    np.testing.assert_allclose(roc.x, false_positive_rate)
    np.testing.assert_allclose(roc.y, true_positive_rate)
    np.testing.assert_array_equal(roc.thresholds, thresholds)

    ours = precision_recall_curve(gold, predictions)
    precision, recall, thresholds = sk.precision_recall_curve(*sample, drop_intermediate=True)
    np.testing.assert_allclose(ours.x, recall[-2::-1])
    np.testing.assert_allclose(ours.y, precision[-2::-1])
    np.testing.assert_array_equal(ours.thresholds, thresholds[::-1])


@given(scored())
def test_the_sweep_holds_precision_recall_and_f1_at_each_score(sample: tuple[np.ndarray, np.ndarray]) -> None:
    positive, score = sample
    sweep = threshold_sweep(*pair(positive, score))
    assert sweep.thresholds.tolist() == sorted(set(score.tolist()), reverse=True)
    for threshold, precision, recall, f1 in zip(sweep.thresholds, sweep.precision, sweep.recall, sweep.f1, strict=True):
        expected = sk.precision_recall_fscore_support(positive, score >= threshold, average="binary", zero_division=0)
        assert (precision, recall, f1) == pytest.approx(expected[:3])


def test_a_sweep_of_many_scores_keeps_both_ends_and_a_thousand_points() -> None:
    score = np.arange(5000) / 5000
    sweep = threshold_sweep(*pair(score > 0.5, score))
    assert len(sweep.thresholds) == 1000
    assert (sweep.thresholds[0], sweep.thresholds[-1], sweep.recall[-1]) == (score[-1], score[0], 1.0)


def test_curves_that_cannot_be_drawn_say_why() -> None:
    no_match = pair(np.array([False, False]), np.array([0.1, 0.9]))
    assert roc_curve(*no_match).reason == "no pair is a match in the gold labels"
    assert precision_recall_curve(*no_match).reason == "no pair is a match in the gold labels"
    assert threshold_sweep(*no_match).reason == "no pair is a match in the gold labels"
    assert len(roc_curve(*no_match).x) == 0
    all_match = pair(np.array([True, True]), np.array([0.1, 0.9]))
    assert roc_curve(*all_match).reason == "every pair is a match in the gold labels"
