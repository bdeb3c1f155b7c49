"""The document of ``results --json`` and ``compare --json`` (README, "JSON"); other people's scripts read it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from reviewer_app.comparison.result import Comparison, Estimate, MetricComparison, Overall, RobustnessRow, TaskAverage
from reviewer_app.errors import Finding
from reviewer_app.review.queries import DatasetSummary, Results, RunInfo


def results_to_json(results: Results) -> dict[str, Any]:
    """Return results as JSON holds them: fractions, unrounded; what is not defined is None, with its reason."""
    return {
        "review": {
            "title": results.title,
            "schema_version": results.schema_version,
            "app_version": results.app_version,
            "alpha": results.plan.alpha,
            "plan": str(results.plan_state),
            "correction": str(results.plan.correction),
            "plan_change": results.plan_change,
        },
        "datasets": [_dataset(dataset) for dataset in results.datasets],
        "runs": [_run(run) for run in results.runs],
        "comparisons": [_comparison(comparison) for comparison in results.comparisons],
        "overall": [_overall(overall) for overall in results.overall],
        "across": None if results.across is None else _plain(asdict(results.across)),
        **findings_to_json(results.findings),
    }


def findings_to_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the document that holds findings alone: what is printed where an input is refused."""
    return {"findings": [finding.to_json() for finding in findings]}


def _dataset(dataset: DatasetSummary) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "task": dataset.task,
        "home_of": dataset.home_of,
        "n_test": dataset.n_test,
        "primary_metric": dataset.primary_metric,
        "margin": _number(dataset.margin),
    }


def _run(run: RunInfo) -> dict[str, Any]:
    return {
        "dataset": run.dataset,
        "team": run.team,
        "submission": run.submission,
        "version": run.version,
        "baseline": run.baseline,
        "seed": run.seed,
        "state": str(run.state),
        "reason": run.reason,
        "sandbox": run.sandbox,
        "fit_seconds": _number(run.fit_seconds),
        "predict_seconds": _number(run.predict_seconds),
        "peak_memory_mb": _number(run.peak_memory_mb),
        "metrics": {name: _number(value) for name, value in run.metrics.items()},
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    mcnemar = comparison.mcnemar
    return {
        "dataset": comparison.dataset,
        "split": comparison.split,
        "task": comparison.task,
        "team_a": comparison.team_a,
        "team_b": comparison.team_b,
        "submission_a": comparison.submission_a,
        "submission_b": comparison.submission_b,
        "planned": comparison.planned,
        "seeds": comparison.seeds,
        "unit": comparison.unit,
        "n_units": comparison.n_units,
        "n_examples": comparison.n_examples,
        "n_missing_a": comparison.n_missing_a,
        "n_missing_b": comparison.n_missing_b,
        "primary_metric": comparison.primary_metric,
        "metrics": {name: _metric(metric) for name, metric in comparison.metrics.items()},
        "outcomes": None
        if mcnemar is None
        else {str(outcome): count for outcome, count in comparison.outcomes.items()},
        "mcnemar": None
        if mcnemar is None
        else {"seed": mcnemar.seed, "p_exact": _number(mcnemar.p_exact), "p_mid": _number(mcnemar.p_mid)},
        "verdict": str(comparison.verdict),
        "reason": comparison.reason,
        "within_margin": comparison.within_margin,
        "sentence": comparison.sentence,
        "warnings": list(comparison.warnings),
        "robustness": [_robustness(row) for row in comparison.robustness],
        "robustness_sentence": comparison.robustness_sentence,
        "beside": None if comparison.beside is None else _plain(asdict(comparison.beside)),
    }


def _robustness(row: RobustnessRow) -> dict[str, Any]:
    return {
        "choice": row.choice,
        "description": row.description,
        "n_examples": row.n_examples,
        "difference": _number(row.difference),
        "ci_low": _number(row.ci_low),
        "ci_high": _number(row.ci_high),
        "p_value": _number(row.p_value),
        "p_adjusted": _number(row.p_adjusted),
        "verdict": str(row.verdict),
        "reason": row.reason,
        "within_margin": row.within_margin,
        "not_defined": row.not_defined,
    }


def _metric(metric: MetricComparison) -> dict[str, Any]:
    return {
        "a": _number(metric.a),
        "b": _number(metric.b),
        "difference": _number(metric.difference),
        "ci_low": _number(metric.ci_low),
        "ci_high": _number(metric.ci_high),
        "ci_level": metric.ci_level,
        "p_value": _number(metric.p_value),
        "p_adjusted": _number(metric.p_adjusted),
        "margin": _number(metric.margin),
        "p_equivalence": _number(metric.p_equivalence),
        "p_equivalence_adjusted": _number(metric.p_equivalence_adjusted),
        "n_resamples": metric.n_resamples,
        "interval_method": metric.interval_method,
        "test_method": metric.test_method,
        "minimum_detectable_difference": _number(metric.minimum_detectable_difference),
        "not_defined": metric.not_defined,
        "whisker_low": _number(metric.whisker_low),
        "whisker_high": _number(metric.whisker_high),
        "examples_for_margin": metric.examples_for_margin,
        "standard_error": _number(metric.standard_error),
        "degrees_of_freedom": _number(metric.degrees_of_freedom),
        "monte_carlo_error": _number(metric.monte_carlo_error),
        "marks": list(metric.marks),
    }


def _overall(overall: Overall) -> dict[str, Any]:
    return {
        "team_a": overall.team_a,
        "team_b": overall.team_b,
        "neutral_difference": _estimate(overall.neutral_difference),
        "home_advantage": _estimate(overall.home_advantage),
        "average": {task: _average(average) for task, average in overall.average.items()},
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "difference": _number(estimate.difference),
        "ci_low": _number(estimate.ci_low),
        "ci_high": _number(estimate.ci_high),
        "not_defined": estimate.not_defined,
    }


def _average(average: TaskAverage) -> dict[str, Any]:
    return {
        "a": _number(average.a),
        "b": _number(average.b),
        "difference": _number(average.difference),
        "ci_low": _number(average.ci_low),
        "ci_high": _number(average.ci_high),
        "n_datasets": average.n_datasets,
    }


def _plain(value: Any) -> Any:
    """Return what a dataclass holds as JSON holds it."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _number(value) if isinstance(value, float) else value


def _number(value: float | None) -> float | None:
    """Return a number that JSON has: neither NaN nor infinite."""
    return value if value is not None and math.isfinite(value) else None
