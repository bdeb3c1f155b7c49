"""Is this the best that could be done here? Whether a plain baseline does better than every team."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.comparison.formatting import format_value
from reviewer_app.errors import Finding, Severity
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.review.queries import CellState, DatasetSummary, RunInfo


def baselines_ahead(datasets: Sequence[DatasetSummary], runs: Sequence[RunInfo]) -> list[Finding]:
    """Return a finding for each dataset on which a baseline's value is better than that of every team.

    The values are those of the first seed; no test stands behind it.
    """
    findings = []
    for dataset in datasets:
        metric = metric_of(dataset.primary_metric)
        done = [
            (value if metric.higher_is_better else -value, run)
            for run in runs
            if run.dataset == dataset.name and run.current and run.state is CellState.DONE
            if (value := run.metrics.get(metric.id)) is not None
        ]
        baselines = [pair for pair in done if pair[1].baseline]
        teams = [pair for pair in done if not pair[1].baseline]
        if not baselines or not teams:
            continue
        best, team = (max(pairs, key=lambda pair: pair[0]) for pairs in (baselines, teams))
        if best[0] > team[0]:
            message = (
                f'{dataset.name}: the baseline "{best[1].submission}" has {metric.name} '
                f"{format_value(metric, best[1].metrics[metric.id])}, "
                f"better than every team (the best, {team[1].team}, has "
                f"{format_value(metric, team[1].metrics[metric.id])}). More could be done here; no test was made of it."
            )
            findings.append(Finding("baseline_ahead", Severity.WARNING, message))
    return findings
