"""Everything that the faces show of a review at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewer_app import __version__
from reviewer_app.comparison.margins import margin_of
from reviewer_app.comparison.overall import overall
from reviewer_app.comparison.plan_change import plan_change
from reviewer_app.comparison.result import Comparison, Overall
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.progress import Progress
from reviewer_app.review.across import across_of
from reviewer_app.review.baselines import baselines_ahead
from reviewer_app.review.cells import Cell, cells_of, done_runs, run_infos
from reviewer_app.review.comparing import compare_pairs, detail_of_pair
from reviewer_app.review.contents import Contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.measuring import measure
from reviewer_app.review.pairs import Pair, check_two_sides, pairs_of, planned_family
from reviewer_app.review.queries import DatasetSummary, PlanState, Results, RunInfo
from reviewer_app.store.datasets import read_shared_examples
from reviewer_app.store.runs import run_findings, same_labels


def results_of(
    file: ReviewFile, contents: Contents, a: str | None, b: str | None, progress: Progress, *, beside: bool = False
) -> Results:
    """Return matrix, metrics, tests and verdicts.

    Parameters
    ----------
    file, contents
        The review.
    a, b
        TEAM or TEAM:VERSION; None: every planned comparison.
    progress
        May cancel; what was computed before stays in the file.
    beside
        Whether each comparison says what stands beside its primary metric.

    Raises
    ------
    ReviewError
        ``unknown_team``, ``unknown_version``; ``one_side_only`` if only one of `a` and `b` is given; ``same_side`` if
        both name one submission.
    """
    if (a is None) != (b is None):
        raise ReviewError.of("one_side_only", "Name both sides of the comparison, or neither.")
    if a is not None and b is not None:
        check_two_sides(contents, a, b)
    pairs = planned_family(contents).pairs if a is None or b is None else pairs_of(contents, a, b, contents.datasets)
    asked_for = {(cell.record.submission_id, cell.dataset.dataset_id) for pair in pairs for cell in (pair.a, pair.b)}
    cells = tuple(
        cell
        for cell in cells_of(contents)
        if cell.current or (cell.record.submission_id, cell.dataset.dataset_id) in asked_for
    )
    runs = measured_runs(file, contents, cells, progress.part(0.0, 0.3))
    comparisons = compare_pairs(file, contents, pairs, progress.part(0.3, 0.8))
    if beside:
        comparisons = _with_beside(file, contents, pairs, comparisons, progress.part(0.8, 0.95))
    datasets = dataset_summaries(contents)
    change = plan_change(contents.plan.at_results, contents.plan.plan)
    return Results(
        title=contents.title,
        schema_version=file.schema_version,
        app_version=__version__,
        plan=contents.plan.plan,
        plan_state=PlanState(contents.plan.state),
        datasets=datasets,
        runs=runs,
        comparisons=comparisons,
        overall=_overall(file, contents, comparisons),
        plan_change=change,
        across=across_of(file, contents, pairs, progress.part(0.95, 1.0)),
        findings=(
            *file.findings,
            *_plan_findings(change),
            *_findings(file, contents, cells),
            *_identical(file, pairs),
            *baselines_ahead(datasets, runs),
        ),
    )


def measured_runs(
    file: ReviewFile, contents: Contents, cells: Sequence[Cell], progress: Progress
) -> tuple[RunInfo, ...]:
    """Return the runs of cells with their metrics."""
    done = [(run, cell.dataset) for cell in cells for run in done_runs(contents, cell)]
    return run_infos(contents, tuple(cells), measure(file, done, progress))


def dataset_summaries(contents: Contents) -> tuple[DatasetSummary, ...]:
    """Return the datasets as they stand in results."""
    summaries = []
    for dataset in contents.datasets:
        primary = contents.primary_metric(dataset)
        summaries.append(
            DatasetSummary(
                name=dataset.name,
                task=dataset.spec.task,
                home_of=dataset.home_of,
                n_test=dataset.test.n_examples,
                primary_metric=primary,
                margin=margin_of(metric_of(primary), primary, contents.plan.plan)[0],
            )
        )
    return tuple(summaries)


def _with_beside(
    file: ReviewFile,
    contents: Contents,
    pairs: Sequence[Pair],
    comparisons: Sequence[Comparison],
    progress: Progress,
) -> tuple[Comparison, ...]:
    found = []
    for number, (pair, comparison) in enumerate(zip(pairs, comparisons, strict=True)):
        part = progress.part(number / len(pairs), (number + 1) / len(pairs))
        metric = metric_of(comparison.primary_metric)
        found.append(replace(comparison, beside=detail_of_pair(file, contents, pair, metric, part)))
    return tuple(found)


def _plan_findings(change: str) -> list[Finding]:
    return [Finding("plan_changed_after_results", Severity.WARNING, change)] if change else []


def _overall(file: ReviewFile, contents: Contents, comparisons: Sequence[Comparison]) -> tuple[Overall, ...]:
    by_teams: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in comparisons:
        by_teams.setdefault((comparison.team_a, comparison.team_b), []).append(comparison)
    home_of = {dataset.name: dataset.home_of for dataset in contents.datasets}
    sharing = read_shared_examples(file.connection)
    return tuple(overall(found, home_of, sharing) for found in by_teams.values())


def _identical(file: ReviewFile, pairs: Sequence[Pair]) -> list[Finding]:
    return [
        Finding(
            "identical_predictions",
            Severity.INFO,
            f"{pair.name_a} and {pair.name_b} predict the same label for every test example of {pair.dataset.name}.",
            pair.dataset.test.n_examples,
        )
        for pair in pairs
        if same_labels(file.connection, pair.runs_a[0], pair.runs_b[0])
    ]


def _findings(file: ReviewFile, contents: Contents, cells: Sequence[Cell]) -> list[Finding]:
    findings = [finding for dataset in contents.datasets for finding in dataset.findings]
    for record in {cell.record.submission_id: cell.record for cell in cells}.values():
        findings += record.submission.findings
    for cell in cells:
        for run in done_runs(contents, cell):
            findings += run_findings(file.connection, run.run_id)
    return list(dict.fromkeys(findings))
