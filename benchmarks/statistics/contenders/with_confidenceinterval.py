"""confidenceinterval: the interval of each team's metric alone. It has no paired difference and no test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import confidenceinterval
import numpy as np

from benchmarks.statistics.answer import Answer, MetricAnswer
from benchmarks.statistics.contenders.metric_functions import predicted
from benchmarks.statistics.test_sets import SEED, TestSet

_OF_LABELS = {
    "f1": partial(confidenceinterval.f1_score, average="binary"),
    "macro_f1": partial(confidenceinterval.f1_score, average="macro"),
}


def closed_form(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return F1 of each team by Takahashi's closed form."""
    return _each_team(test_set, metrics[0], partial(_OF_LABELS[metrics[0]], method="takahashi"))


def delong(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return the AUC of each team with DeLong's variance, in single precision."""
    return _each_team(test_set, "roc_auc", partial(confidenceinterval.roc_auc_score, method="delong"))


def bootstrap(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return F1 of each team by percentile bootstrap, all resamples held at once."""
    function = partial(
        _OF_LABELS[metrics[0]],
        method="bootstrap_percentile",
        n_resamples=n_resamples,
        random_state=np.random.default_rng(SEED),
    )
    return _each_team(test_set, metrics[0], function)


def _each_team(test_set: TestSet, metric: str, function: Callable[..., tuple[Any, Any]]) -> Answer:
    of_a, of_b = (float(function(test_set.gold.y_true, team)[0]) for team in predicted(test_set, metric))
    return {metric: MetricAnswer(of_a, of_b)}
