"""Metrics of counts are scikit-learn's, over the classes of the gold, for one sample and for many at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from reviewer_app.evaluation.class_counts import ClassCounts
from reviewer_app.evaluation.counts import class_counts
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions
from reviewer_app.evaluation.metrics import METRICS, evaluate, metric

COUNT_METRICS = [entry for entry in METRICS.values() if entry.from_counts is not None]


@st.composite
def labelled(draw: st.DrawFn, n_classes: int | None = None) -> tuple[Gold, np.ndarray]:
    """Gold of k labels, and predictions that may be outside them (k, k + 1) or missing."""
    k = n_classes or draw(st.integers(2, 5))
    n = draw(st.integers(1, 30))
    y_true = draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n))
    answers = st.one_of(st.integers(0, k - 1), st.sampled_from([k, k + 1, NO_PREDICTION]))
    y_pred = draw(st.lists(answers, min_size=n, max_size=n).filter(lambda codes: set(codes) != {NO_PREDICTION}))
    return Gold(np.array(y_true, dtype=np.uint16), k), np.array(y_pred, dtype=np.uint16)


def value(metric_id: str, gold: Gold, y_pred: np.ndarray) -> float | None:
    result = metric(metric_id).value(gold, Predictions(y_pred))
    assert (result.value is None) != (result.reason is None)
    return result.value


@given(labelled())
def test_averages_over_classes_are_those_of_scikit_learn_over_the_classes_of_the_gold(
    sample: tuple[Gold, np.ndarray],
) -> None:
    gold, y_pred = sample
    options = {"labels": np.unique(gold.y_true), "zero_division": 0}
    expected = {
        "accuracy": sk.accuracy_score(gold.y_true, y_pred),
        "balanced_accuracy": sk.recall_score(gold.y_true, y_pred, average="macro", **options),
        "macro_f1": sk.f1_score(gold.y_true, y_pred, average="macro", **options),
        "weighted_f1": sk.f1_score(gold.y_true, y_pred, average="weighted", **options),
        "macro_precision": sk.precision_score(gold.y_true, y_pred, average="macro", **options),
        "macro_recall": sk.recall_score(gold.y_true, y_pred, average="macro", **options),
    }
    assert {metric_id: value(metric_id, gold, y_pred) for metric_id in expected} == pytest.approx(expected, abs=1e-12)


@given(labelled())
def test_mcc_is_scikit_learns_with_all_answers_outside_the_labels_as_one_class(
    sample: tuple[Gold, np.ndarray],
) -> None:
    gold, y_pred = sample
    with_outside = np.minimum(y_pred, gold.n_classes)
    ours = value("mcc", gold, y_pred)
    if len(np.unique(gold.y_true)) == 1 or len(np.unique(with_outside)) == 1:
        assert ours is None
    else:
        assert ours == pytest.approx(sk.matthews_corrcoef(gold.y_true, with_outside), abs=1e-12)


@given(labelled())
def test_kappa_is_scikit_learns(sample: tuple[Gold, np.ndarray]) -> None:
    gold, y_pred = sample
    ours = value("cohen_kappa", gold, y_pred)
    if len(np.unique(np.concatenate([gold.y_true, y_pred]))) == 1:
        assert ours is None
    else:
        assert ours == pytest.approx(sk.cohen_kappa_score(gold.y_true, y_pred), abs=1e-12)


@given(labelled(n_classes=2), st.integers(0, 1))
def test_metrics_of_the_positive_label_are_scikit_learns_where_they_are_defined(
    sample: tuple[Gold, np.ndarray], positive: int
) -> None:
    gold = Gold(sample[0].y_true, 2, positive=positive)
    y_pred = sample[1]
    is_match, said_match = gold.y_true == positive, y_pred == positive
    if not said_match.any():
        assert value("precision", gold, y_pred) is None
    else:
        assert value("precision", gold, y_pred) == pytest.approx(sk.precision_score(is_match, said_match))
    if not is_match.any():
        assert value("recall", gold, y_pred) is None
    else:
        assert value("recall", gold, y_pred) == pytest.approx(sk.recall_score(is_match, said_match))
    for metric_id, beta in {"f1": 1.0, "f0_5": 0.5, "f2": 2.0}.items():
        if not (is_match.any() or said_match.any()):
            assert value(metric_id, gold, y_pred) is None
        else:
            expected = sk.fbeta_score(is_match, said_match, beta=beta)
            assert value(metric_id, gold, y_pred) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("entry", COUNT_METRICS, ids=lambda entry: entry.id)
def test_a_leading_axis_of_resamples_gives_what_each_resample_gives_alone(entry) -> None:
    rng = np.random.default_rng(1)
    k = 3
    costs = np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 1.0], [5.0, 1.0, 0.0]])
    singles = []
    for n in (1, 2, 5, 50):
        gold = Gold(rng.integers(0, k, n), k, positive=1, costs=costs)
        singles.append(class_counts(gold, rng.choice([0, 1, 2, 3, NO_PREDICTION], n)))
    stacked = ClassCounts(
        *(np.stack([getattr(one, name) for one in singles]) for name in ("true_positives", "true", "predicted", "n")),
        cost=np.stack([one.cost for one in singles]),
        positive=1,
    )
    together = entry.from_counts(stacked)
    assert together.shape == (4,)
    np.testing.assert_array_equal(together, [float(entry.from_counts(one)) for one in singles])


def test_fractions_of_examples_do_not_make_a_correlation_out_of_rounding() -> None:
    tenths = np.array([0.1 + 0.2, 0.0])
    counts = ClassCounts(true_positives=tenths, true=tenths, predicted=tenths, n=np.asarray(0.3))
    assert np.isnan(metric("mcc").from_counts(counts))
    assert np.isnan(metric("cohen_kappa").from_counts(counts))


def test_a_label_outside_the_spec_and_a_missing_prediction_cost_the_rows_largest_cost() -> None:
    gold = Gold(np.array([0, 0, 1, 1]), 2, positive=0, costs=np.array([[0.0, 5.0], [1.0, 0.0]]))
    assert value("mean_cost", gold, np.array([0, 1, 0, 1])) == (5 + 1) / 4
    assert value("mean_cost", gold, np.array([2, NO_PREDICTION, 2, NO_PREDICTION])) == (5 + 5 + 1 + 1) / 4


@pytest.mark.parametrize(
    ("metric_id", "y_true", "y_pred", "reason"),
    [
        ("precision", [0, 1], [0, 0], "no pair was predicted to match"),
        ("recall", [0, 0], [0, 1], "no pair is a match in the gold labels"),
        ("f1", [0, 0], [0, 0], "no pair is a match, neither in the gold labels nor predicted"),
        ("mcc", [0, 0], [0, 1], "all gold labels are the same"),
        ("mcc", [0, 1], [1, 1], "all predictions are the same"),
        ("cohen_kappa", [1, 1], [1, 1], "all gold labels and all predictions are one and the same label"),
        ("mean_cost", [0, 1], [0, 1], "the dataset has no costs"),
        ("accuracy", [], [], "there are no examples"),
        ("macro_f1", [0, 1], [NO_PREDICTION, NO_PREDICTION], "no example has a prediction"),
    ],
)
def test_what_cannot_be_computed_says_why(metric_id: str, y_true: list[int], y_pred: list[int], reason: str) -> None:
    gold = Gold(np.array(y_true, dtype=np.uint16), 2, positive=1)
    result = metric(metric_id).value(gold, Predictions(np.array(y_pred, dtype=np.uint16)))
    assert (result.value, result.reason) == (None, reason)


def test_metrics_of_the_positive_label_need_one() -> None:
    gold = Gold(np.array([0, 1]), 2)
    reasons = {
        value.reason
        for value in evaluate(gold, Predictions(np.array([0, 1])), [metric("f1"), metric("recall")]).values()
    }
    assert reasons == {"the dataset has no positive label"}


def test_f1_without_a_match_in_the_gold_is_0_once_something_is_predicted_to_match() -> None:
    gold = Gold(np.array([0, 0]), 2, positive=1)
    assert value("f1", gold, np.array([0, 1])) == 0.0


def test_a_class_that_is_never_predicted_counts_0_in_macro_precision() -> None:
    assert value("macro_precision", Gold(np.array([0, 1]), 2), np.array([0, 0])) == 0.25


def known_answers(test_data: Path, procedure: str) -> list[dict]:
    answers = json.loads((test_data / "known_answers.json").read_text())
    return [answer for answer in answers if answer["procedure"] == procedure]


def test_published_f1_values_are_met(test_data: Path) -> None:
    checked = 0
    for answer in known_answers(test_data, "f1"):
        given, expected = answer["input"], dict(answer["expected"])
        labels = given.get("labels", sorted(set(given["y_true"])))
        code = {label: number for number, label in enumerate(labels)}
        gold = Gold(np.array([code[label] for label in given["y_true"]]), len(labels))
        for name, wanted in expected.items():
            metric_id = {"macro": "macro_f1", "macro_a": "macro_f1", "macro_b": "macro_f1", "micro": "accuracy"}.get(
                name, "weighted_f1" if name == "weighted" else name
            )
            column = f"y_pred_{name[-1]}" if name[:-1] == "macro_" else "y_pred"
            y_pred = np.array([code.get(label, len(labels)) for label in given[column]])
            assert value(metric_id, gold, y_pred) == pytest.approx(wanted, abs=answer["tolerance"]), answer["id"]
            checked += 1
    assert checked == 8


def test_published_kappa_and_mcc_are_met(test_data: Path) -> None:
    for procedure, metric_id in {"cohen_kappa": "cohen_kappa", "matthews_corrcoef": "mcc"}.items():
        (answer,) = known_answers(test_data, procedure)
        labels = sorted(set(answer["input"]["y_true"]))
        gold = Gold(np.searchsorted(labels, answer["input"]["y_true"]), len(labels))
        y_pred = np.searchsorted(labels, answer["input"]["y_pred"])
        (wanted,) = answer["expected"].values()
        assert value(metric_id, gold, y_pred) == pytest.approx(wanted, abs=answer["tolerance"])


def test_f1_of_the_swap_example_is_met(test_data: Path) -> None:
    (answer,) = known_answers(test_data, "swap_permutation_raw")
    gold = Gold(np.array(answer["input"]["y_true"]), 2, positive=1)
    for team in "ab":
        f1 = value("f1", gold, np.array(answer["input"][f"y_pred_{team}"]))
        assert f1 == pytest.approx(answer["expected"][f"f1_{team}"], abs=answer["tolerance"])
