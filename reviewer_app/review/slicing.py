"""Slices of one pair's comparison: where the two teams differ."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.comparison.samples import evaluated_examples, sample_of
from reviewer_app.disagreements.filters import Condition
from reviewer_app.disagreements.slice_report import SliceAlone, SliceReport
from reviewer_app.disagreements.slices import SliceFilter, SliceMasks, candidate_slices, refuse_outcome
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import BoolArray
from reviewer_app.evaluation.registry import Metric
from reviewer_app.progress import Progress
from reviewer_app.review.comparing import request_of, seed_of
from reviewer_app.review.contents import Contents
from reviewer_app.review.examples import example_table
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.pairs import Pair
from reviewer_app.significance.halves import halves_of
from reviewer_app.significance.influence import has_influence
from reviewer_app.significance.slice_tests import SliceSample
from reviewer_app.significance.slices import search_slices


def slices_of(file: ReviewFile, contents: Contents, pair: Pair, metric: str | None, progress: Progress) -> SliceReport:
    """Return where the two sides of a pair differ: slices found on one half of the examples, confirmed on the other.

    Raises
    ------
    ReviewError
        ``unknown_metric``; ``no_slices_by_metric``; ``no_labels``.
    """
    chosen, sample, kept = _sample(file, contents, pair, metric)
    progress.report(0.0, "reading the examples")
    table = example_table(file.connection, pair)
    filters = candidate_slices(table)
    masks = SliceMasks(table, filters, kept, progress.part(0.0, 0.3))
    plan = contents.plan.plan
    halves = halves_of(sample.gold, sample.structure, seed_of(pair) if plan.seed is None else plan.seed)
    search = search_slices(sample, masks, halves, plan.alpha, progress.part(0.3, 1.0))
    return SliceReport(
        dataset=pair.dataset.name,
        task=pair.dataset.spec.task,
        team_a=pair.name_a,
        team_b=pair.name_b,
        metric=chosen.id,
        filters=filters,
        search=search,
        n_runs=max(len(pair.runs_a), len(pair.runs_b)),
    )


def slice_alone(
    file: ReviewFile,
    contents: Contents,
    pair: Pair,
    conditions: Sequence[Condition],
    metric: str | None,
    progress: Progress,
) -> SliceAlone:
    """Return one named slice of a pair, tested on all of its examples.

    Raises
    ------
    ReviewError
        ``slice_by_outcome``, ``bad_condition``; as `slices_of`.
    """
    refuse_outcome(conditions)
    chosen, sample, kept = _sample(file, contents, pair, metric)
    one = SliceFilter(tuple(conditions))
    [mask] = SliceMasks(example_table(file.connection, pair), [one], kept, progress)
    return SliceAlone(
        dataset=pair.dataset.name,
        task=pair.dataset.spec.task,
        team_a=pair.name_a,
        team_b=pair.name_b,
        metric=chosen.id,
        filter=one,
        numbers=sample.numbers(mask),
        contrast=sample.contrast(mask, ~mask),
    )


def _sample(
    file: ReviewFile, contents: Contents, pair: Pair, metric: str | None
) -> tuple[Metric, SliceSample, BoolArray]:
    """Return the metric, what slices are cut from (the first run of each side), and which examples that is about."""
    chosen = contents.chosen_metric(pair.dataset, metric)
    if not has_influence(chosen):
        raise ReviewError.of(
            "no_slices_by_metric",
            f"{chosen.name} cannot be tested in many slices: it has no influence values. Choose another metric, for "
            "example accuracy.",
        )
    request = request_of(file, pair, chosen.id)
    sample = sample_of(request)
    parts = SliceSample(chosen, sample.gold, sample.runs_a[0], sample.runs_b[0], sample.structure)
    return chosen, parts, evaluated_examples(request)
