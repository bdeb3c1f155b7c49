"""The margin of practical equivalence of each metric."""

from __future__ import annotations

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.evaluation.registry import Family, Metric

DEFAULT_MARGIN = 0.01
"""For metrics of range [0, 1]; shown as "default, nobody chose it"."""


def margin_of(metric: Metric, primary_metric: str, plan: AnalysisPlan) -> tuple[float | None, bool]:
    """Return the margin of a metric, and whether it is the default that nobody chose.

    The plan's margin is one of the primary metric. Other metrics of range [0, 1] have the default; metrics of another
    range have none, and equivalence is then not tested.
    """
    if metric.family is Family.CALIBRATION:
        return None, True
    if metric.id == primary_metric and plan.margin is not None:
        return plan.margin, False
    return (DEFAULT_MARGIN if metric.range == (0.0, 1.0) else None), True
