"""mlxtend.evaluate: bootstrap and permutation test of any statistic, McNemar's test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mlxtend.evaluate import bootstrap as mlxtend_bootstrap
from mlxtend.evaluate import mcnemar as mlxtend_mcnemar
from mlxtend.evaluate import mcnemar_table
from mlxtend.evaluate import permutation_test as mlxtend_permutation_test

from benchmarks.statistics.answer import Answer, MetricAnswer
from benchmarks.statistics.contenders.metric_functions import FUNCTIONS, predicted
from benchmarks.statistics.test_sets import SEED, TestSet


def bootstrap(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return the first metric with the percentile interval of resampled rows (label, A, B)."""
    y_true, (a, b), function = test_set.gold.y_true, predicted(test_set, metrics[0]), FUNCTIONS[metrics[0]]
    _, _, (low, high) = mlxtend_bootstrap(
        np.column_stack([y_true, a, b]),
        func=lambda rows: function(rows[:, 0], rows[:, 1]) - function(rows[:, 0], rows[:, 2]),
        num_rounds=n_resamples,
        ci=0.95,
        seed=SEED,
    )
    of_a, of_b = float(function(y_true, a)), float(function(y_true, b))
    return {metrics[0]: MetricAnswer(of_a, of_b, (float(low), float(high)))}


def permutation_test(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return the first metric with the p of plain swaps of the teams' predictions within each example."""
    y_true, (a, b), function = test_set.gold.y_true, predicted(test_set, metrics[0]), FUNCTIONS[metrics[0]]
    p_value = mlxtend_permutation_test(
        a,
        b,
        func=lambda first, second: abs(function(y_true, first) - function(y_true, second)),
        method="approximate",
        num_rounds=n_resamples,
        paired=True,
        seed=SEED,
    )
    return {metrics[0]: MetricAnswer(float(function(y_true, a)), float(function(y_true, b)), p_value=float(p_value))}


def mcnemar(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return accuracy, after McNemar's exact test: it has no mid-p, so its p is not the one to compare."""
    y_true, (a, b) = test_set.gold.y_true, predicted(test_set, "accuracy")
    table = mcnemar_table(y_true, a, b)
    mlxtend_mcnemar(table, exact=True)
    n = len(y_true)
    return {"accuracy": MetricAnswer(float(table[0].sum() / n), float(table[:, 0].sum() / n))}
