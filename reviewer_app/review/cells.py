"""The cross matrix: every submission on every dataset, with what is known of each run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.registry import MetricValue
from reviewer_app.resource_files import resource
from reviewer_app.review.contents import Contents, applies_to
from reviewer_app.review.queries import BASELINES, CellState, RunInfo
from reviewer_app.running import matrix
from reviewer_app.store.datasets import DatasetRecord, outline
from reviewer_app.store.runs import RunRecord
from reviewer_app.store.submissions import SubmissionRecord
from reviewer_app.submissions.folder_contents import folder_digest
from reviewer_app.submissions.submission import SubmissionKind


@dataclass(frozen=True)
class Cell:
    """A submission on a dataset; `current` says whether it stands for its team there."""

    record: SubmissionRecord
    dataset: DatasetRecord
    current: bool


def cells_of(contents: Contents) -> tuple[Cell, ...]:
    """Return the cells of the matrix, by dataset, team and submission.

    A file of predictions has a cell on the datasets that it is for, and where nothing else stands for its team.
    """
    teams = {team: number for number, team in enumerate(contents.teams)}
    records = sorted(contents.submissions, key=lambda record: (teams[record.submission.team], record.submission_id))
    cells = [
        Cell(record, dataset, contents.is_current(record, dataset))
        for dataset in contents.datasets
        for record in records
    ]
    return tuple(
        cell
        for cell in cells
        if cell.current
        or cell.record.submission.kind is not SubmissionKind.PREDICTIONS
        or applies_to(cell.record, cell.dataset)
    )


def state_of(run: RunRecord, cell: Cell) -> CellState:
    """Return the state of a run: stale where its submission or its dataset is another one now."""
    same = (run.submission_digest, run.dataset_digest) == (cell.record.submission.digest, cell.dataset.digest)
    return CellState(run.state) if same else CellState.STALE


def done_runs(contents: Contents, cell: Cell) -> tuple[RunRecord, ...]:
    """Return the runs of a cell that are done with what is in the review now, by seed."""
    runs = contents.runs_of_cells.get((cell.record.submission_id, cell.dataset.dataset_id), [])
    return tuple(run for run in runs if state_of(run, cell) is CellState.DONE)


def finished_cell(contents: Contents, dataset: DatasetRecord, team: str) -> tuple[Cell, tuple[RunRecord, ...]]:
    """Return the cell of TEAM or TEAM:VERSION on a dataset with its runs that are done, at least one, by seed.

    Raises
    ------
    ReviewError
        ``unknown_team``, ``unknown_version``; ``no_run`` if there is no such run.
    """
    record = contents.chosen(team, dataset)
    cell = Cell(record, dataset, contents.is_current(record, dataset))
    runs = done_runs(contents, cell)
    if not runs:
        raise ReviewError.of("no_run", f"{team} has no finished run on {dataset.name}. Run it, or add its predictions.")
    return cell, runs


def why_not_applicable(cell: Cell) -> str | None:
    """Return why a submission is not run on a dataset; None where it is."""
    if cell.record.submission.kind is SubmissionKind.PREDICTIONS:
        return None
    return matrix.why_not_applicable(cell.record.submission, outline(cell.dataset), cell.record.facts)


def why_not_allowed(record: SubmissionRecord, *, sandbox: str = "required") -> str | None:
    """Return why a submission's code may not run, with what to do; None where it may.

    There is no sandbox yet, so code runs with all rights of the user. What comes with this program always runs, and so
    does what the user let run. An algorithm also runs where a sandbox is merely "preferred", because its code can be
    read; a model file cannot, and opening it runs whatever is in it.
    """
    submission = record.submission
    if submission.kind is SubmissionKind.PREDICTIONS or record.consented or submission.digest in _our_digests():
        return None
    if sandbox == "preferred" and submission.kind is SubmissionKind.ALGORITHM:
        return None
    what = "opening the model" if submission.kind is SubmissionKind.MODEL else "running the code"
    return (
        f"there is no sandbox yet, and {what} of {submission.team} would give it all your rights on this computer. If "
        f'you trust it: add-submission REVIEW {submission.path} --team "{submission.team}" '
        f"--consent {submission.digest}"
    )


@cache
def _our_digests() -> frozenset[str]:
    """Return the digests of the code that comes with this program: baselines and the demonstration's teams."""
    folders = [path for root in (resource("baselines"), resource("demo", "teams")) for path in root.iterdir()]
    return frozenset(folder_digest(folder) for folder in folders if folder.is_dir())


def run_infos(
    contents: Contents, cells: tuple[Cell, ...], metrics: Mapping[int, Mapping[str, MetricValue]]
) -> tuple[RunInfo, ...]:
    """Return the runs of cells, by seed; a cell that was never run has one that says so.

    Parameters
    ----------
    contents, cells
        What the review holds, and which cells are wanted.
    metrics
        Run id to its metrics.
    """
    infos: list[RunInfo] = []
    for cell in cells:
        runs = contents.runs_of_cells.get((cell.record.submission_id, cell.dataset.dataset_id), [])
        if runs:
            infos += [_of_run(run, cell, metrics.get(run.run_id, {})) for run in runs]
        else:
            infos.append(_of_cell_without_run(cell))
    return tuple(infos)


def info_of(
    cell: Cell, *, seed: int, state: CellState, reason: str | None = None, run: RunRecord | None = None
) -> RunInfo:
    """Return what is known of a cell's run, without metrics."""
    submission = cell.record.submission
    return RunInfo(
        run_id=run.run_id if run else None,
        dataset=cell.dataset.name,
        team=submission.team,
        submission=submission.name,
        version=submission.version,
        submission_id=cell.record.submission_id,
        kind=submission.kind,
        baseline=submission.team == BASELINES,
        seed=seed,
        state=state,
        reason=reason,
        sandbox=run.sandbox if run else None,
        fit_seconds=run.fit_seconds if run else None,
        predict_seconds=run.predict_seconds if run else None,
        peak_memory_mb=run.peak_memory_mb if run else None,
        n_missing=run.n_missing if run else 0,
        current=cell.current,
    )


def _of_run(run: RunRecord, cell: Cell, metrics: Mapping[str, MetricValue]) -> RunInfo:
    state = state_of(run, cell)
    reason = run.reason
    if state is CellState.STALE:
        changed = "data" if run.dataset_digest != cell.dataset.digest else "submission"
        reason = f"the {changed} changed since this was run: run it again"
    info = info_of(cell, seed=run.seed, state=state, reason=reason, run=run)
    return replace(
        info,
        metrics={name: value.value for name, value in metrics.items()},
        not_defined={name: value.reason for name, value in metrics.items() if value.reason is not None},
        notes={name: value.note for name, value in metrics.items() if value.note},
    )


def _of_cell_without_run(cell: Cell) -> RunInfo:
    why = why_not_applicable(cell)
    if why is not None:
        return info_of(cell, seed=0, state=CellState.NOT_APPLICABLE, reason=why)
    if cell.record.submission.kind is SubmissionKind.PREDICTIONS:
        reason = f"{cell.record.submission.team} handed in no predictions for {cell.dataset.name}"
    else:
        reason = why_not_allowed(cell.record) or "it was not run yet"
    return info_of(cell, seed=0, state=CellState.MISSING, reason=reason)
