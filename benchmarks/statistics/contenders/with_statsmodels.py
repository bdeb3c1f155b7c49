"""statsmodels: McNemar's test, t of a mean difference, variance over records on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from benchmarks.statistics.answer import Answer, MetricAnswer
from benchmarks.statistics.test_sets import TestSet


def mcnemar(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return accuracy, after McNemar's exact test and Wilson's interval of each team.

    It has neither mid-p nor an interval of a paired difference, so nothing but the values is to be compared.
    """
    right_a, right_b = (_right(test_set, team.y_pred) for team in (test_set.a, test_set.b))
    n = len(right_a)
    table = np.bincount(2 * right_a + right_b, minlength=4).reshape(2, 2)
    statsmodels_mcnemar(table, exact=True)
    for right in (right_a, right_b):
        proportion_confint(int(right.sum()), n, method="wilson")
    return {"accuracy": MetricAnswer(float(right_a.mean()), float(right_b.mean()))}


def t_of_losses(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return log loss with Student's interval and p of the mean difference of the teams' losses."""
    of_a, of_b = (_losses(test_set, team.probabilities) for team in (test_set.a, test_set.b))
    described = DescrStatsW(of_a - of_b)
    low, high = described.tconfint_mean()
    p_value = float(described.ttest_mean()[1])
    return {"log_loss": MetricAnswer(float(of_a.mean()), float(of_b.mean()), (float(low), float(high)), p_value)}


def records_on_both_sides(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return F1 with the two-way cluster-robust normal interval and p of its influence values, worked out by hand.

    A regression of the difference plus n times each pair's effect on a constant.
    """
    y_true, structure = test_set.gold.y_true, test_set.structure
    values, effects = [], []
    for team in (test_set.a, test_set.b):
        assert team.y_pred is not None
        found, total = np.sum(y_true * team.y_pred), np.sum(y_true) + np.sum(team.y_pred)
        f1 = 2.0 * found / total
        values.append(float(f1))
        effects.append((2.0 * y_true * team.y_pred - f1 * (y_true + team.y_pred)) / total)
    assert structure.left_records is not None
    assert structure.right_records is not None
    records = np.column_stack([structure.left_records, structure.right_records])
    pseudo_values = values[0] - values[1] + len(y_true) * (effects[0] - effects[1])
    fitted: Any = OLS(pseudo_values, np.ones(len(y_true))).fit(cov_type="cluster", cov_kwds={"groups": records})
    low, high = fitted.conf_int()[0]
    return {metrics[0]: MetricAnswer(values[0], values[1], (float(low), float(high)), float(fitted.pvalues[0]))}


def _right(test_set: TestSet, y_pred: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any]:
    return np.asarray(test_set.gold.y_true == y_pred).astype(np.int64)


def _losses(test_set: TestSet, probabilities: np.ndarray[Any, Any] | None) -> np.ndarray[Any, Any]:
    assert probabilities is not None
    y_true = test_set.gold.y_true
    losses: np.ndarray[Any, Any] = -np.log(probabilities[np.arange(len(y_true)), y_true])
    return losses
