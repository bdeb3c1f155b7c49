"""Datasets, teams and counts of a review as the faces read them."""

from __future__ import annotations

import sqlite3

from reviewer_app.comparison.formatting import in_points
from reviewer_app.comparison.prospects import prospect_sentence
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.review.cells import cells_of, done_runs, why_not_allowed, why_not_applicable
from reviewer_app.review.contents import Contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.pairs import planned_family
from reviewer_app.review.queries import (
    BASELINES,
    DatasetInfo,
    MetricInfo,
    PlanState,
    ReviewSummary,
    SplitInfo,
    SubmissionInfo,
    TeamInfo,
)
from reviewer_app.store.rows import fetch
from reviewer_app.store.runs import run_findings
from reviewer_app.store.submissions import SubmissionRecord


def summary_of(file: ReviewFile, contents: Contents) -> ReviewSummary:
    """Return title, counts and file of a review."""
    cells = [cell for cell in cells_of(contents) if cell.current and why_not_applicable(cell) is None]
    return ReviewSummary(
        title=contents.title,
        path=str(file.path),
        read_only=file.read_only,
        n_datasets=len(contents.datasets),
        n_teams=sum(team != BASELINES for team in contents.teams),
        n_cells=len(cells),
        n_cells_done=sum(bool(done_runs(contents, cell)) for cell in cells),
        n_disagreements=_n_disagreements(file.connection),
        plan_state=PlanState(contents.plan.state),
        file_bytes=file.path.stat().st_size,
    )


def dataset_infos(contents: Contents) -> tuple[DatasetInfo, ...]:
    """Return the datasets in the order in which they were added."""
    alpha = contents.plan.plan.alpha_of_one(planned_family(contents).size)
    return tuple(
        DatasetInfo(
            dataset_id=dataset.dataset_id,
            name=dataset.name,
            task=dataset.spec.task,
            id_column=dataset.spec.id,
            target=dataset.spec.target,
            columns={name: str(kind) for name, kind in dataset.spec.columns.items()},
            labels=dataset.spec.labels,
            positive_label=dataset.spec.positive_label,
            primary_metric=contents.primary_metric(dataset),
            label_meaning=dataset.spec.label_meaning,
            home_of=dataset.home_of,
            splits=tuple(SplitInfo(split.name, split.n_examples, split.class_counts) for split in dataset.splits),
            path=str(dataset.path),
            digest=dataset.digest,
            source=dataset.spec.source,
            findings=dataset.findings,
            prospect=prospect_sentence(dataset.test.n_examples, dataset.spec.task, alpha),
        )
        for dataset in contents.datasets
    )


def team_infos(connection: sqlite3.Connection, contents: Contents) -> tuple[TeamInfo, ...]:
    """Return the teams in the order in which they came, each with its submissions and the dataset that is its home."""
    homes = {dataset.home_of: dataset.name for dataset in reversed(contents.datasets)}
    return tuple(
        TeamInfo(
            name=team,
            home=homes.get(team),
            submissions=tuple(
                _submission_info(connection, contents, record)
                for record in contents.submissions
                if record.submission.team == team
            ),
            is_baselines=team == BASELINES,
        )
        for team in contents.teams
    )


def metric_infos(contents: Contents) -> tuple[MetricInfo, ...]:
    """Return what the registry says of the metrics that some dataset of the review has, in display order."""
    tasks = {str(dataset.spec.task) for dataset in contents.datasets}
    return tuple(
        MetricInfo(
            id=metric.id,
            name=metric.name,
            higher_is_better=metric.higher_is_better,
            definition=metric.definition,
            tasks=tuple(sorted(metric.tasks)),
            in_unit_interval=in_points(metric),
        )
        for metric in METRICS.values()
        if not tasks or tasks & metric.tasks
    )


def _submission_info(connection: sqlite3.Connection, contents: Contents, record: SubmissionRecord) -> SubmissionInfo:
    submission = record.submission
    of_runs = [
        finding
        for run in contents.runs
        if run.submission_id == record.submission_id
        for finding in run_findings(connection, run.run_id)
    ]
    names = {dataset.dataset_id: dataset.name for dataset in contents.datasets}
    current = [dataset for dataset in contents.datasets if contents.is_current(record, dataset)]
    own = contents.submissions_of(submission.team)
    return SubmissionInfo(
        submission_id=record.submission_id,
        team=submission.team,
        name=submission.name,
        version=submission.version,
        kind=submission.kind,
        description=submission.description,
        home=submission.home,
        tasks=submission.tasks,
        path=str(submission.path),
        digest=submission.digest,
        datasets=tuple(names[dataset_id] for dataset_id in record.dataset_ids),
        is_current=bool(current) if contents.datasets else own[-1] is record,
        is_baseline=submission.team == BASELINES,
        findings=tuple(dict.fromkeys([*submission.findings, *of_runs])),
        may_run=why_not_allowed(record) is None,
        builtin=submission.builtin,
    )


def _n_disagreements(connection: sqlite3.Connection) -> int | None:
    """Return on how many examples planned comparisons disagree; None where none was computed."""
    rows = fetch(
        connection,
        "SELECT sum(count) AS n FROM outcome_count JOIN comparison USING (comparison_id) WHERE planned = 1 "
        "AND outcome IN ('only_a', 'only_b', 'both_wrong_different')",
    )
    return None if rows[0]["n"] is None else int(rows[0]["n"])
