"""The margin of practical equivalence of each metric."""

from __future__ import annotations

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.evaluation.registry import Family, Metric

DEFAULT_MARGIN = 0.01
"""For metrics of range [0, 1]; shown as "default, nobody chose it"."""


def margin_of(metric: Metric, primary_metric: str, plan: AnalysisPlan) -> tuple[float | None, bool]:
    """Return the margin of a metric, and whether it is the default that nobody chose.

    The plan's margin is one of the primary metric; other metrics have their default.
    """
    if metric.id == primary_metric and metric.family is not Family.CALIBRATION and plan.margin is not None:
        return plan.margin, False
    return default_margin(metric), True


def default_margin(metric: Metric) -> float | None:
    """Return 0.01 for a metric of range [0, 1], None for others and for what has no test: then none is tested."""
    has_default = metric.range == (0.0, 1.0) and metric.family is not Family.CALIBRATION
    return DEFAULT_MARGIN if has_default else None
