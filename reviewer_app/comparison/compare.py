"""From aligned arrays to the numbers of one comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reviewer_app.comparison.evidence import Evidence
from reviewer_app.comparison.margins import margin_of
from reviewer_app.comparison.outcomes import OUTCOMES, outcome_codes, outcome_counts
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.request import ComparisonRequest, Side
from reviewer_app.comparison.result import McNemarSummary, Outcome
from reviewer_app.evaluation.inputs import BoolArray, Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import metrics_for
from reviewer_app.evaluation.missing import MissingTreatment, treat_missing
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.registry import Metric, Needs
from reviewer_app.progress import Progress
from reviewer_app.significance.headline import headline, headline_seeds
from reviewer_app.significance.influence import complete_examples
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import PairedDifference, Settings

SEEDS_FOR_VERDICT = 3
"""From this number of seeds on each side the statistics cover the algorithms' seeds (DESIGN 8)."""


@dataclass(frozen=True, eq=False)
class _Sample:
    """The arrays of both sides under one treatment of missing predictions."""

    gold: Gold
    structure: Structure
    runs_a: tuple[Predictions, ...]
    runs_b: tuple[Predictions, ...]

    def take(self, mask: BoolArray) -> _Sample:
        if mask.all():
            return self
        return _Sample(
            self.gold.take(mask),
            self.structure.take(mask),
            tuple(run.take(mask) for run in self.runs_a),
            tuple(run.take(mask) for run in self.runs_b),
        )

    @property
    def runs(self) -> tuple[Predictions, ...]:
        return self.runs_a + self.runs_b


def compare(
    request: ComparisonRequest, plan: AnalysisPlan, *, n_family: int, seed: int, progress: Progress | None = None
) -> Evidence:
    """Return every number of a comparison that does not depend on other comparisons.

    Parameters
    ----------
    request
        What is compared.
    plan
        Margin, alpha and number of resamples.
    n_family
        Comparisons in the plan's family: detectable differences are those at alpha / n_family.
    seed
        Seed of resampling where the plan names none; derived from the digests of the inputs by the caller.
    progress
        Told between the metrics' groups; may cancel.
    """
    progress = progress or Progress()
    alpha = plan.alpha / max(n_family, 1)
    settings = Settings(alpha, 0.95, plan.n_resamples, seed if plan.seed is None else plan.seed, progress.check)
    metrics = metrics_for(request.task, request.gold.n_classes, request.gold.costs is not None)
    drop = "drop" in (request.a.missing, request.b.missing)
    sample = _treated(request, drop=drop)
    differences = _differences(metrics, sample, request, plan, settings, progress)
    first_a, first_b = request.a.runs[0], request.b.runs[0]
    n_missing_a, n_missing_b = int(first_a.missing.sum()), int(first_b.missing.sum())
    otherwise = None
    if _some_missing(request):
        primary = [metric for metric in metrics if metric.id == request.primary_metric]
        other = _treated(request, drop=not drop)
        otherwise = _differences(primary, other, request, plan, settings, progress).get(request.primary_metric)
    outcomes, mcnemar_summary = _outcomes(sample, request.a.seeds[0])
    unit, n_units = _unit(sample.structure, sample.gold.n_examples)
    return Evidence(
        request=request,
        differences=differences,
        primary_otherwise=otherwise,
        outcomes=outcomes,
        mcnemar=mcnemar_summary,
        n_missing_a=n_missing_a,
        n_missing_b=n_missing_b,
        n_evaluated=sample.gold.n_examples,
        unit=unit,
        n_units=n_units,
        n_different=outcomes[Outcome.ONLY_A] + outcomes[Outcome.ONLY_B],
        seeds=_seeds_used(request),
    )


def _seeds_used(request: ComparisonRequest) -> int:
    seeds = min(len(request.a.seeds), len(request.b.seeds))
    return seeds if seeds >= SEEDS_FOR_VERDICT else 1


def _some_missing(request: ComparisonRequest) -> bool:
    sides = (request.a, request.b)
    return any(run.missing.any() for side in sides if side.missing != "negative" for run in side.runs)


def _treated(request: ComparisonRequest, *, drop: bool) -> _Sample:
    sample = _Sample(
        request.gold, request.structure, _treated_runs(request, request.a), _treated_runs(request, request.b)
    )
    if not drop:
        return sample
    missing = np.zeros(request.gold.n_examples, dtype=np.bool_)
    for side in (request.a, request.b):
        if side.missing != "negative":
            for run in side.runs:
                missing |= run.missing
    return sample.take(~missing)


def _treated_runs(request: ComparisonRequest, side: Side) -> tuple[Predictions, ...]:
    treatment = MissingTreatment.NEGATIVE if side.missing == "negative" else MissingTreatment.WRONG
    return treat_missing(request.gold, side.runs, treatment).predictions


def _differences(
    metrics: Sequence[Metric],
    sample: _Sample,
    request: ComparisonRequest,
    plan: AnalysisPlan,
    settings: Settings,
    progress: Progress,
) -> Mapping[str, PairedDifference]:
    margins = {metric.id: margin_of(metric, request.primary_metric, plan)[0] for metric in metrics}
    found: dict[str, PairedDifference] = {}
    # What needs the same is computed together: metrics of counts share their resamples.
    for need in Needs:
        chosen = [metric for metric in metrics if metric.needs is need]
        progress.check()
        if _seeds_used(request) > 1:
            found |= headline_seeds(
                chosen, sample.gold, sample.runs_a, sample.runs_b, sample.structure, margins, settings
            )
        else:
            found |= headline(
                chosen, sample.gold, sample.runs_a[0], sample.runs_b[0], sample.structure, margins, settings
            )
    return {metric.id: _marked(found[metric.id], metric, sample) for metric in metrics}


def _marked(difference: PairedDifference, metric: Metric, sample: _Sample) -> PairedDifference:
    """Return the difference with the number of examples that had to be left out, where there are any."""
    if difference.difference is None:
        return difference
    left_out = int(np.count_nonzero(~complete_examples(metric, sample.gold, sample.runs)))
    if left_out == 0:
        return difference
    mark = f"{counted(left_out, 'example')} without probabilities or scores left out for both teams"
    return replace(difference, marks=(*difference.marks, mark))


def _outcomes(sample: _Sample, seed: int) -> tuple[Mapping[Outcome, int], McNemarSummary | None]:
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
