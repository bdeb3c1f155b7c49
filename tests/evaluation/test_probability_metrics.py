"""Log loss, Brier, top-5 accuracy and calibration from probabilities, and what happens where there are none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from reviewer_app.evaluation.calibration import reliability_curve
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions
from reviewer_app.evaluation.metrics import evaluate, metric
from reviewer_app.evaluation.needs import NotDefinedError
from reviewer_app.evaluation.probabilities import top_k_hits


def random_case(seed: int, k: int, n: int = 25) -> tuple[Gold, np.ndarray]:
    rng = np.random.default_rng(seed)
    return Gold(rng.integers(0, k, n).astype(np.uint16), k), rng.dirichlet(np.ones(k), n)


def of(probabilities: np.ndarray) -> Predictions:
    return Predictions(probabilities.argmax(1).astype(np.uint16), probabilities=probabilities)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_log_loss_and_brier_are_scikit_learns(k: int, seed: int) -> None:
    gold, probabilities = random_case(seed, k)
    labels = list(range(k))
    log_loss = metric("log_loss").value(gold, of(probabilities)).value
    assert log_loss == pytest.approx(sk.log_loss(gold.y_true, probabilities, labels=labels))
    distances = ((probabilities - np.eye(k)[gold.y_true]) ** 2).sum(1).mean()
    if k == 2:
        distances = sk.brier_score_loss(gold.y_true, probabilities[:, 1], pos_label=1, labels=labels)
    assert metric("brier").value(gold, of(probabilities)).value == pytest.approx(distances)


@given(st.integers(2, 8), st.integers(0, 2**32 - 1), st.sampled_from([2, 5]))
def test_values_of_examples_average_to_the_metric(k: int, seed: int, decimals: int) -> None:
    gold, probabilities = random_case(seed, k)
    probabilities = probabilities.round(decimals)
    for metric_id in ("log_loss", "brier", "top_5_accuracy", "accuracy"):
        entry = metric(metric_id)
        per_example = entry.per_example(gold, of(probabilities))
        assert per_example.shape == (gold.n_examples,)
        assert entry.value(gold, of(probabilities)).value == pytest.approx(per_example.mean())


def test_the_published_log_loss_is_met(test_data: Path) -> None:
    answers = json.loads((test_data / "known_answers.json").read_text())
    (answer,) = (one for one in answers if one["procedure"] == "log_loss")
    classes = answer["input"]["classes"]
    gold = Gold(np.array([classes.index(label) for label in answer["input"]["y_true"]]), len(classes))
    value = metric("log_loss").value(gold, of(np.array(answer["input"]["probabilities"]))).value
    assert value == pytest.approx(answer["expected"]["log_loss"], abs=answer["tolerance"])


def test_a_probability_of_0_is_clipped_and_counted() -> None:
    gold = Gold(np.array([0, 1, 1]), 2)
    result = metric("log_loss").value(gold, of(np.array([[1.0, 0.0], [1.0, 0.0], [0.5, 0.5]])))
    assert result.value == pytest.approx((-np.log(1e-15) + np.log(2)) / 3)
    assert result.note == "1 example clipped at a probability of 1e-15"


def test_float32_probabilities_are_taken_as_they_are_stored_and_summed_in_float64() -> None:
    gold, probabilities = random_case(5, 3)
    single = probabilities.astype(np.float32)
    for metric_id in ("log_loss", "brier"):
        exact = metric(metric_id).value(gold, of(single.astype(np.float64))).value
        assert metric(metric_id).value(gold, of(single)).value == exact


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 5]))
def test_top_5_accuracy_is_scikit_learns_ties_and_all(seed: int, decimals: int) -> None:
    gold, probabilities = random_case(seed, 8)
    probabilities = probabilities.round(decimals)
    expected = sk.top_k_accuracy_score(gold.y_true, probabilities, k=5, labels=np.arange(8))
    assert metric("top_5_accuracy").value(gold, of(probabilities)).value == pytest.approx(expected)


def test_lists_of_the_most_probable_labels_are_enough_for_top_5_accuracy() -> None:
    gold, probabilities = random_case(11, 9)
    lists = np.argsort(-probabilities, axis=1)[:, :5]
    expected = metric("top_5_accuracy").value(gold, of(probabilities)).value
    assert metric("top_5_accuracy").value(gold, Predictions(lists[:, 0], top_labels=lists)).value == expected
    short = metric("top_5_accuracy").value(gold, Predictions(lists[:, 0], top_labels=lists[:, :3]))
    assert short.reason == "the predictions list only the 3 most probable labels"


def test_in_top_5_lists_a_missing_prediction_is_wrong_and_a_label_without_a_list_left_out() -> None:
    gold = Gold(np.array([0, 1, 2, 3]), 7)
    none = [NO_PREDICTION] * 5
    lists = np.array([[4, 0, 1, 2, 3], none, none, [0, 1, NO_PREDICTION, NO_PREDICTION, NO_PREDICTION]])
    predictions = Predictions(np.array([4, 1, NO_PREDICTION, 0]), top_labels=lists)
    np.testing.assert_array_equal(top_k_hits(gold, predictions, 5), [1, np.nan, 0, 0])
    result = metric("top_5_accuracy").value(gold, predictions)
    assert (result.value, result.note) == (1 / 3, "1 example without probabilities left out")


def test_without_a_single_list_top_5_accuracy_is_not_defined() -> None:
    gold = Gold(np.array([0, 1]), 7)
    with pytest.raises(NotDefinedError, match="no example has probabilities"):
        top_k_hits(gold, Predictions(np.array([0, 1]), top_labels=np.full((2, 5), NO_PREDICTION)), 5)


@pytest.mark.parametrize("metric_id", ["log_loss", "brier", "calibration_error", "top_5_accuracy"])
def test_without_probabilities_these_metrics_say_so(metric_id: str) -> None:
    gold = Gold(np.array([0, 1]), 7)
    assert (
        metric(metric_id).value(gold, Predictions(np.array([0, 1]))).reason == "the predictions have no probabilities"
    )
    nothing = np.full((2, 7), np.nan)
    assert (
        "no example has" in metric(metric_id).value(gold, Predictions(np.array([0, 1]), probabilities=nothing)).reason
    )
    empty = Gold(np.empty(0, dtype=np.uint16), 7)
    assert metric(metric_id).value(empty, of(np.empty((0, 7)))).reason == "there are no examples"


@pytest.mark.parametrize("metric_id", ["log_loss", "brier", "top_5_accuracy", "accuracy"])
def test_without_what_it_needs_a_metric_has_no_value_for_any_example(metric_id: str) -> None:
    gold = Gold(np.array([0, 1]), 7)
    assert np.isnan(metric(metric_id).per_example(gold, Predictions(None, score=np.array([0.1, 0.2])))).all()


def test_a_label_without_probabilities_is_left_out_and_said() -> None:
    gold = Gold(np.array([0, 1, 1]), 2)
    predictions = Predictions(np.array([0, 1, 1]), probabilities=np.array([[0.5, 0.5], [np.nan, np.nan], [0.5, 0.5]]))
    values = evaluate(gold, predictions, [metric("log_loss"), metric("brier"), metric("calibration_error")])
    assert values["log_loss"].value == pytest.approx(np.log(2))
    assert values["brier"].value == 0.25
    assert values["log_loss"].note == values["brier"].note == "1 example without probabilities left out"
    assert values["calibration_error"].note.endswith("1 example without a confidence left out")
    np.testing.assert_array_equal(np.isnan(metric("brier").per_example(gold, predictions)), [False, True, False])


@pytest.mark.parametrize(
    ("own", "expected_loss", "expected_brier"),
    [
        ([0.9, 0.8], np.log(2), 0.25),
        ([0.9, 0.2], -np.log(0.2), 0.64),
    ],
    ids=["better than guessing everywhere", "worse somewhere"],
)
def test_a_missing_prediction_counts_as_the_teams_worst_or_as_guessing_whichever_is_worse(
    own: list[float], expected_loss: float, expected_brier: float
) -> None:
    gold = Gold(np.array([0, 0, 0]), 2)
    probabilities = np.array([[own[0], 1 - own[0]], [own[1], 1 - own[1]], [np.nan, np.nan]])
    predictions = Predictions(np.array([0, 0, NO_PREDICTION]), probabilities=probabilities)
    assert metric("log_loss").per_example(gold, predictions)[2] == pytest.approx(expected_loss)
    assert metric("brier").per_example(gold, predictions)[2] == pytest.approx(expected_brier)
    result = metric("brier").value(gold, predictions)
    assert result.note == f"1 missing prediction counted as {expected_brier:.4g} each"


def test_in_matching_a_score_between_0_and_1_is_a_probability_and_the_note_says_so() -> None:
    gold = Gold(np.array([0, 1, 0]), 2, positive=0)
    score = np.array([0.9, 0.2, 0.4])
    result = metric("log_loss").value(gold, Predictions(np.array([0, 1, 1]), score=score))
    assert result.value == pytest.approx(-np.log([0.9, 0.8, 0.4]).mean())
    assert result.note == "the score is taken as the probability of the positive label"
    brier = metric("brier").value(gold, Predictions(np.array([0, 1, 1]), score=score)).value
    assert brier == pytest.approx(sk.brier_score_loss([1, 0, 1], score))


def test_a_score_outside_0_to_1_is_no_probability() -> None:
    gold = Gold(np.array([0, 1]), 2, positive=0)
    reason = metric("log_loss").value(gold, Predictions(np.array([0, 1]), score=np.array([3.2, -0.5]))).reason
    assert reason == "the predictions have no probabilities, and the scores do not lie between 0 and 1"


def calibration_by_definition(confidence: np.ndarray, right: np.ndarray) -> float:
    total = 0.0
    for number in range(15):
        inside = (confidence > number / 15) & (confidence <= (number + 1) / 15)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_calibration_error_is_its_definition(k: int, seed: int) -> None:
    gold, probabilities = random_case(seed, k, n=100)
    expected = calibration_by_definition(probabilities.max(1), probabilities.argmax(1) == gold.y_true)
    assert metric("calibration_error").value(gold, of(probabilities)).value == pytest.approx(expected)


def test_calibration_error_comes_from_whatever_states_a_confidence() -> None:
    gold, probabilities = random_case(2, 2, n=100)
    gold = Gold(gold.y_true, 2, positive=1)
    top = probabilities.argmax(1)
    stated = {
        "probabilities": Predictions(top, probabilities=probabilities),
        "score": Predictions(top, score=probabilities[:, 1]),
        "confidence": Predictions(top, confidence=probabilities.max(1)),
        "list": Predictions(top, top_labels=top[:, None], top_probabilities=probabilities.max(1)[:, None]),
    }
    values = {name: metric("calibration_error").value(gold, one).value for name, one in stated.items()}
    assert values == pytest.approx(dict.fromkeys(stated, values["probabilities"]))


def test_confidences_that_are_all_missing_give_no_calibration_error() -> None:
    predictions = Predictions(np.array([0, 1]), confidence=np.full(2, np.nan))
    assert (
        metric("calibration_error").value(Gold(np.array([0, 1]), 2), predictions).reason
        == "no example has a confidence"
    )


def test_the_note_gives_the_error_that_perfect_calibration_shows_by_chance() -> None:
    n, p = 2000, 0.8
    rng = np.random.default_rng(0)
    probabilities = np.tile([p, 1 - p], (n, 1))
    result = metric("calibration_error").value(Gold((rng.random(n) > p).astype(np.uint16), 2), of(probabilities))
    by_chance = float(re.match(r"([\d.]+) by chance", result.note).group(1))
    assert by_chance == pytest.approx(np.sqrt(2 * p * (1 - p) / (np.pi * n)), rel=0.1)


def test_the_chance_value_takes_many_confidences_and_bins_together() -> None:
    rng = np.random.default_rng(4)
    gold, probabilities = random_case(9, 3, n=3000)
    confidence = probabilities.max(1)
    result = metric("calibration_error").value(gold, of(probabilities))
    simulated = [calibration_by_definition(confidence, rng.random(3000) < confidence) for _ in range(300)]
    assert float(result.note.split()[0]) == pytest.approx(np.mean(simulated), rel=0.06)


def test_the_reliability_curve_holds_the_bins_that_hold_examples() -> None:
    gold = Gold(np.array([0, 0, 1, 1]), 2)
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.95, 0.05], [0.45, 0.55]])
    curve = reliability_curve(gold, of(probabilities))
    np.testing.assert_allclose(curve.confidence, [0.55, 0.95])
    np.testing.assert_allclose(curve.accuracy, [1.0, 2 / 3])
    assert curve.count.tolist() == [1, 3]
    assert np.all((curve.low < curve.confidence) & (curve.confidence <= curve.high))
    assert reliability_curve(gold, Predictions(np.zeros(4))).reason == "the predictions have no probabilities"
