"""What claims are held against, read from the review; nothing of it is kept but comparisons, as ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reviewer_app.claims.check import of_each
from reviewer_app.claims.claim import Claim, DifferenceClaim, RankClaim, ValueClaim
from reviewer_app.claims.evidence import Evidence, TeamDifference, TeamDifferences, TeamValue
from reviewer_app.comparison.result import Comparison
from reviewer_app.evaluation.missing import treat_missing
from reviewer_app.evaluation.registry import Metric
from reviewer_app.progress import Progress
from reviewer_app.review.cells import finished_cell
from reviewer_app.review.comparing import compare_pairs
from reviewer_app.review.contents import Contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.measuring import read_gold
from reviewer_app.review.pairs import Pair, pair_on
from reviewer_app.significance.measured_value import measured_value
from reviewer_app.store.datasets import read_structure
from reviewer_app.store.runs import read_predictions
from reviewer_app.submissions.submission import SubmissionKind


@dataclass(frozen=True)
class _Difference:
    """A pair whose comparison a claim needs."""

    metric: Metric
    pair: Pair


def evidence_of(
    file: ReviewFile, contents: Contents, claims: Sequence[Claim], progress: Progress
) -> tuple[Evidence, ...]:
    """Return what each claim is held against, in the same order.

    Parameters
    ----------
    file, contents
        The review.
    claims
        Which.
    progress
        May cancel.

    Raises
    ------
    ReviewError
        ``unknown_dataset``, ``unknown_team``, ``unknown_version``, ``unknown_metric``, ``no_run``, ``no_comparison``:
        those of all claims together.
    """

    def of_one(number: int) -> TeamValue | tuple[_Difference, ...]:
        progress.check()
        claim = claims[number]
        if isinstance(claim, ValueClaim):
            return _value(file, contents, claim)
        wanted = claim.differences() if isinstance(claim, RankClaim) else (claim,)
        return tuple(_wanted(contents, one) for one in wanted)

    found = of_each(claims, of_one)
    wanted = [difference for one in found if not isinstance(one, TeamValue) for difference in one]
    pairs = {difference.pair.key: difference.pair for difference in wanted}
    comparisons = {}
    for number, (key, pair) in enumerate(pairs.items()):
        # One at a time: A - B and B - A are one member of the plan's family.
        part = progress.part(number / len(pairs), (number + 1) / len(pairs))
        comparisons[key] = compare_pairs(file, contents, [pair], part)[0]
    return tuple(_evidence(claim, one, comparisons) for claim, one in zip(claims, found, strict=True))


def _evidence(
    claim: Claim, found: TeamValue | tuple[_Difference, ...], comparisons: Mapping[tuple[int, int, int], Comparison]
) -> Evidence:
    if isinstance(found, TeamValue):
        return found
    differences = tuple(_difference(one, comparisons[one.pair.key]) for one in found)
    return TeamDifferences(differences) if isinstance(claim, RankClaim) else differences[0]


def _wanted(contents: Contents, claim: DifferenceClaim) -> _Difference:
    metric = contents.chosen_metric(contents.dataset(claim.dataset), claim.metric)
    return _Difference(metric, pair_on(contents, claim.dataset, claim.team, claim.over))


def _value(file: ReviewFile, contents: Contents, claim: ValueClaim) -> TeamValue:
    dataset = contents.dataset(claim.dataset)
    cell, runs = finished_cell(contents, dataset, claim.team)
    metric = contents.chosen_metric(dataset, claim.metric)
    gold = read_gold(file.connection, dataset)
    structure = read_structure(file.connection, dataset.dataset_id)
    predictions = [read_predictions(file.connection, run) for run in runs]
    treated = treat_missing(gold, predictions, runs[0].missing)
    measured = measured_value(metric, treated.gold, treated.predictions, structure.take(treated.kept))
    reasons = (metric.value(treated.gold, run).reason for run in treated.predictions)
    return TeamValue(
        metric=metric,
        dataset=dataset.name,
        team=claim.team,
        task=dataset.spec.task,
        measured=measured,
        n_test=gold.n_examples,
        n_missing=int(np.logical_or.reduce([run.missing for run in predictions]).sum()),
        kind=cell.record.submission.kind,
        is_home=dataset.home_of == cell.record.submission.team,
        not_defined=None if measured is not None else next((reason for reason in reasons if reason), None),
    )


def _difference(wanted: _Difference, comparison: Comparison) -> TeamDifference:
    pair = wanted.pair
    kinds = [cell.record.submission.kind for cell in (pair.a, pair.b)]
    return TeamDifference(
        metric=wanted.metric,
        dataset=comparison.dataset,
        team=comparison.team_a,
        over=comparison.team_b,
        task=comparison.task,
        numbers=comparison.metrics[wanted.metric.id],
        seeds=comparison.seeds,
        trained_once=comparison.seeds == 1 and any(kind is not SubmissionKind.PREDICTIONS for kind in kinds),
    )
