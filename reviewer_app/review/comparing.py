"""What was measured of comparisons, kept in the file, and what the plan's family decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reviewer_app import __version__
from reviewer_app.comparison.compare import compare, detail_of
from reviewer_app.comparison.decisions import decide
from reviewer_app.comparison.evidence import Evidence
from reviewer_app.comparison.request import ComparisonRequest, Side
from reviewer_app.comparison.result import Comparison
from reviewer_app.evaluation.registry import Metric
from reviewer_app.progress import Progress
from reviewer_app.review.cells import Cell
from reviewer_app.review.contents import Contents
from reviewer_app.review.examples import outcome_table
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.measuring import digest_of, read_gold
from reviewer_app.review.pairs import Pair, planned_family
from reviewer_app.review.queries import Significance
from reviewer_app.significance.beside.detail import SignificanceDetail
from reviewer_app.store.datasets import read_doubtful, read_structure
from reviewer_app.store.derived import read_derived, write_derived
from reviewer_app.store.evidence import comparison_id_of, read_evidence, without_verdict, write_evidence, write_verdict
from reviewer_app.store.outcomes import SQL_OUTCOME_LIMIT, write_outcomes
from reviewer_app.store.runs import RunRecord, check_runs, read_predictions

_SPLIT = "test"


def compare_pairs(
    file: ReviewFile, contents: Contents, pairs: Sequence[Pair], progress: Progress
) -> tuple[Comparison, ...]:
    """Return the comparisons of pairs with their verdicts, in the order given.

    What the file has of these inputs is taken from there; the rest is computed and kept. Where a planned pair is asked
    for, its whole family is measured, because its verdict depends on all of it.

    Parameters
    ----------
    file, contents
        The review.
    pairs
        What to compare.
    progress
        Told after each comparison; what was measured before a cancellation stays in the file.
    """
    family = planned_family(contents)
    others = [pair for pair in family.pairs if not any(_same(pair, wanted) for wanted in pairs)]
    wanted = [*pairs, *others] if any(pair.planned for pair in pairs) else list(pairs)
    evidences = []
    for number, pair in enumerate(wanted):
        progress.report(number / len(wanted), f"comparing on {pair.dataset.name}")
        part = progress.part(number / len(wanted), (number + 1) / len(wanted))
        evidences.append(_measured(file, contents, pair, family.size, part))
    comparisons = decide(evidences, contents.plan.plan, n_family=max(1, family.size))
    if not file.read_only:
        _keep_verdicts(file, list(zip(wanted, evidences, comparisons, strict=True)))
    return comparisons[: len(pairs)]


def _keep_verdicts(file: ReviewFile, decided: Sequence[tuple[Pair, Evidence, Comparison]]) -> None:
    """Write the verdicts that the file lacks, and the examples of planned comparisons, for readers of SQL."""
    todo = without_verdict(file.connection)
    if not todo:
        return
    tables = [
        (pair, outcome_table(file.connection, pair))
        for pair, evidence, comparison in decided
        if pair.key in todo and pair.in_plan_order and evidence.mcnemar is not None
        if comparison.n_examples <= SQL_OUTCOME_LIMIT
    ]
    with file.writing() as connection:
        check_runs(connection, [run_id for pair, _, _ in decided for run_id in pair.run_ids])
        for pair, _, comparison in decided:
            if pair.key in todo:
                write_verdict(
                    connection, comparison, pair.dataset.dataset_id, pair.submission_ids, planned=pair.in_plan_order
                )
        for pair, table in tables:
            write_outcomes(connection, table, pair.dataset.dataset_id, pair.submission_ids)


def _same(one: Pair, other: Pair) -> bool:
    return one.dataset is other.dataset and set(one.submission_ids) == set(other.submission_ids)


@dataclass(frozen=True)
class _Inputs:
    """What the numbers of a pair are computed from.

    Attributes
    ----------
    primary_metric, n_family, seed
        As in `compare`.
    parameters, of_plan
        What every metric, and what the primary one alone, depends on besides the data.
    digest, plan_digest
        Over the data and the parameters; over what the primary metric depends on besides.
    """

    primary_metric: str
    n_family: int
    seed: int
    parameters: Mapping[str, object]
    of_plan: Mapping[str, object]
    digest: str
    plan_digest: str


def _inputs(contents: Contents, pair: Pair, family_size: int) -> _Inputs:
    plan = contents.plan.plan
    n_family = family_size if pair.planned else 1
    primary_metric = contents.primary_metric(pair.dataset)
    seed = seed_of(pair)
    parameters = {
        "n_resamples": plan.n_resamples,
        "seed": seed if plan.seed is None else plan.seed,
        "numpy": np.__version__,
    }
    of_plan = {"alpha": plan.alpha_of_one(n_family), "margin": plan.margin}
    digest = _input_digest(pair, primary_metric, parameters)
    return _Inputs(primary_metric, n_family, seed, parameters, of_plan, digest, digest_of(of_plan))


def _measured(file: ReviewFile, contents: Contents, pair: Pair, family_size: int, progress: Progress) -> Evidence:
    """Return what was measured of a pair: from the file where it is current, else computed and kept."""
    inputs = _inputs(contents, pair, family_size)
    request = request_of(file, pair, inputs.primary_metric)
    dataset_id = pair.dataset.dataset_id
    kept = read_evidence(file.connection, request, dataset_id, pair.submission_ids, inputs.digest, inputs.plan_digest)
    if kept.evidence is not None:
        return kept.evidence
    plan = contents.plan.plan
    evidence = compare(request, plan, n_family=inputs.n_family, seed=inputs.seed, progress=progress, known=kept.others)
    if not file.read_only:
        with file.writing() as connection:
            check_runs(connection, pair.run_ids)
            write_evidence(
                connection,
                evidence,
                dataset_id,
                pair.submission_ids,
                planned=pair.in_plan_order,
                parameters={**inputs.parameters, **inputs.of_plan},
                input_digest=inputs.digest,
                plan_digest=inputs.plan_digest,
                code_version=__version__,
            )
    return evidence


def significance_of(
    file: ReviewFile, contents: Contents, pair: Pair, metric: str | None, progress: Progress
) -> Significance:
    """Return one metric of a pair in full; None: the primary metric.

    Raises
    ------
    ReviewError
        ``unknown_metric``: the dataset has no such metric.
    """
    chosen = contents.chosen_metric(pair.dataset, metric)
    comparison = compare_pairs(file, contents, [pair], progress.part(0.0, 0.6))[0]
    detail = detail_of_pair(file, contents, pair, chosen, progress.part(0.6, 1.0))
    return Significance(comparison, comparison.metrics[chosen.id], detail)


def detail_of_pair(
    file: ReviewFile, contents: Contents, pair: Pair, metric: Metric, progress: Progress
) -> SignificanceDetail:
    """Return what stands beside the headline of a metric of a pair that was compared; kept in the file.

    Parameters
    ----------
    file, contents, pair
        As in `compare_pairs`.
    metric
        One that the dataset has.
    progress
        May cancel.
    """
    inputs = _inputs(contents, pair, planned_family(contents).size)
    digest = digest_of(inputs.digest, inputs.plan_digest, metric.id)
    name = f"beside {metric.id} of {pair.key}"
    kept = read_derived(file.connection, name, SignificanceDetail, digest)
    if kept is not None:
        return kept
    request = request_of(file, pair, inputs.primary_metric)
    found = detail_of(
        request, metric, contents.plan.plan, n_family=inputs.n_family, seed=inputs.seed, progress=progress
    )
    if not file.read_only:
        with file.writing() as connection:
            check_runs(connection, pair.run_ids)
            write_derived(connection, name, found, digest, comparison_id_of(connection, pair.key, _SPLIT))
    return found


def request_of(file: ReviewFile, pair: Pair, primary_metric: str) -> ComparisonRequest:
    """Return what a pair's numbers are computed from, as the file has it."""
    return ComparisonRequest(
        dataset=pair.dataset.name,
        split=_SPLIT,
        task=pair.dataset.spec.task,
        gold=read_gold(file.connection, pair.dataset),
        structure=read_structure(file.connection, pair.dataset.dataset_id),
        a=_side(file, pair.name_a, pair.a, pair.runs_a),
        b=_side(file, pair.name_b, pair.b, pair.runs_b),
        primary_metric=primary_metric,
        planned=pair.planned,
        doubtful=read_doubtful(file.connection, pair.dataset.dataset_id),
    )


def _side(file: ReviewFile, name: str, cell: Cell, runs: Sequence[RunRecord]) -> Side:
    submission = cell.record.submission
    return Side(
        team=name,
        submission=submission.name,
        version=submission.version,
        kind=submission.kind,
        seeds=tuple(run.seed for run in runs),
        runs=tuple(read_predictions(file.connection, run) for run in runs),
        missing=runs[0].missing,
    )


def seed_of(pair: Pair) -> int:
    """Return the seed of the statistics: nobody picks it, and it is the same for A - B and B - A.

    So are the resamples, up to the sign.
    """
    runs = sorted(str(run.result_digest) for run in (*pair.runs_a, *pair.runs_b))
    return int(digest_of(pair.dataset.digest, runs)[:15], 16)


def _input_digest(pair: Pair, primary_metric: str, parameters: Mapping[str, object]) -> str:
    sides = [[[run.seed, run.result_digest, run.missing] for run in runs] for runs in (pair.runs_a, pair.runs_b)]
    return digest_of(pair.dataset.digest, pair.dataset.spec.costs, sides, primary_metric, parameters, __version__)
