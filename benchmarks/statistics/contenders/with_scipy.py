"""scipy.stats.bootstrap and permutation_test over scikit-learn's metrics, one resample held at a time.

Percentile intervals: scipy's default, BCa, leaves each example out once, a million evaluations of the metric.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.statistics.answer import Answer, MetricAnswer
from benchmarks.statistics.contenders.metric_functions import FUNCTIONS, predicted
from benchmarks.statistics.test_sets import SEED, TestSet


def bootstrap(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return the first metric with the percentile interval of paired resamples."""
    y_true, (a, b), function = test_set.gold.y_true, predicted(test_set, metrics[0]), FUNCTIONS[metrics[0]]
    found = stats.bootstrap(
        (y_true, a, b),
        lambda y, of_a, of_b: function(y, of_a) - function(y, of_b),
        paired=True,
        vectorized=False,
        n_resamples=n_resamples,
        batch=1,
        method="percentile",
        rng=SEED,
    )
    return {metrics[0]: _answer(function(y_true, a), function(y_true, b), found.confidence_interval)}


def bootstrap_of_groups(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return the first metric with the percentile interval of resampled groups, drawn as sample weights."""
    y_true, (a, b), function = test_set.gold.y_true, predicted(test_set, metrics[0]), FUNCTIONS[metrics[0]]
    codes = test_set.structure.groups
    assert codes is not None
    n_groups = int(codes.max()) + 1

    def difference(drawn: np.ndarray[Any, Any]) -> float:
        weights = np.bincount(drawn, minlength=n_groups)[codes]
        return function(y_true, a, sample_weight=weights) - function(y_true, b, sample_weight=weights)

    found = stats.bootstrap(
        (np.arange(n_groups),),
        difference,
        vectorized=False,
        n_resamples=n_resamples,
        batch=1,
        method="percentile",
        rng=SEED,
    )
    return {metrics[0]: _answer(function(y_true, a), function(y_true, b), found.confidence_interval)}


def permutation_test(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return the first metric with the p of plain swaps of the teams' predictions within each example."""
    y_true, (a, b), function = test_set.gold.y_true, predicted(test_set, metrics[0]), FUNCTIONS[metrics[0]]
    p_value = _swapped(a, b, lambda first, second: function(y_true, first) - function(y_true, second), n_resamples)
    return {metrics[0]: MetricAnswer(float(function(y_true, a)), float(function(y_true, b)), p_value=p_value)}


def permutation_test_of_losses(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return log loss with the p of swaps of the teams' losses: their mean needs no call of the metric."""
    of_a, of_b = (_losses(test_set.gold.y_true, team) for team in predicted(test_set, "log_loss"))
    p_value = _swapped(of_a, of_b, lambda first, second: float(first.mean() - second.mean()), n_resamples)
    return {"log_loss": MetricAnswer(float(of_a.mean()), float(of_b.mean()), p_value=p_value)}


def bootstrap_of_losses(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return log loss with the percentile interval of the mean difference of the teams' losses."""
    of_a, of_b = (_losses(test_set.gold.y_true, team) for team in predicted(test_set, "log_loss"))
    found = stats.bootstrap((of_a - of_b,), np.mean, n_resamples=n_resamples, batch=1, method="percentile", rng=SEED)
    return {"log_loss": _answer(of_a.mean(), of_b.mean(), found.confidence_interval)}


def _swapped(
    a: np.ndarray[Any, Any],
    b: np.ndarray[Any, Any],
    difference: Callable[[np.ndarray[Any, Any], np.ndarray[Any, Any]], float],
    n_resamples: int,
) -> float:
    found = stats.permutation_test(
        (a, b), difference, permutation_type="samples", vectorized=False, n_resamples=n_resamples, batch=1, rng=SEED
    )
    return float(found.pvalue)


def _losses(y_true: np.ndarray[Any, Any], probability: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    losses: np.ndarray[Any, Any] = -np.log(np.where(y_true == 1, probability, 1.0 - probability))
    return losses


def _answer(of_a: float, of_b: float, interval: Any) -> MetricAnswer:
    return MetricAnswer(float(of_a), float(of_b), (float(interval.low), float(interval.high)))
