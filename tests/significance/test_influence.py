"""Influence values against deletions, and their sums."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.evaluation.inputs import Gold, Predictions
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.evaluation.ranking import average_precision_effects, weighted_average_precision
from reviewer_app.evaluation.registry import Family, Metric
from reviewer_app.significance.influence import has_influence, influence_difference, influence_of_runs
from reviewer_app.significance.joint_counts import joint_counts
from reviewer_app.significance.units import count_differences, units_of_examples

WITH_INFLUENCE = [metric for metric in METRICS.values() if has_influence(metric)]
OF_COUNTS = [metric for metric in METRICS.values() if metric.gradient is not None]


def inputs_for(
    metric: Metric, teams: Callable[..., object], n: int, seed: int
) -> tuple[Gold, Predictions, Predictions]:
    matching = "classification" not in metric.tasks
    k = 2 if matching else 7 if metric.id == "top_5_accuracy" else 4
    # A missing prediction's loss is the team's largest, so deleting that example moves others: labels only.
    outside = n // 50 if metric.gradient is not None and not matching else 0
    simulated = teams(n, k, seed=seed, matching=matching, costs=metric.id == "mean_cost", outside=outside)
    return simulated.gold, simulated.a, simulated.b


@pytest.mark.parametrize("metric", WITH_INFLUENCE, ids=lambda metric: metric.id)
def test_influence_is_the_effect_of_an_example_to_first_order(metric: Metric, teams: Callable[..., object]) -> None:
    n = 1_500
    gold, a, b = inputs_for(metric, teams, n, seed=1)
    values = influence_difference(metric, gold, a, b)
    whole = metric.value(gold, a).value - metric.value(gold, b).value
    chosen = np.random.default_rng(0).choice(n, size=60, replace=False)
    deleted = []
    for example in chosen:
        kept = np.arange(n) != example
        part = gold.take(kept)
        deleted.append(whole - (metric.value(part, a.take(kept)).value - metric.value(part, b.take(kept)).value))
    # Deleting an example differs from adding one in terms of second order, 1/n^2.
    assert np.abs(np.asarray(deleted) - values[chosen]).max() < 30.0 / n**2 * max(1.0, np.abs(values).max() * n)
    assert values.sum() == pytest.approx(0.0, abs=1e-10)


@pytest.mark.parametrize("metric", WITH_INFLUENCE, ids=lambda metric: metric.id)
def test_teams_that_change_places_change_the_sign(metric: Metric, teams: Callable[..., object]) -> None:
    gold, a, b = inputs_for(metric, teams, 120, seed=2)
    assert np.allclose(influence_difference(metric, gold, a, b), -influence_difference(metric, gold, b, a), atol=1e-15)


@pytest.mark.parametrize("metric", WITH_INFLUENCE, ids=lambda metric: metric.id)
def test_the_variance_is_that_of_the_jackknife(metric: Metric, teams: Callable[..., object]) -> None:
    n = 300
    gold, a, b = inputs_for(metric, teams, n, seed=3)
    values = influence_difference(metric, gold, a, b)
    without = []
    for example in range(n):
        kept = np.arange(n) != example
        part = gold.take(kept)
        without.append(metric.value(part, a.take(kept)).value - metric.value(part, b.take(kept)).value)
    jackknife = (n - 1) / n * np.sum((np.asarray(without) - np.mean(without)) ** 2)
    assert values @ values == pytest.approx(jackknife, rel=0.05)


@pytest.mark.parametrize("metric", OF_COUNTS, ids=lambda metric: metric.id)
def test_examples_and_joint_counts_give_the_same_variance_with_pseudo_examples(
    metric: Metric, teams: Callable[..., object]
) -> None:
    gold, a, b = inputs_for(metric, teams, 150, seed=4)
    counts = joint_counts(gold, a.y_pred, b.y_pred)
    units = units_of_examples(gold, counts)
    weights = units.counts[:, np.newaxis]
    with_pseudo = units.class_counts(units.class_sums(weights + units.pseudo[:, np.newaxis]))
    of_cells = units.variances(metric, with_pseudo, weights)[0]
    if metric.family is Family.COUNT:
        assert influence_of_runs(metric, gold, [a], [b]).variance == pytest.approx(of_cells, rel=1e-10)
    else:
        # A proportion is centred at its own difference, metrics of counts at that with the pseudo-examples.
        assert influence_of_runs(metric, gold, [a], [b]).variance == pytest.approx(of_cells, rel=2e-3)


@pytest.mark.parametrize("metric", OF_COUNTS, ids=lambda metric: metric.id)
def test_class_sums_of_the_joint_counts_are_those_of_the_predictions(
    metric: Metric, teams: Callable[..., object]
) -> None:
    gold, a, b = inputs_for(metric, teams, 200, seed=5)
    units = units_of_examples(gold, joint_counts(gold, a.y_pred, b.y_pred))
    found = count_differences(metric, units.class_counts(units.class_sums(units.counts[:, np.newaxis])))
    assert found == pytest.approx(metric.value(gold, a).value - metric.value(gold, b).value, abs=1e-12)


def test_averages_over_runs_are_averages_of_influence(teams: Callable[..., object]) -> None:
    first, second = teams(200, 3, seed=6), teams(200, 3, seed=7)
    gold = first.gold
    metric = METRICS["brier"]
    together = influence_of_runs(metric, gold, [first.a, second.a], [first.b])
    alone = [influence_of_runs(metric, gold, [a], [first.b]).values for a in (first.a, second.a)]
    assert np.allclose(together.values, np.mean(alone, axis=0), atol=1e-15)


def test_two_runs_alike_are_as_one_run(teams: Callable[..., object]) -> None:
    simulated = teams(200, 3, seed=8)
    for metric_id in ("macro_f1", "accuracy", "log_loss", "macro_ovr_roc_auc"):
        one = influence_of_runs(METRICS[metric_id], simulated.gold, [simulated.a], [simulated.b])
        two = influence_of_runs(METRICS[metric_id], simulated.gold, [simulated.a] * 2, [simulated.b] * 2)
        assert two.variance == pytest.approx(one.variance, rel=1e-12)
        assert two.n_different == one.n_different


def test_examples_without_probabilities_have_no_influence(teams: Callable[..., object]) -> None:
    simulated = teams(80, 3, seed=9)
    probabilities = simulated.a.probabilities.copy()
    probabilities[:5] = np.nan
    a = Predictions(simulated.a.y_pred, probabilities=probabilities)
    values = influence_difference(METRICS["brier"], simulated.gold, a, simulated.b)
    kept = np.arange(80) >= 5
    of_the_rest = influence_difference(
        METRICS["brier"], simulated.gold.take(kept), a.take(kept), simulated.b.take(kept)
    )
    assert np.array_equal(values[:5], np.zeros(5))
    assert np.allclose(values[5:], of_the_rest)


@pytest.mark.parametrize("metric_id", ["recall_at_precision_90", "calibration_error"])
def test_metrics_without_influence_values_say_so(metric_id: str, teams: Callable[..., object]) -> None:
    simulated = teams(50, 2, matching=True)
    with pytest.raises(ValueError, match="no influence values"):
        influence_difference(METRICS[metric_id], simulated.gold, simulated.a, simulated.b)


def test_a_metric_that_is_not_defined_has_no_influence(teams: Callable[..., object]) -> None:
    simulated = teams(50, 2, matching=True)
    never = Predictions(np.zeros(50, dtype=np.int64))
    with pytest.raises(ValueError, match="not defined"):
        influence_difference(METRICS["precision"], simulated.gold, never, simulated.b)


SCORES = st.sampled_from([-np.inf, 0.0, 0.1, 0.5, 0.5 + 1e-9, 0.9, 1.0])


@given(st.lists(st.tuples(st.booleans(), SCORES), min_size=1, max_size=25).filter(lambda rows: any(p for p, _ in rows)))
def test_effects_on_average_precision_are_its_derivatives_ties_included(rows: list[tuple[bool, float]]) -> None:
    positive, score = np.asarray([row[0] for row in rows]), np.asarray([row[1] for row in rows])
    effects = average_precision_effects(positive, score)
    step = 1e-5
    weights = np.ones((2 * len(rows), len(rows)))
    weights[np.arange(len(rows)), np.arange(len(rows))] += step
    weights[np.arange(len(rows)) + len(rows), np.arange(len(rows))] -= step
    more, less = weighted_average_precision(positive, score, weights).reshape(2, -1)
    assert effects == pytest.approx((more - less) / (2 * step), abs=1e-7)
    assert effects.sum() == pytest.approx(0.0, abs=1e-12)


def test_degrees_of_freedom_of_a_ranking_are_few_where_positives_are(teams: Callable[..., object]) -> None:
    simulated = teams(1_000, 2, seed=10, matching=True, class_weights=(80.0, 1.0))
    n_positive = int(simulated.gold.y_true.sum())
    for metric_id in ("roc_auc", "average_precision"):
        influence = influence_of_runs(METRICS[metric_id], simulated.gold, [simulated.a], [simulated.b])
        assert n_positive - 1 <= influence.degrees_of_freedom < 3 * n_positive
