"""A loop over scikit-learn's metrics, as most people write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.statistics.answer import Answer, MetricAnswer
from benchmarks.statistics.contenders.metric_functions import FUNCTIONS, predicted
from benchmarks.statistics.test_sets import SEED, TestSet


def bootstrap(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return the first metric with the percentile interval of a paired bootstrap of indices."""
    y_true, (a, b), function = test_set.gold.y_true, predicted(test_set, metrics[0]), FUNCTIONS[metrics[0]]
    rng = np.random.default_rng(SEED)

    def difference() -> float:
        rows = rng.integers(0, len(y_true), len(y_true))
        return function(y_true[rows], a[rows]) - function(y_true[rows], b[rows])

    return {metrics[0]: _with_interval(function(y_true, a), function(y_true, b), difference, n_resamples)}


def bootstrap_of_groups(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return the first metric with the percentile interval of a paired bootstrap of groups, drawn as sample weights."""
    y_true, (a, b), function = test_set.gold.y_true, predicted(test_set, metrics[0]), FUNCTIONS[metrics[0]]
    codes = test_set.structure.groups
    assert codes is not None
    n_groups = int(codes.max()) + 1
    rng = np.random.default_rng(SEED)

    def difference() -> float:
        weights = np.bincount(rng.integers(0, n_groups, n_groups), minlength=n_groups)[codes]
        return function(y_true, a, sample_weight=weights) - function(y_true, b, sample_weight=weights)

    return {metrics[0]: _with_interval(function(y_true, a), function(y_true, b), difference, n_resamples)}


def every_metric(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return every metric of labels with the interval of a paired bootstrap and the p of plain swaps."""
    y_true = test_set.gold.y_true
    a, b = predicted(test_set, metrics[0])
    rng = np.random.default_rng(SEED)

    def differences(
        rows: np.ndarray[Any, Any], first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]
    ) -> list[float]:
        return [FUNCTIONS[name](y_true[rows], first) - FUNCTIONS[name](y_true[rows], second) for name in metrics]

    everything = np.arange(len(y_true))
    observed = differences(everything, a, b)
    resampled, swapped = [], []
    for _ in range(n_resamples):
        rows = rng.integers(0, len(y_true), len(y_true))
        resampled.append(differences(rows, a[rows], b[rows]))
        stays = rng.random(len(y_true)) < 0.5
        swapped.append(differences(everything, np.where(stays, a, b), np.where(stays, b, a)))
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    hits = np.sum(np.abs(swapped) >= np.abs(observed) - 1e-9, axis=0)
    return {
        name: MetricAnswer(
            float(FUNCTIONS[name](y_true, a)),
            float(FUNCTIONS[name](y_true, b)),
            (float(low[column]), float(high[column])),
            float((1 + hits[column]) / (1 + n_resamples)),
        )
        for column, name in enumerate(metrics)
    }


def _with_interval(of_a: float, of_b: float, difference: Callable[[], float], n_resamples: int) -> MetricAnswer:
    low, high = np.quantile([difference() for _ in range(n_resamples)], [0.025, 0.975])
    return MetricAnswer(float(of_a), float(of_b), (float(low), float(high)))
