"""The registry: every metric is described, found and computed, and bad inputs give reasons."""

from __future__ import annotations

import numpy as np
import pytest

from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions
from reviewer_app.evaluation.metrics import METRICS, default_primary, evaluate, metric, metrics_for
from reviewer_app.evaluation.registry import Family, Metric, Needs


def test_metrics_of_each_task_stand_in_display_order() -> None:
    assert [entry.id for entry in metrics_for("classification", 10, has_costs=True)] == [
        "accuracy",
        "balanced_accuracy",
        "macro_f1",
        "weighted_f1",
        "macro_precision",
        "macro_recall",
        "mcc",
        "cohen_kappa",
        "mean_cost",
        "top_5_accuracy",
        "macro_ovr_roc_auc",
        "log_loss",
        "brier",
        "calibration_error",
    ]
    assert [entry.id for entry in metrics_for("matching", 2, has_costs=False)] == [
        "accuracy",
        "f1",
        "precision",
        "recall",
        "f0_5",
        "f2",
        "mcc",
        "average_precision",
        "roc_auc",
        "recall_at_precision_90",
        "log_loss",
        "brier",
        "calibration_error",
    ]


def test_top_5_accuracy_needs_more_than_five_labels_and_mean_cost_needs_costs() -> None:
    few = {entry.id for entry in metrics_for("classification", 5, has_costs=False)}
    many = {entry.id for entry in metrics_for("classification", 6, has_costs=False)}
    assert many - few == {"top_5_accuracy"}
    assert "mean_cost" in {entry.id for entry in metrics_for("matching", 2, has_costs=True)} - many


@pytest.mark.parametrize("entry", METRICS.values(), ids=lambda entry: entry.id)
def test_every_metric_brings_what_its_family_is_tested_with(entry: Metric) -> None:
    assert metric(entry.id) is entry
    assert entry.tasks
    assert entry.definition.endswith(".")
    assert entry.source
    assert entry.range[0] < entry.range[1]
    assert (entry.from_counts is None) == (entry.gradient is None) == (entry.needs is not Needs.LABELS)
    assert (entry.per_example is not None) == (entry.family in {Family.PROPORTION, Family.MEAN})
    assert (entry.from_counts is not None) == (entry.family is Family.COUNT or entry.id == "accuracy")
    if entry.family is Family.RANKING:
        assert entry.weighted is not None


def test_primary_metrics_are_those_of_the_design() -> None:
    assert (default_primary("classification"), default_primary("matching")) == ("accuracy", "f1")


def test_an_unknown_metric_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ReviewError, match=r'no metric "f1_macro".*macro_f1') as caught:
        metric("f1_macro")
    assert caught.value.code == "unknown_metric"


@pytest.mark.parametrize("treatment", ["wrong", "drop"])
@pytest.mark.parametrize("n", [0, 1, 2, 9])
@pytest.mark.parametrize("gold_labels", [1, 2, 7])
@pytest.mark.parametrize("form", ["labels", "probabilities", "score", "lists", "outside", "constant"])
def test_whatever_the_input_a_metric_is_a_number_in_its_range_or_a_reason(
    form: str, gold_labels: int, n: int, treatment: str
) -> None:
    rng = np.random.default_rng([n, gold_labels])
    k = 7 if gold_labels == 7 else 2
    task = "classification" if k == 7 else "matching"
    gold = Gold(rng.integers(0, gold_labels, n).astype(np.uint16), k, positive=None if k == 7 else 1)
    y_pred = rng.choice(np.array([*range(k), k, NO_PREDICTION], dtype=np.uint16), n)
    probabilities = rng.dirichlet(np.ones(k), n)
    probabilities[y_pred == NO_PREDICTION] = np.nan
    lists = np.where(
        (y_pred == NO_PREDICTION)[:, np.newaxis], NO_PREDICTION, rng.permuted(np.tile(range(k), (n, 1)), axis=1)
    )
    predictions = {
        "labels": Predictions(y_pred),
        "probabilities": Predictions(y_pred, probabilities=probabilities),
        "score": Predictions(None, score=probabilities[:, 1]),
        "lists": Predictions(y_pred, top_labels=lists, top_probabilities=probabilities),
        "outside": Predictions(np.full(n, k, dtype=np.uint16)),
        "constant": Predictions(np.ones(n, dtype=np.uint16), score=np.full(n, 0.5)),
    }[form]
    with np.errstate(all="raise"):
        values = evaluate(gold, predictions, metrics_for(task, k, has_costs=False), treatment)
    for metric_id, result in values.items():
        if result.value is None:
            assert result.reason, metric_id
        else:
            assert result.reason is None
            low, high = METRICS[metric_id].range
            assert low <= result.value <= high, metric_id
