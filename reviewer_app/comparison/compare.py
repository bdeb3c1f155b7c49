"""From aligned arrays to the numbers of one comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from reviewer_app.comparison.evidence import Alternative, Evidence
from reviewer_app.comparison.margins import default_margin, margin_of
from reviewer_app.comparison.outcomes import OUTCOMES, outcome_codes, outcome_counts
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.request import ComparisonRequest
from reviewer_app.comparison.result import McNemarSummary, Outcome
from reviewer_app.comparison.samples import Sample, alternative_samples, sample_of, used_runs
from reviewer_app.evaluation.inputs import Structure
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.metrics import metrics_for
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.registry import Metric, Needs
from reviewer_app.progress import Progress
from reviewer_app.significance.beside.detail import SignificanceDetail, detail
from reviewer_app.significance.headline import headline, headline_seeds
from reviewer_app.significance.influence import complete_examples
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import PairedDifference, Settings

EXPLORATORY_ALPHA = 0.05
"""What the p of metrics that decide nothing is held against: the plan's alpha must not change their numbers."""


def compare(
    request: ComparisonRequest,
    plan: AnalysisPlan,
    *,
    n_family: int,
    seed: int,
    progress: Progress | None = None,
    known: Mapping[str, PairedDifference] | None = None,
) -> Evidence:
    """Return every number of a comparison that does not depend on other comparisons.

    The metrics that decide nothing do not depend on the plan's alpha and margin: `known` holds them.

    Parameters
    ----------
    request
        What is compared.
    plan
        Margin, alpha and number of resamples.
    n_family
        Comparisons in the plan's family: the primary metric's p is held against alpha / n_family.
    seed
        Seed of resampling where the plan names none; derived from the digests of the inputs by the caller.
    progress
        Told how far it is; may cancel.
    known
        Metrics other than the primary one, measured before from the same inputs, seed and number of resamples.
    """
    progress = progress or Progress()
    settings = _settings(plan, n_family, seed, progress)
    sample = sample_of(request)
    primary = metric_of(request.primary_metric)
    margin = margin_of(primary, primary.id, plan)[0]
    decisive = _differences([primary], sample, margin, settings.part(0.0, 0.2))
    alternatives = _alternatives(request, primary, plan, settings.part(0.2, 0.4))
    exploratory = replace(settings.part(0.4, 1.0), alpha=EXPLORATORY_ALPHA)
    others = _others(request, sample, exploratory, dict(known or {}))
    metrics = metrics_for(request.task, request.gold.n_classes, request.gold.costs is not None)
    n_missing_a, n_missing_b = (
        int(np.logical_or.reduce([run.missing for run in runs]).sum()) for runs in used_runs(request)
    )
    outcomes, mcnemar_summary = _outcomes(sample, request.a.seeds[0])
    unit, n_units = _unit(sample.structure, sample.gold.n_examples)
    return Evidence(
        request=request,
        differences={metric.id: (decisive | others)[metric.id] for metric in metrics},
        alternatives=alternatives,
        outcomes=outcomes,
        mcnemar=mcnemar_summary,
        n_missing_a=n_missing_a,
        n_missing_b=n_missing_b,
        n_evaluated=sample.gold.n_examples,
        unit=unit,
        n_units=n_units,
        n_different=outcomes[Outcome.ONLY_A] + outcomes[Outcome.ONLY_B],
        seeds=sample.seeds,
    )


def detail_of(
    request: ComparisonRequest,
    metric: Metric,
    plan: AnalysisPlan,
    *,
    n_family: int,
    seed: int,
    progress: Progress | None = None,
) -> SignificanceDetail:
    """Return what stands beside the headline of one metric: the arguments are those of `compare`, and its draws too."""
    sample = sample_of(request)
    settings = _settings(plan, n_family, seed, progress or Progress())
    if metric.id != request.primary_metric:
        settings = replace(settings, alpha=EXPLORATORY_ALPHA)
    margin = margin_of(metric, request.primary_metric, plan)[0]
    return detail(metric, sample.gold, sample.runs_a, sample.runs_b, sample.structure, margin, settings)


def _settings(plan: AnalysisPlan, n_family: int, seed: int, progress: Progress) -> Settings:
    seed = seed if plan.seed is None else plan.seed
    return Settings(plan.alpha_of_one(n_family), 0.95, plan.n_resamples, seed, progress)


def _others(
    request: ComparisonRequest, sample: Sample, settings: Settings, known: dict[str, PairedDifference]
) -> dict[str, PairedDifference]:
    """Return the metrics that decide nothing; those that need the same share their resamples."""
    metrics = metrics_for(request.task, request.gold.n_classes, request.gold.costs is not None)
    found = dict(known)
    for number, need in enumerate(Needs):
        chosen = [
            metric
            for metric in metrics
            if metric.needs is need and metric.id not in known and metric.id != request.primary_metric
        ]
        if chosen:
            part = settings.part(number / len(Needs), (number + 1) / len(Needs))
            found |= _differences(chosen, sample, None, part)
    return found


def _alternatives(
    request: ComparisonRequest, primary: Metric, plan: AnalysisPlan, settings: Settings
) -> tuple[Alternative, ...]:
    margin = margin_of(primary, primary.id, plan)[0]
    found = []
    for choice, sample in alternative_samples(request):
        difference = _differences([primary], sample, margin, settings)[primary.id]
        outcomes, test = _outcomes(sample, request.a.seeds[0])
        n_different = None if test is None else outcomes[Outcome.ONLY_A] + outcomes[Outcome.ONLY_B]
        found.append(Alternative(choice, sample.gold.n_examples, n_different, difference))
    return tuple(found)


def _differences(
    metrics: Sequence[Metric], sample: Sample, primary_margin: float | None, settings: Settings
) -> dict[str, PairedDifference]:
    """Return the metrics' differences; `primary_margin` is that of the primary metric, None: each has its default."""
    settings.progress.check()
    if sample.gold.n_examples == 0:
        nothing = PairedDifference(None, None, None, not_defined="no examples are left")
        return dict.fromkeys((metric.id for metric in metrics), nothing)
    margins = {metric.id: primary_margin or default_margin(metric) for metric in metrics}
    if sample.seeds > 1:
        found = headline_seeds(metrics, sample.gold, sample.runs_a, sample.runs_b, sample.structure, margins, settings)
    else:
        found = headline(metrics, sample.gold, sample.runs_a[0], sample.runs_b[0], sample.structure, margins, settings)
    return {metric.id: _marked(found[metric.id], metric, sample) for metric in metrics}


def _marked(difference: PairedDifference, metric: Metric, sample: Sample) -> PairedDifference:
    """Return the difference with the number of examples that had to be left out, where there are any."""
    if difference.difference is None:
        return difference
    left_out = int(np.count_nonzero(~complete_examples(metric, sample.gold, sample.runs)))
    if left_out == 0:
        return difference
    mark = f"{counted(left_out, 'example')} without probabilities or scores left out for both teams"
    return replace(difference, marks=(*difference.marks, mark))


def _outcomes(sample: Sample, seed: int) -> tuple[Mapping[Outcome, int], McNemarSummary | None]:
    a, b = sample.runs_a[0].y_pred, sample.runs_b[0].y_pred
    if a is None or b is None:
        return dict.fromkeys(OUTCOMES, 0), None
    counts = outcome_counts(outcome_codes(sample.gold.y_true, a, b))
    only_a, only_b = counts[Outcome.ONLY_A], counts[Outcome.ONLY_B]
    test = mcnemar(only_a, only_b)
    return counts, McNemarSummary(seed, only_a, only_b, test.p_exact, test.p_mid)


def _unit(structure: Structure, n_examples: int) -> tuple[str, int]:
    """Return what is independent of each other and how many there are (records: those of the scarcer side)."""
    if structure.groups is not None:
        return "group", len(np.unique(structure.groups))
    if structure.left_records is not None and structure.right_records is not None:
        n_left, n_right = len(np.unique(structure.left_records)), len(np.unique(structure.right_records))
        if min(n_left, n_right) < n_examples:
            return "record", min(n_left, n_right)
    return "example", n_examples
