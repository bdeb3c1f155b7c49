"""What a review holds, read at one moment: datasets, submissions, runs, plan, and how they belong together."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.metrics import default_primary
from reviewer_app.evaluation.registry import Metric
from reviewer_app.review.measuring import metrics_of
from reviewer_app.review.queries import BASELINES
from reviewer_app.running.matrix import why_not_applicable
from reviewer_app.store.datasets import DatasetRecord, dataset_records, outline
from reviewer_app.store.plans import PlanRecord, read_plan, read_title
from reviewer_app.store.runs import RunRecord, run_records
from reviewer_app.store.submissions import SubmissionRecord, submission_records
from reviewer_app.store.teams import team_names
from reviewer_app.submissions.submission import SubmissionKind


@dataclass(frozen=True, eq=False)
class Contents:
    """What a review holds.

    Attributes
    ----------
    title, plan, teams, datasets, submissions, runs
        In the order in which they came.
    """

    title: str
    plan: PlanRecord
    teams: tuple[str, ...]
    datasets: tuple[DatasetRecord, ...]
    submissions: tuple[SubmissionRecord, ...]
    runs: tuple[RunRecord, ...]

    @cached_property
    def runs_of_cells(self) -> dict[tuple[int, int], list[RunRecord]]:
        """(submission id, dataset id) to its runs, by seed."""
        cells: dict[tuple[int, int], list[RunRecord]] = {}
        for run in self.runs:
            cells.setdefault((run.submission_id, run.dataset_id), []).append(run)
        return cells

    def dataset(self, name: str) -> DatasetRecord:
        """Return the dataset of that name.

        Raises
        ------
        ReviewError
            ``unknown_dataset``.
        """
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        known = ", ".join(dataset.name for dataset in self.datasets) or "none"
        raise ReviewError.of("unknown_dataset", f"The review has no dataset {name!r}. Datasets: {known}.")

    def submission(self, submission_id: int) -> SubmissionRecord:
        """Return the submission with that key.

        Raises
        ------
        ReviewError
            ``unknown_submission``.
        """
        for record in self.submissions:
            if record.submission_id == submission_id:
                return record
        raise ReviewError.of("unknown_submission", f"The review has no submission {submission_id}.")

    def submissions_of(self, team: str) -> tuple[SubmissionRecord, ...]:
        """Return a team's submissions, the one that stands for it last."""
        own = [record for record in self.submissions if record.submission.team == team]
        return tuple(sorted(own, key=lambda record: record.precedence))

    def is_current(self, record: SubmissionRecord, dataset: DatasetRecord) -> bool:
        """Return whether a submission stands for its team on a dataset; baselines stand beside each other."""
        rivals = self.submissions_of(record.submission.team)
        if record.submission.team == BASELINES:
            rivals = tuple(rival for rival in rivals if rival.submission.builtin == record.submission.builtin)
        return _standing(rivals, dataset) is record

    def chosen(self, selector: str, dataset: DatasetRecord) -> SubmissionRecord:
        """Return the submission that TEAM or TEAM:VERSION means on a dataset; errors as for `named`."""
        return _standing(self.named(selector), dataset)

    def named(self, selector: str) -> tuple[SubmissionRecord, ...]:
        """Return the submissions of TEAM or TEAM:VERSION, of which one stands for it on each dataset.

        A baseline is chosen by its name in the place of a version.

        Raises
        ------
        ReviewError
            ``unknown_team``, ``unknown_version``.
        """
        selector = selector.strip()
        own = self.submissions_of(selector)
        if own:
            return own
        team, colon, version = selector.rpartition(":")
        own = self.submissions_of(team)
        if not colon or not own:
            known = ", ".join(team for team in self.teams if self.submissions_of(team)) or "none"
            raise ReviewError.of(
                "unknown_team",
                f"No team {selector!r} has handed anything in. Teams: {known}. Write TEAM or TEAM:VERSION.",
            )
        named = tuple(record for record in own if version in (record.submission.version, record.submission.builtin))
        if not named:
            versions = ", ".join(record.submission.version for record in own)
            raise ReviewError.of("unknown_version", f"{team} has no version {version!r}. Versions: {versions}.")
        return named

    def planned_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of teams that the plan compares: those it names, else every two that handed something in."""
        if self.plan.plan.comparisons is not None:
            return self.plan.plan.comparisons
        return tuple(combinations([team for team in self.teams if team != BASELINES and self.submissions_of(team)], 2))

    def primary_metric(self, dataset: DatasetRecord) -> str:
        """Return the metric that decides on a dataset: the plan's where the task has it, else the dataset's own."""
        planned = self.plan.plan.metric
        if planned is not None and planned in {metric.id for metric in metrics_of(dataset)}:
            return planned
        return dataset.spec.metric or default_primary(dataset.spec.task)

    def chosen_metric(self, dataset: DatasetRecord, name: str | None) -> Metric:
        """Return a metric of a dataset; None: its primary one.

        Raises
        ------
        ReviewError
            ``unknown_metric``.
        """
        known = {metric.id: metric for metric in metrics_of(dataset)}
        chosen = self.primary_metric(dataset) if name is None else name
        if chosen not in known:
            raise ReviewError.of(
                "unknown_metric", f"{dataset.name} has no metric {chosen!r}. Metrics: {', '.join(known)}."
            )
        return known[chosen]


def read_contents(connection: sqlite3.Connection) -> Contents:
    """Return what a review holds; the caller sees to it that the file does not change meanwhile."""
    return Contents(
        title=read_title(connection),
        plan=read_plan(connection),
        teams=team_names(connection),
        datasets=dataset_records(connection),
        submissions=submission_records(connection),
        runs=run_records(connection),
    )


def applies_to(record: SubmissionRecord, dataset: DatasetRecord) -> bool:
    """Return whether a submission says something about a dataset: it holds predictions for it, or can be run on it."""
    if record.submission.kind is SubmissionKind.PREDICTIONS:
        return dataset.dataset_id in record.dataset_ids
    return why_not_applicable(record.submission, outline(dataset), record.facts) is None


def _standing(records: Sequence[SubmissionRecord], dataset: DatasetRecord) -> SubmissionRecord:
    """Return the last of the submissions that says something about the dataset; where none does, the last."""
    return max(records, key=lambda record: (applies_to(record, dataset), record.precedence))
