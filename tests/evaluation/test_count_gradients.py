"""The gradients are the derivatives of the metrics, and the influence values they give are the jackknife's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reviewer_app.evaluation.class_counts import ClassCounts, CountGradient
from reviewer_app.evaluation.counts import class_counts, costs_with_outside
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.evaluation.registry import Metric

K = 4
COSTS = np.array([[0, 1, 2, 3], [1, 0, 1, 2], [4, 1, 0, 1], [2, 2, 5, 0]], dtype=np.float64)
COUNT_METRICS = [entry for entry in METRICS.values() if entry.gradient is not None]


def sample(n: int) -> tuple[Gold, np.ndarray]:
    rng = np.random.default_rng(7)
    gold = Gold(rng.choice(K, n, p=[0.5, 0.3, 0.15, 0.05]), K, positive=1, costs=COSTS)
    guesses = rng.choice([0, 1, 2, 3, K, K + 1, NO_PREDICTION], n, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05])
    return gold, np.where(rng.random(n) < 0.6, gold.y_true, guesses)


def effects(gradient: CountGradient, gold: Gold, y_pred: np.ndarray) -> np.ndarray:
    """The effect of adding each example once more, as `CountGradient` says it is computed."""
    predicted = np.append(gradient.predicted, 0.0)
    answer = np.minimum(y_pred, K)
    return (
        gradient.true_positives[gold.y_true] * (gold.y_true == y_pred)
        + gradient.true[gold.y_true]
        + predicted[answer]
        + gradient.n
        + gradient.cost * costs_with_outside(COSTS)[gold.y_true, answer]
    )


@pytest.mark.parametrize("entry", COUNT_METRICS, ids=lambda entry: entry.id)
def test_gradients_are_the_differences_that_small_changes_make(entry: Metric) -> None:
    counts = class_counts(*sample(200))
    gradient = entry.gradient(counts)
    step = 1e-3

    def slope(name: str, change: np.ndarray) -> float:
        up, down = (replace(counts, **{name: getattr(counts, name) + sign * step * change}) for sign in (1, -1))
        return float(entry.from_counts(up) - entry.from_counts(down)) / (2 * step)

    for name in ("true_positives", "true", "predicted"):
        slopes = [slope(name, unit) for unit in np.eye(K)]
        np.testing.assert_allclose(getattr(gradient, name), slopes, rtol=1e-6, atol=1e-10)
    for name in ("n", "cost"):
        assert getattr(gradient, name) == pytest.approx(slope(name, np.asarray(1.0)), rel=1e-6, abs=1e-10)


@pytest.mark.parametrize("entry", COUNT_METRICS, ids=lambda entry: entry.id)
def test_influence_values_are_those_of_the_jackknife(entry: Metric) -> None:
    n = 3000
    gold, y_pred = sample(n)
    counts = class_counts(gold, y_pred)
    influence = effects(entry.gradient(counts), gold, y_pred)
    # Leaving one example out changes the counts alike for all examples of the same (gold, predicted).
    first_of_each = np.unique(gold.y_true * 10 + np.minimum(y_pred, K), return_index=True)[1]
    for example in first_of_each:
        rest = np.arange(n) != example
        without = entry.from_counts(class_counts(gold.take(rest), y_pred[rest]))
        by_jackknife = float(entry.from_counts(counts) - without)
        assert influence[example] == pytest.approx(by_jackknife, rel=0.02, abs=2e-6)
    assert influence.sum() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("entry", COUNT_METRICS, ids=lambda entry: entry.id)
def test_classes_that_are_absent_or_never_predicted_do_not_break_a_gradient(entry: Metric) -> None:
    y_true, y_pred = np.array([0, 0, 1, 1, 1, 3]), np.array([0, 1, 1, 1, 2, 0])
    gradient = entry.gradient(class_counts(Gold(y_true, K, positive=1, costs=COSTS), y_pred))
    gold = Gold(y_true, K, positive=1, costs=COSTS)
    influence = effects(gradient, gold, y_pred)
    assert np.isfinite(influence).all()
    assert influence.sum() == pytest.approx(0.0, abs=1e-12)
    assert gradient.true[2] == 0 or entry.id in {"mcc", "cohen_kappa"}


@pytest.mark.parametrize("entry", COUNT_METRICS, ids=lambda entry: entry.id)
def test_a_leading_axis_of_resamples_gives_what_each_resample_gives_alone(entry: Metric) -> None:
    samples = [class_counts(*sample(n)) for n in (0, 2, 30, 200)]
    stacked = ClassCounts(
        *(np.stack([getattr(one, name) for one in samples]) for name in ("true_positives", "true", "predicted", "n")),
        cost=np.stack([one.cost for one in samples]),
        positive=1,
    )
    together = entry.gradient(stacked)
    for name in ("true_positives", "true", "predicted"):
        alone = np.stack([getattr(entry.gradient(one), name) for one in samples])
        assert getattr(together, name).shape == (4, K)
        np.testing.assert_allclose(getattr(together, name), alone, rtol=1e-14)
    for name in ("n", "cost"):
        alone = np.array([getattr(entry.gradient(one), name) for one in samples])
        np.testing.assert_allclose(np.broadcast_to(getattr(together, name), 4), alone, rtol=1e-14)


@pytest.mark.parametrize("entry", COUNT_METRICS, ids=lambda entry: entry.id)
def test_effects_are_not_defined_where_the_metric_is_not(entry: Metric) -> None:
    nothing = Gold(np.empty(0, dtype=np.uint16), K, positive=1, costs=COSTS)
    of_nothing = entry.gradient(class_counts(nothing, nothing.y_true))
    one_of_each = Gold(np.arange(K), K, positive=1, costs=COSTS)
    assert np.isnan(effects(of_nothing, one_of_each, one_of_each.y_true)).all()
    assert np.isnan(entry.from_counts(class_counts(nothing, nothing.y_true)))


def test_counts_keep_a_cost_only_where_there_are_costs() -> None:
    gold, y_pred = sample(10)
    assert class_counts(gold, y_pred).cost is not None
    assert isinstance(counts := class_counts(replace(gold, costs=None), y_pred), ClassCounts)
    assert counts.cost is None
