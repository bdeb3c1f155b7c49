"""reviewer_app: THE p and THE interval of all metrics of the job."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.statistics.answer import Answer, MetricAnswer
from benchmarks.statistics.test_sets import SEED, TestSet
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.headline import headline
from reviewer_app.significance.paired_difference import Settings


def all_metrics(test_set: TestSet, metrics: Sequence[str], n_resamples: int) -> Answer:
    """Return every metric with interval and test."""
    found = headline(
        [METRICS[name] for name in metrics],
        test_set.gold,
        test_set.a,
        test_set.b,
        test_set.structure,
        {},
        Settings(n_resamples=n_resamples, seed=SEED),
    )
    answer = {}
    for name, of_metric in found.items():
        if of_metric.a is None or of_metric.b is None or of_metric.ci_low is None or of_metric.ci_high is None:
            raise ValueError(f"{name}: {of_metric.not_defined}")
        answer[name] = MetricAnswer(of_metric.a, of_metric.b, (of_metric.ci_low, of_metric.ci_high), of_metric.p_value)
    return answer
